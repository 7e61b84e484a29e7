//! Probes: a healthcheck is a readiness probe, never a reason to kill a container.

use super::{ContainerPort, PlannedProbe, ProbeCheck, hidden::Hider};
use crate::{
    catalog::{Class, Facts, KnownProbe},
    compose::{Healthcheck, Service, Text},
    settings::{Probe, ProbeAction, Said, ServiceSettings},
    text::Origin,
};

/// The probes of a service.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    /// Readiness.
    pub(crate) readiness: Option<PlannedProbe>,
    /// Liveness.
    pub(crate) liveness: Option<PlannedProbe>,
    /// Startup.
    pub(crate) startup: Option<PlannedProbe>,
}

/// Decides the probes; secrets in commands are replaced by their variables.
pub(crate) fn plan(
    service: &Service,
    class: Class,
    settings: &ServiceSettings,
    facts: Option<&Facts>,
    ports: &[ContainerPort],
    hider: &Hider,
) -> Probes {
    let check = service.healthcheck.as_ref();
    let inferred = match check {
        Some(check) if check.disable || is_none(check) => None,
        Some(check) if !check.test.is_empty() => Some(from_healthcheck(check, hider)),
        _ => facts
            .and_then(|facts| known_readiness(facts, ports))
            .or_else(|| from_port(class, ports)),
    };
    let readiness = said(settings.probes.readiness.as_ref(), inferred);
    let liveness = said(settings.probes.liveness.as_ref(), None);
    let startup = said(settings.probes.startup.as_ref(), None).or_else(|| {
        let mut probe = liveness.clone()?;
        let start = check.and_then(|check| seconds(check.start_period.as_ref())).unwrap_or(0);
        let budget = (start + 60).max(if class == Class::Store { 600 } else { 60 });
        probe.period = Some(10);
        probe.failures = Some((budget + 9) / 10);
        Some(probe)
    });
    Probes { readiness, liveness, startup }
}

fn is_none(check: &Healthcheck) -> bool {
    check.test.first().is_some_and(|first| first.value == "NONE")
}

/// A healthcheck with Compose's defaults, but asked every 10 seconds: slow answers make slow starts.
fn from_healthcheck(check: &Healthcheck, hider: &Hider) -> PlannedProbe {
    PlannedProbe {
        check: ProbeCheck::Exec(test_command(&check.test, hider)),
        period: Some(seconds(check.interval.as_ref()).filter(|s| *s > 0).unwrap_or(10)),
        timeout: Some(seconds(check.timeout.as_ref()).filter(|s| *s > 0).unwrap_or(30)),
        failures: Some(check.retries.filter(|retries| *retries > 0).unwrap_or(3)),
        successes: None,
        initial_delay: None,
        origin: Origin::Input(check.span),
    }
}

/// The command of a test: `CMD-SHELL` by a shell, `CMD` as it is.
///
/// Exec probes expand nothing, so a secret in the text becomes `$NAME`, which needs a shell.
pub(crate) fn test_command(test: &[Text], hider: &Hider) -> Vec<String> {
    let words: Vec<&str> = test.iter().map(Text::as_str).collect();
    match words.split_first() {
        Some((&"CMD-SHELL", rest)) => {
            vec!["/bin/sh".to_owned(), "-c".to_owned(), hider.line(&rest.join(" "))]
        }
        Some((&"CMD", rest)) => hider.exec(rest),
        _ => hider.exec(&words),
    }
}

/// What the catalogue asks; a server that was told to listen elsewhere is asked there.
fn known_readiness(facts: &Facts, ports: &[ContainerPort]) -> Option<PlannedProbe> {
    let check = match facts.readiness.as_ref()? {
        KnownProbe::Exec(command) => ProbeCheck::Exec(command.clone()),
        KnownProbe::Http { port, .. } | KnownProbe::Tcp { port }
            if is_elsewhere((*port).into(), facts, ports) =>
        {
            ProbeCheck::Tcp(ports.iter().find(|port| port.protocol == "TCP")?.port)
        }
        KnownProbe::Http { path, port } => {
            ProbeCheck::Http { path: path.clone(), port: i64::from(*port) }
        }
        KnownProbe::Tcp { port } => ProbeCheck::Tcp(i64::from(*port)),
    };
    Some(bare(check, Origin::Catalog(facts.entry.clone())))
}

