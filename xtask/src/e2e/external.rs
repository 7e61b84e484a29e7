//! A database that another namespace runs: the outside world.

use super::{
    project::Project,
    space::{Space, require, text, within},
};
use crate::Result;

/// Through an ExternalName Service.
pub(super) fn by_name(project: &Project) -> Result {
    outside(project, "by-name", |outside| {
        Ok(format!("services.db.external=db.{}.svc.cluster.local", outside.name))
    })
}

/// Through a Service without selector and an EndpointSlice.
pub(super) fn by_address(project: &Project) -> Result {
    outside(project, "by-address", |outside| {
        let pods = outside.pods("db")?;
        let address = pods.first().map(|pod| text(pod, &["status", "podIP"]));
        let address = address.ok_or("the outside database has no pod")?;
        Ok(format!("services.db.external={{addresses: [{address}], port: 5432, mode: endpoints}}"))
    })
}

/// Through an ambassador, since the database has another port.
pub(super) fn by_ambassador(project: &Project) -> Result {
    outside(project, "by-ambassador", |outside| {
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: pooled}\nspec:\n  \
                       selector: {app.kubernetes.io/name: db}\n  \
                       ports: [{port: 6432, targetPort: 5432}]\n";
        outside.apply_text(service)?;
        let host = format!("pooled.{}.svc.cluster.local", outside.name);
        Ok(format!("services.db.external={{host: {host}, port: 6432}}"))
    })
}

/// Runs the application against a database elsewhere, to which another client wrote.
fn outside(project: &Project, how: &str, setting: impl Fn(&Space) -> Result<String>) -> Result {
    let space = project.space;
    within(space.bench, &format!("outside-{how}"), |outside| {
        let elsewhere = Project::new(outside, "guestbook", "dev")?;
        let (out, _) = elsewhere.convert("manifests", &[])?;
        // Of the whole stack only what is the outside world's.
        let only = "app.kubernetes.io/name in (db)";
        let folder = out.display().to_string();
        outside.kubectl(&["apply", "-f", &folder, "-l", only])?;
        outside.kubectl(&["apply", "-f", &format!("{folder}/guestbook-shared-secret.yaml")])?;
        outside.runs()?;
        project.up(&["--set", &setting(outside)?])?;
        let write = "INSERT INTO notes (body) VALUES ('from outside')";
        let psql = ["psql", "-h", "127.0.0.1", "-U", "guestbook", "-d", "guestbook", "-c", write];
        let with_password = format!("PGPASSWORD=$POSTGRES_PASSWORD {}", shell(&psql));
        outside.exec("db-0", &["sh", "-c", &with_password])?;
        space.client("guestbook")?;
        let notes = space.ask("http://gateway/api/notes")?;
        require(notes.contains("from outside"), || notes)?;
        let own = space.list("statefulsets", "app.kubernetes.io/name=db")?;
        require(own.is_empty(), || "there is a database of its own".to_owned())
    })
}

fn shell(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
}
