//! Names as in Compose.

use std::{net::TcpListener, path::Path, time::Duration};

use super::{project::Project, space::require};
use crate::{Result, context};

pub(super) fn resolve(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    space.client("names")?;
    for name in ["web", "names-web", "web-host", "www"] {
        let page = space.ask(&format!("http://{name}/"));
        page.map_err(|error| format!("`{name}`: {error}"))?;
    }
    let host = space.exec("deploy/web", &["hostname"])?;
    require(host.trim() == "web-host", || format!("its host name is {host}"))
}

pub(super) fn names_itself(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    space.client("names")?;
    let ask = "import socket; s = socket.create_connection(('store', 7000), 3); \
               print(s.makefile().readline().strip())";
    let said = space.exec("client", &["python3", "-c", ask])?;
    require(said.trim() == "store:7000", || said)
}

pub(super) fn no_injected_variables(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    // Pods that start when the Services are there are the ones that would get variables.
    space.kubectl(&["delete", "pods", "--all", "--grace-period=1"])?;
    space.runs()?;
    for pod in ["deploy/web", "deploy/visitor", "store-0"] {
        let variables = space.exec(pod, &["env"])?;
        // The API server's own are always there.
        let injected = variables
            .lines()
            .find(|line| line.contains("_PORT=tcp://") && !line.starts_with("KUBERNETES_"));
        require(injected.is_none(), || format!("{pod} has {injected:?}"))?;
    }
    Ok(())
}

pub(super) fn port_forward(project: &Project) -> Result {
    let space = project.space;
    project.edit("docker-compose.yml", "ports: [\"80\"]", "ports: [\"8080:80\"]")?;
    let (_, said) = project.convert("manifests", &[])?;
    let line = said.lines().map(str::trim).find(|line| line.contains("port-forward"));
    let line = line.ok_or_else(|| format!("no line says how to reach it:\n{said}"))?;
    project.up(&[])?;
    // Here another port, since 8080 may be taken.
    let free = context(TcpListener::bind("127.0.0.1:0"), "no free port")?;
    let port = context(free.local_addr(), "no free port")?.port();
    drop(free);
    let command = line.replace("8080:", &format!("{port}:"));
    let command = command.replace("kubectl", "\"$1\"");
    let _forward = space.bench.cluster.repeat(&command, Path::new("/dev/null"))?;
    let page = space.eventually("the page", Duration::from_secs(30), || {
        let answer = ureq::get(format!("http://127.0.0.1:{port}/")).call();
        answer
            .map_err(|error| error.to_string())?
            .body_mut()
            .read_to_string()
            .map_err(|error| error.to_string())
    })?;
    require(page.contains("nginx"), || page)
}