/// Whether a service has other ports than the one that its image usually serves.
fn is_elsewhere(usual: i64, facts: &Facts, ports: &[ContainerPort]) -> bool {
    facts.ports.iter().any(|known| i64::from(known.port) == usual)
        && !ports.is_empty()
        && !ports.iter().any(|port| port.port == usual)
}

fn from_port(class: Class, ports: &[ContainerPort]) -> Option<PlannedProbe> {
    let port = ports.iter().find(|port| port.http && port.protocol == "TCP")?;
    matches!(class, Class::Web | Class::Tool)
        .then(|| bare(ProbeCheck::Tcp(port.port), Origin::Rule("a web port without a healthcheck")))
}

fn bare(check: ProbeCheck, origin: Origin) -> PlannedProbe {
    PlannedProbe {
        check,
        period: Some(10),
        timeout: Some(5),
        failures: None,
        successes: None,
        initial_delay: None,
        origin,
    }
}

/// What a setting makes of an inferred probe: another action, other timings, or none.
fn said(setting: Option<&Said<Probe>>, inferred: Option<PlannedProbe>) -> Option<PlannedProbe> {
    let Some(said) = setting else { return inferred };
    if said.weak && inferred.is_some() {
        return inferred;
    }
    let probe = &said.value;
    let check = match probe.action.as_ref()? {
        ProbeAction::Http { path, port } => ProbeCheck::Http { path: path.clone(), port: *port },
        ProbeAction::Tcp(port) => ProbeCheck::Tcp(*port),
        ProbeAction::Grpc(port) => ProbeCheck::Grpc(*port),
        ProbeAction::Command(command) => ProbeCheck::Exec(command.clone()),
    };
    Some(PlannedProbe {
        check,
        period: probe.period.or(Some(10)),
        timeout: probe.timeout.or(Some(5)),
        failures: probe.failures,
        successes: probe.successes,
        initial_delay: probe.initial_delay,
        origin: said.origin.clone(),
    })
}

/// Whole seconds of a duration in Go's notation, rounded up: `1m30s` → 90.
pub(crate) fn seconds(text: Option<&Text>) -> Option<i64> {
    let text = text?.value.as_str();
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += number
            * match rest.get(..unit)? {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                "d" => 86400.0,
                _ => return None,
            };
        rest = rest.get(unit..)?;
    }
    #[allow(clippy::cast_possible_truncation)]
    Some(total.ceil() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::known::Known;

    #[test]
    fn durations_round_up_to_seconds() {
        assert_eq!(seconds(Some(&Text::bare("1m30s"))), Some(90));
        assert_eq!(seconds(Some(&Text::bare("500ms"))), Some(1));
    }

    #[test]
    fn a_secret_in_a_healthcheck_becomes_its_variable() {
        let secrets = [("REDIS_PASSWORD".to_owned(), "hunter22".to_owned())];
        let known = Known::with(&["hunter22"]);
        let hider = Hider { secrets: &secrets, known: &known };
        let test = ["CMD", "redis-cli", "-a", "hunter22", "ping"].map(Text::bare);
        assert_eq!(
            test_command(&test, &hider),
            ["/bin/sh", "-c", "redis-cli -a \"${REDIS_PASSWORD}\" ping"]
        );
        let test = ["CMD-SHELL", "redis-cli -a hunter22 ping"].map(Text::bare);
        assert_eq!(
            test_command(&test, &hider),
            ["/bin/sh", "-c", "redis-cli -a \"${REDIS_PASSWORD}\" ping"]
        );
    }
}
