//! Requests and limits: Compose's, the settings' and the catalogue's.

use crate::{
    catalog::Facts,
    compose::{Service, Text},
    settings::{Quantities, ServiceSettings},
    text::Origin,
};

/// Quantities by resource, and where each is from.
pub(crate) type Amounts = Vec<(String, String, Origin)>;

/// The requests and limits of a service.
pub(crate) fn plan(
    service: &Service,
    settings: &ServiceSettings,
    facts: Option<&Facts>,
) -> (Amounts, Amounts) {
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let limits = deploy.and_then(|resources| resources.limits.as_ref());
    let reserved = deploy.and_then(|resources| resources.reservations.as_ref());
    let cpu_limit = limits.and_then(|limits| cpus(limits.cpus.as_ref())).or_else(|| {
        service.cpus.as_ref().map(|item| (milli(item.value), Origin::Input(item.span)))
    });
    let memory_limit =
        bytes(limits.and_then(|limits| limits.memory.as_ref()).or(service.mem_limit.as_ref()));
    let cpu_request = reserved.and_then(|reserved| cpus(reserved.cpus.as_ref()));
    let memory_request = bytes(
        reserved.and_then(|reserved| reserved.memory.as_ref()).or(service.mem_reservation.as_ref()),
    );

    let mut wanted = Amounts::new();
    let mut most = Amounts::new();
    let limit_cpu = pick(&settings.limits().cpu, cpu_limit, None);
    let known_limit = facts.and_then(|facts| {
        Some((facts.memory_limit.clone()?, Origin::Catalog(facts.entry.clone())))
    });
    let weak_limits =
        settings.resources.requests.cpu.is_some() || settings.resources.requests.memory.is_some();
    let limit_memory =
        pick(&settings.limits().memory, memory_limit, known_limit.filter(|_| weak_limits));
    push(&mut most, "cpu", limit_cpu.clone());
    push(&mut most, "memory", limit_memory.clone());

    let known = |memory: bool| {
        let facts = facts?;
        let requests = facts.requests.as_ref()?;
        let amount = if memory { requests.memory.clone() } else { requests.cpu.clone() };
        Some((amount, Origin::Catalog(facts.entry.clone())))
    };
    let request_cpu =
        request(&settings.resources.requests.cpu, cpu_request, known(false), limit_cpu);
    let request_memory =
        request(&settings.resources.requests.memory, memory_request, known(true), limit_memory);
    push(&mut wanted, "cpu", request_cpu);
    push(&mut wanted, "memory", request_memory);
    for (name, said) in &settings.resources.requests.others {
        push(&mut wanted, name, Some((said.value.clone(), said.origin.clone())));
    }
    for (name, said) in &settings.limits().others {
        push(&mut most, name, Some((said.value.clone(), said.origin.clone())));
    }
    gpus(service, &mut most);
    (wanted, most)
}

impl ServiceSettings {
    fn limits(&self) -> &Quantities {
        &self.resources.limits
    }
}

type Amount = Option<(String, Origin)>;

/// A strong setting, else Compose's, else a weak setting, else what is known.
fn pick(said: &Option<crate::settings::Said<String>>, compose: Amount, known: Amount) -> Amount {
    let said_amount = || said.as_ref().map(|said| (said.value.clone(), said.origin.clone()));
    match said {
        Some(said) if !said.weak => said_amount(),
        _ => compose.or_else(said_amount).or(known),
    }
}

/// A request: what is said; the catalogue's where the environment asks for requests at all; and never
/// none beside a limit, since Kubernetes would take the limit for it.
fn request(
    said: &Option<crate::settings::Said<String>>,
    compose: Amount,
    known: Amount,
    limit: Amount,
) -> Amount {
    let chosen = match said {
        Some(said) if said.weak => {
            compose.or(known).or(Some((said.value.clone(), said.origin.clone())))
        }
        _ => pick(said, compose, None),
    };
    match (chosen, limit) {
        (None, Some((most, origin))) => Some((most, origin)),
        (Some((wanted, _)), Some((most, origin))) if quantity(&wanted) > quantity(&most) => {
            Some((most, origin))
        }
        (chosen, _) => chosen,
    }
}

/// A quantity as a number, to compare two of them.
pub(crate) fn quantity(text: &str) -> f64 {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let factor = match suffix {
        "m" => 0.001,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => 1.0,
    };
    number.parse::<f64>().unwrap_or(0.0) * factor
}

fn push(amounts: &mut Amounts, name: &str, amount: Amount) {
    if let Some((amount, origin)) = amount {
        amounts.push((name.to_owned(), amount, origin));
    }
}

fn cpus(text: Option<&Text>) -> Amount {
    let text = text?;
    let number: f64 = text.value.parse().ok()?;
    (number > 0.0).then(|| (milli(number), Origin::Input(text.span())))
}

/// CPUs in Kubernetes' notation: `1`, `500m`.
pub(crate) fn milli(cpus: f64) -> String {
    #[allow(clippy::cast_possible_truncation)]
    let milli = (cpus * 1000.0).ceil() as i64;
    if milli % 1000 == 0 { (milli / 1000).to_string() } else { format!("{milli}m") }
}

fn bytes(text: Option<&Text>) -> Amount {
    let text = text?;
    let number: i64 = text.value.parse().ok()?;
    (number > 0).then(|| (binary(number), Origin::Input(text.span())))
}

/// Bytes in Kubernetes' notation with the largest binary unit that fits evenly.
pub(crate) fn binary(bytes: i64) -> String {
    for (unit, size) in [("Gi", 1_i64 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
        if bytes % size == 0 && bytes > 0 {
            return format!("{}{unit}", bytes / size);
        }
    }
    bytes.to_string()
}

fn gpus(service: &Service, most: &mut Amounts) {
    let reserved = service
        .deploy
        .as_ref()
        .and_then(|deploy| deploy.resources.as_ref())
        .and_then(|resources| resources.reservations.as_ref());
    let devices = reserved.map(|reserved| reserved.devices.as_slice()).unwrap_or_default();
    let requested = devices
        .iter()
        .filter(|device| device.capabilities.iter().any(|text| text.value == "gpu"))
        .map(|device| (device.count, device.device_ids.len(), device.span))
        .chain(service.gpus.iter().map(|gpu| (gpu.count, gpu.device_ids.len(), gpu.span)));
    for (count, ids, span) in requested {
        let number = match count {
            Some(count) if count > 0 => count,
            _ => i64::try_from(ids).unwrap_or(1).max(1),
        };
        if !most.iter().any(|(name, _, _)| name == "nvidia.com/gpu") {
            most.push(("nvidia.com/gpu".to_owned(), number.to_string(), Origin::Input(span)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_kubernetes_notation() {
        assert_eq!(milli(0.5), "500m");
        assert_eq!(milli(2.0), "2");
        assert_eq!(binary(512 << 20), "512Mi");
        assert_eq!(binary(1000), "1000");
        assert!(quantity("64Mi") < quantity("1Gi"));
    }
}
