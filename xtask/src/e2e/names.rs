//! Names as in Compose.

use super::{
    project::Project,
    space::{Bench, require, within},
};
use crate::Result;

pub(super) fn resolve(bench: &Bench) -> Result {
    within(bench, "names", |space| {
        Project::new(space, "names", "dev")?.up(&[])?;
        space.client("names")?;
        for name in ["web", "names-web", "web-host", "www"] {
            let page = space.ask(&format!("http://{name}/"));
            page.map_err(|error| format!("`{name}`: {error}"))?;
        }
        let host = space.exec("deploy/web", &["hostname"])?;
        require(host.trim() == "web-host", || format!("its host name is {host}"))
    })
}

pub(super) fn names_itself(bench: &Bench) -> Result {
    within(bench, "itself", |space| {
        Project::new(space, "names", "production")?.up(&[])?;
        space.client("names")?;
        let ask = "import socket; s = socket.create_connection(('store', 7000), 3); \
                   print(s.makefile().readline().strip())";
        let said = space.exec("client", &["python3", "-c", ask])?;
        require(said.trim() == "store:7000", || said)
    })
}

pub(super) fn no_injected_variables(bench: &Bench) -> Result {
    within(bench, "variables", |space| {
        Project::new(space, "names", "dev")?.up(&[])?;
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
    })
}
