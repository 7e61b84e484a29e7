//! Attributes that have no counterpart, and names that collide: said, never dropped in silence.

use std::collections::{BTreeMap, BTreeSet};

use super::{Traces, environment::Variables};
use crate::{
    compose::{Project, Service},
    text::{Code, Diagnostic, Severity, Sink, Span},
    yaml::{Data, Node},
};

/// Reports services that would have one name in the cluster.
pub(crate) fn collisions<'a>(
    names: impl Iterator<Item = (&'a str, &'a str, Span)>,
    sink: &mut Sink,
) {
    let mut seen: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
    for (name, kube, span) in names {
        if let Some((first, first_span)) = seen.insert(kube, (name, span)) {
            sink.push(
                Diagnostic::new(
                    Code::NameCollision,
                    format!(
                        "services `{first}` and `{name}` are both called `{kube}` in the cluster"
                    ),
                )
                .at(span)
                .label(first_span, "the other one")
                .help("rename one of them"),
            );
        }
    }
}

/// Host names with their addresses.
pub(crate) fn hosts(
    name: &str,
    service: &Service,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Vec<(String, Vec<String>)> {
    let addresses = |node: &Node| -> Vec<(String, Span)> {
        match &node.data {
            Data::String(text) => vec![(text.clone(), node.span)],
            Data::Seq(items) => items
                .iter()
                .filter_map(|item| Some((item.as_str()?.to_owned(), item.span)))
                .collect(),
            _ => Vec::new(),
        }
    };
    let pairs: Vec<(String, Vec<(String, Span)>)> = match &service.extra_hosts.data {
        Data::Map(entries) => {
            entries.iter().map(|entry| (entry.key.name.clone(), addresses(&entry.value))).collect()
        }
        Data::Seq(items) => items
            .iter()
            .filter_map(|item| Some((item.as_str()?.split_once(['=', ':'])?, item.span)))
            .map(|((host, address), span)| (host.to_owned(), vec![(address.to_owned(), span)]))
            .collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (host, addresses) in pairs {
        let mut valid = Vec::new();
        for (address, span) in addresses {
            let bare = address.trim_start_matches('[').trim_end_matches(']');
            if bare.parse::<std::net::IpAddr>().is_ok() {
                traces.at(format!("host_aliases[{bare}]"), span);
                valid.push(bare.to_owned());
            } else {
                sink.push(
                    Diagnostic::new(
                        Code::LeftOut,
                        format!("the host `{host}` of `{name}` was left out: `{address}` is no address"),
                    )
                    .at(span)
                    .help("nodes have no fixed address: say where the host is with `external` on a service of that name"),
                );
            }
        }
        if !valid.is_empty() {
            found.push((host, valid));
        }
    }
    found
}

/// Reports values of a service that have no counterpart; for keys the mapping contract speaks.
pub(crate) fn report(name: &str, service: &Service, variables: &Variables, sink: &mut Sink) {
    for (variable, span) in &variables.without_value {
        sink.push(
            Diagnostic::new(
                Code::LeftOut,
                format!("variable `{variable}` of `{name}` has no value, so it was left out"),
            )
            .at(*span)
            .help("set it in `.env`, or in the settings' `environment`"),
        );
    }
    for (variable, span) in &variables.misnamed {
        let message = format!("variable `{variable}` of `{name}` was left out");
        sink.push(
            Diagnostic::new(Code::LeftOut, message)
                .at(*span)
                .help("Kubernetes takes names of printable ASCII characters only"),
        );
    }
    for (attribute, value) in
        [("network_mode", &service.network_mode), ("ipc", &service.ipc), ("pid", &service.pid)]
    {
        let Some(text) = value else { continue };
        if text.value.starts_with("container:") {
            sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("`{attribute}: {}` of `{name}` was left out", text.value),
                )
                .at(text.span())
                .help(
                    "the container is not part of the project; let them reach each other by name",
                ),
            );
        }
    }
    if service.cpu_period.is_some() && service.cpu_quota.is_none() {
        sink.push(
            Diagnostic::new(Code::LeftOut, format!("`cpu_period` of `{name}` says nothing alone"))
                .severity(Severity::Note)
                .at(service.key("cpu_period")),
        );
    }
    pull_policy(name, service, sink);
    built(name, service, sink);
    temporary(name, service, sink);
}

/// Secrets and configs that only builds use, which a cluster never sees.
pub(crate) fn unused(project: &Project, sink: &mut Sink) {
    let services = project.services.iter();
    let mounted: BTreeSet<&str> = services
        .flat_map(|(_, service)| &service.secrets)
        .map(|secret| secret.source.as_str())
        .collect();
    for (name, secret) in project.secrets.iter() {
        if let Some(variable) = secret.environment.as_ref().filter(|_| secret.content.is_none()) {
            let message = format!("the secret `{}` has no value", name.value);
            sink.push(
                Diagnostic::new(Code::LeftOut, message)
                    .at(variable.span())
                    .help(format!("set `{}`, or fill the Secret in the cluster", variable.value)),
            );
        }
    }
    for (name, secret) in
        project.secrets.iter().filter(|(name, _)| !mounted.contains(name.as_str()))
    {
        let message = format!("the secret `{}` is for builds only", name.value);
        sink.push(
            Diagnostic::new(Code::LeftOut, message)
                .severity(Severity::Note)
                .at(name.span().to(secret.span)),
        );
    }
}

