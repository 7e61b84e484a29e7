//! The ambassador: a small proxy under the store's name that leads to where the store is.

use super::{main_port, speaks_tls_first};
use crate::{
    plan::{ContainerPort, Draft, ExternalEndpoint, PlannedProbe, Posture, ProbeCheck, Workload},
    settings::WorkloadKind,
    text::{Code, Diagnostic, Origin, Sink},
};

/// Nobody, in every image.
const NOBODY: i64 = 65534;

/// Where Alpine's images have the certificates of public authorities.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The port that the ambassador of a service serves.
pub(crate) fn port(draft: &Draft) -> Option<ContainerPort> {
    main_port(&draft.ports).cloned()
}

/// The workload of an ambassador; none where no port is known that it could serve.
pub(crate) fn workload(
    draft: &Draft,
    endpoint: &ExternalEndpoint,
    image: &str,
    sink: &mut Sink,
) -> Option<Workload> {
    let span =
        draft.settings.external.as_ref().map_or(draft.service.span, crate::settings::Said::span);
    let Some(port) = main_port(&draft.ports).filter(|port| port.protocol == "TCP") else {
        let message = format!("no port of `{}` is known that a proxy could serve", draft.name);
        let wrong = Diagnostic::new(Code::BadSetting, message).at(span);
        sink.push(wrong.help("name the port in Compose, with `expose`"));
        return None;
    };
    let tls = endpoint.tls && speaks_tls_first(port);
    if endpoint.tls && !tls {
        let message =
            format!("TLS towards `{}` is for its clients to ask for, not for a proxy", draft.name);
        let found = Diagnostic::new(Code::Approximated, message).at(span);
        sink.push(found.help("say so in their variables, such as `sslmode=require`"));
    }
    let number = endpoint.port.unwrap_or(port.port);
    let rule = Origin::Rule("the proxy towards the store");
    let mut workload = Workload::bare(WorkloadKind::Deployment, image, rule.clone());
    let said = draft.settings.replicas.as_ref().filter(|said| !said.weak);
    workload.replicas = said.map_or(1, |said| said.value);
    workload.command = Some(vec!["socat".to_owned()]);
    workload.args = Some(vec![
        format!("TCP-LISTEN:{},fork,reuseaddr,keepalive", port.port),
        towards(endpoint.target(), number, tls),
    ]);
    workload.readiness = Some(listening(port.port, rule.clone()));
    workload.posture = Posture {
        user: Some(NOBODY),
        group: Some(NOBODY),
        non_root: true,
        read_only: true,
        drop: vec!["ALL".to_owned()],
        ..Posture::default()
    };
    for part in ["command", "args", "user", "read_only", "cap_drop", "non_root"] {
        workload.traces.note(part, rule.clone());
    }
    workload.traces.note("args", endpoint.origin.clone());
    workload.requests = [("cpu", "10m"), ("memory", "16Mi")]
        .map(|(name, amount)| (name.to_owned(), amount.to_owned(), rule.clone()))
        .into();
    Some(workload)
}

/// The address of socat for the other side; names are looked up for each connection.
fn towards(host: &str, port: i64, tls: bool) -> String {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    match (tls, host.starts_with('[')) {
        (true, _) => format!("OPENSSL:{host}:{port},keepalive,cafile={AUTHORITIES}"),
        (false, true) => format!("TCP6:{host}:{port},keepalive"),
        (false, false) => format!("TCP:{host}:{port},keepalive"),
    }
}

/// Whether the proxy listens, by the kernel's table: a connection would go through to the store, and
/// databases block hosts that connect and say nothing.
fn listening(port: i64, origin: Origin) -> PlannedProbe {
    let script = format!("cat /proc/net/tcp /proc/net/tcp6 | grep -q ':{port:04X} .* 0A '");
    PlannedProbe {
        check: ProbeCheck::Exec(["sh", "-c", &script].map(str::to_owned).into()),
        period: Some(10),
        timeout: None,
        failures: None,
        successes: None,
        initial_delay: None,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_plain_or_checked() {
        assert_eq!(towards("db.example.com", 6432, false), "TCP:db.example.com:6432,keepalive");
        assert_eq!(towards("fd00::1", 6379, false), "TCP6:[fd00::1]:6379,keepalive");
        assert_eq!(
            towards("r.example.com", 6380, true),
            "OPENSSL:r.example.com:6380,keepalive,cafile=/etc/ssl/certs/ca-certificates.crt"
        );
    }
}
