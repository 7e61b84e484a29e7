//! Network policies, where the cluster enforces them.

use std::{collections::BTreeMap, time::Duration};

use super::{
    project::Project,
    space::{Space, require, within},
};
use crate::{
    Result,
    networks::reach::{Pod, World},
    objects,
};

/// How long rules may take to reach the node.
const SOON: Duration = Duration::from_secs(40);

/// The label that every namespace has.
const SPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Says of each `<name>:<port>` whether it answers; a name that is not known is a third answer.
const KNOCK: &str = r#"
for target in "$@"; do
  host=${target%:*} answer=closed
  getent hosts "$host" >/dev/null || answer=unknown
  timeout 3 bash -c "</dev/tcp/$host/${target##*:}" 2>/dev/null && answer=open
  echo "$target $answer"
done
"#;

/// Both ways of making policies: what they mean (`networks::reach`) is what the cluster does, from
/// every pod to every port, and from namespaces of nobody, of the ingress and of monitoring.
pub(super) fn hold(project: &Project) -> Result {
    let space = project.space;
    if !are_enforced(space)? {
        return space.bench.lacks("policies are accepted, not enforced");
    }
    within(space.bench, "edge", |edge| {
        within(space.bench, "eyes", |eyes| {
            within(space.bench, "nobody", |nobody| {
                let others = [edge, eyes, nobody];
                others.iter().try_for_each(|other| other.client("elsewhere"))?;
                ["compose", "strict"].iter().try_for_each(|mode| in_mode(project, mode, &others))
            })
        })
    })
}

/// Whether a policy that lets nobody in lets nobody in.
fn are_enforced(space: &Space) -> Result<bool> {
    const NOBODY: &str = "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nobody}
spec: {podSelector: {}, policyTypes: [Ingress]}
";
    const SERVER: &str = "
apiVersion: v1
kind: Pod
metadata: {name: server, labels: {app: server}}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: server, image: nginx:1.27}]
---
apiVersion: v1
kind: Service
metadata: {name: server}
spec: {selector: {app: server}, ports: [{port: 80}]}
";
    space.client("nobody")?;
    space.apply_text(SERVER)?;
    space.kubectl(&["wait", "--for=condition=Ready", "pod/server", "--timeout=90s"])?;
    space.eventually("the server answers", SOON, || space.ask("http://server/"))?;
    space.apply_text(NOBODY)?;
    let closed = || {
        let answer = space.ask("http://server/");
        require(answer.is_err(), || "it answers".to_owned())
    };
    let enforced = space.eventually("nobody is let in", Duration::from_secs(15), closed).is_ok();
    space.kubectl(&["delete", "networkpolicy/nobody", "pod/server", "pod/client", "svc/server"])?;
    Ok(enforced)
}

fn in_mode(project: &Project, mode: &str, others: &[&Space; 3]) -> Result {
    let (space, [edge, eyes, _]) = (project.space, others);
    let network = format!(
        "network={{policy: {mode}, ingressFrom: {{{SPACE_NAME}: {}}}, monitoringFrom: {{{SPACE_NAME}: {}}}}}",
        edge.name, eyes.name
    );
    let public = "services.gateway.public={host: guestbook.example.com}";
    let out = project.up(&["--profile", "tools", "--set", &network, "--set", public])?;
    let world = World::of(&objects::read(&out)?);
    // Jobs have no pod that could be asked.
    let running: Vec<_> = world
        .pods
        .iter()
        .filter(|(name, _)| !["migrate", "cleanup"].contains(&name.as_str()))
        .collect();
    for (name, pod) in &running {
        let from = space.name_of_pod(name)?;
        agree(space, &from, name, pod, &world, &running, "")
            .map_err(|error| format!("{mode}: {error}"))?;
    }
    for other in others {
        let labels = BTreeMap::from([(SPACE_NAME.to_owned(), other.name.clone())]);
        let pod = Pod { namespace: Some(labels), ..Pod::default() };
        agree(other, "client", &other.name, &pod, &world, &running, &format!(".{}", space.name))
            .map_err(|error| format!("{mode}: {error}"))?;
    }
    Ok(())
}

/// What a pod reaches is what policies mean.
fn agree(
    space: &Space,
    from: &str,
    name: &str,
    pod: &Pod,
    world: &World,
    running: &[(&String, &Pod)],
    domain: &str,
) -> Result {
    let mut expected = Vec::new();
    for (to, target) in running.iter().filter(|(to, _)| *to != name) {
        for port in &target.ports {
            let answer = if world.may(pod, target, port) { "open" } else { "closed" };
            expected.push((format!("{to}{domain}:{}", port.number), answer));
        }
    }
    let mut ask = vec!["bash", "-c", KNOCK, "knock"];
    ask.extend(expected.iter().map(|(target, _)| target.as_str()));
    space.eventually(&format!("`{name}` reaches what it may"), SOON, || {
        let said = space.exec(from, &ask)?;
        let wrong = said
            .lines()
            .zip(&expected)
            .find(|(line, (target, answer))| **line != format!("{target} {answer}"));
        match wrong {
            None => require(said.lines().count() == expected.len(), || said.clone()),
            Some((line, (_, answer))) => Err(format!("{line}, but policies mean {answer}")),
        }
    })
}