/// Pull policies that a cluster does not have.
fn pull_policy(name: &str, service: &Service, sink: &mut Sink) {
    let Some(policy) = &service.pull_policy else { return };
    let (becomes, help) = match policy.value.as_str() {
        "build" => {
            ("its image is pulled, not built", "push it, and name it with `--registry` and `--tag`")
        }
        "always" | "never" | "missing" | "if_not_present" => return,
        _ => ("its image is looked up at every start of a pod", "name a version of the image"),
    };
    sink.push(
        Diagnostic::new(Code::Approximated, format!("`{name}`: {becomes}"))
            .at(policy.span())
            .help(help),
    );
}

/// A job for each node, which Kubernetes does not have: a DaemonSet whose pods have the work behind
/// them is close to it.
pub(crate) fn job_of_each_node(name: &str, service: &Service, sink: &mut Sink) {
    let mode = service.deploy.as_ref().and_then(|deploy| deploy.mode.as_ref());
    let Some(mode) = mode else { return };
    let message = format!(
        "`{name}` runs on each node before a container that only holds the pod, and again when the node restarts or the work fails"
    );
    sink.push(
        Diagnostic::new(Code::Approximated, message)
            .at(mode.span())
            .help("its work must bear to be done twice; where once is enough, say `workload: job`"),
    );
    for attribute in ["healthcheck", "post_start", "pre_stop"] {
        let span = service.key(attribute);
        if !span.is_none() {
            let message = format!("`{attribute}` of `{name}` was left out: its work is to end");
            sink.push(Diagnostic::new(Code::LeftOut, message).at(span));
        }
    }
}

/// What Kubernetes starts again although Compose does not, or may not.
pub(crate) fn restart(name: &str, service: &Service, once: bool, talked_to: bool, sink: &mut Sink) {
    let policy = service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref());
    let condition = policy.and_then(|policy| policy.condition.as_ref());
    let said = condition.or(service.restart.as_ref());
    if once {
        return;
    }
    if let Some(policy) = policy.filter(|policy| policy.max_attempts.is_some()) {
        let message = format!("`{name}` is started again without end");
        sink.push(
            Diagnostic::new(Code::Approximated, message)
                .at(policy.key("max_attempts"))
                .help("only a Job counts attempts: `workload: job`"),
        );
    }
    let help = "what runs once is a Job: `workload: job`";
    match said {
        Some(text) if !matches!(text.value.as_str(), "always" | "unless-stopped" | "any" | "") => {
            let message = format!("`{name}` is started again whenever it ends");
            sink.push(Diagnostic::new(Code::Approximated, message).at(text.span()).help(help));
        }
        Some(_) => {}
        None => {
            let serves = talked_to
                || !service.ports.is_empty()
                || !service.expose.is_empty()
                || service.healthcheck.is_some();
            if policy.is_none() && !serves && !service.span.is_none() {
                let image = Some(service.key("image")).filter(|span| !span.is_none());
                let message = format!("`{name}` may end in Compose; a Deployment starts it again");
                sink.push(
                    Diagnostic::new(Code::Approximated, message)
                        .severity(Severity::Note)
                        .at(image.unwrap_or(service.span))
                        .help(help),
                );
            }
        }
    }
}

/// Options of temporary file systems besides their size.
fn temporary(name: &str, service: &Service, sink: &mut Sink) {
    for text in &service.tmpfs {
        let options = text.value.split_once(':').map_or("", |(_, options)| options);
        let lost: Vec<&str> = options
            .split(',')
            .filter(|option| !option.is_empty() && !option.starts_with("size="))
            .collect();
        if !lost.is_empty() {
            let message = format!("`{}` of a tmpfs of `{name}` was left out", lost.join(","));
            sink.push(
                Diagnostic::new(Code::LeftOut, message)
                    .severity(Severity::Note)
                    .at(text.span())
                    .help("an emptyDir is writable by everyone"),
            );
        }
    }
}

/// Options of volumes that a claim does not have.
pub(crate) fn volumes(project: &Project, sink: &mut Sink) {
    for (name, volume) in project.volumes.iter().filter(|(_, volume)| !volume.external) {
        let option = |key: &str| volume.driver_opts.get(key).map_or("", |text| text.value.as_str());
        if volume.driver_opts.is_empty() {
            continue;
        }
        let nfs = option("type").starts_with("nfs");
        let mount_options = option("o").split(',').any(|part| {
            !part.starts_with("addr=") && !matches!(part, "" | "rw" | "nfsvers=4" | "vers=4")
        });
        let (message, help) = match (nfs, mount_options) {
            (true, false) => continue,
            (true, true) => (
                format!("mount options of `{}` were left out", name.value),
                "a PersistentVolume of your own has `mountOptions`; name its claim with `existingClaim`",
            ),
            (false, _) => (
                format!("`{}` is a claim of the cluster, without the driver's options", name.value),
                "choose the storage with `volumes.<name>.class`, or a claim that exists with `existingClaim`",
            ),
        };
        sink.push(
            Diagnostic::new(Code::Approximated, message).at(volume.key("driver_opts")).help(help),
        );
    }
}

/// A service that is built: the cluster pulls what somebody pushes.
fn built(name: &str, service: &Service, sink: &mut Sink) {
    if let (Some(_), Some(image)) = (&service.build, &service.image) {
        let message = format!("`{name}` is built: `{}` is what the cluster pulls", image.value);
        sink.push(
            Diagnostic::new(Code::NoImage, message)
                .severity(Severity::Note)
                .at(service.key("build"))
                .help("build and push it before you apply"),
        );
    }
}
