//! Requests and limits: Compose's, the settings' and the catalogue's.

use crate::{
    catalog::Facts,
    compose::{Reservations, Service, Text},
    settings::{Quantities, ServiceSettings},
    text::{Code, Diagnostic, Origin, Sink, Span},
};

/// Quantities by resource, and where each is from.
pub(crate) type Amounts = Vec<(String, String, Origin)>;

/// The requests and limits of a service.
pub(crate) fn plan(
    name: &str,
    service: &Service,
    settings: &ServiceSettings,
    facts: Option<&Facts>,
    sink: &mut Sink,
) -> (Amounts, Amounts) {
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let limits = deploy.and_then(|resources| resources.limits.as_ref());
    let reserved = deploy.and_then(|resources| resources.reservations.as_ref());
    let cpu_limit = limits.and_then(|limits| cpus(limits.cpus.as_ref())).or_else(|| cpu(service));
    let memory_limit =
        bytes(limits.and_then(|limits| limits.memory.as_ref()).or(service.mem_limit.as_ref()));
    let cpu_request =
        reserved.and_then(|reserved| cpus(reserved.cpus.as_ref())).or_else(|| shares(service));
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
    if let Some(size) = service.storage_opt.get("size")
        && let Ok(bytes) = crate::load::bytes::parse(&size.value)
    {
        push(&mut most, "ephemeral-storage", Some((binary(bytes), Origin::Input(size.span()))));
    }
    devices(name, service, &mut most, sink);
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

/// The service's own limit: `cpus`, else quota over period, else Windows' count.
fn cpu(service: &Service) -> Amount {
    let amount = |cpus: f64, span| (cpus > 0.0).then(|| (milli(cpus), Origin::Input(span)));
    if let Some(item) = &service.cpus {
        return amount(item.value, item.span);
    }
    if let Some(quota) = &service.cpu_quota {
        let period = service.cpu_period.as_ref();
        let period = period.and_then(|period| micros(&period.value.value)).unwrap_or(100_000.0);
        return amount(micros(&quota.value.value)? / period, quota.span);
    }
    #[allow(clippy::cast_precision_loss)]
    amount(service.cpu_count? as f64, service.key("cpu_count"))
}

/// Microseconds, as a number or with a unit.
fn micros(text: &str) -> Option<f64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
    let factor = match text.get(number.len()..)? {
        "" | "us" | "µs" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * factor).filter(|micros| *micros > 0.0)
}

/// A weight of 1024 stands for one CPU.
fn shares(service: &Service) -> Amount {
    let item = service.cpu_shares.as_ref()?;
    #[allow(clippy::cast_precision_loss)]
    let cpus = item.value as f64 / 1024.0;
    (cpus > 0.0).then(|| (milli(cpus), Origin::Input(item.span)))
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

/// GPUs and other devices that are counted.
fn devices(name: &str, service: &Service, most: &mut Amounts, sink: &mut Sink) {
    let reserved = service
        .deploy
        .as_ref()
        .and_then(|deploy| deploy.resources.as_ref())
        .and_then(|resources| resources.reservations.as_ref());
    let requests = reserved.map(|reserved| reserved.devices.as_slice()).unwrap_or_default();
    let mut wanted: Vec<Wanted> = Vec::new();
    for gpu in &service.gpus {
        let (driver, span) = (gpu.driver.as_ref(), gpu.span);
        wanted.push(Wanted {
            kind: "gpu",
            driver,
            count: gpu.count,
            ids: gpu.device_ids.len(),
            span,
        });
    }
    for device in requests {
        let kind = ["gpu", "tpu"]
            .into_iter()
            .find(|kind| device.capabilities.iter().any(|text| text.value == *kind));
        let (driver, ids, span) = (device.driver.as_ref(), device.device_ids.len(), device.span);
        match kind {
            Some(kind) => wanted.push(Wanted { kind, driver, count: device.count, ids, span }),
            None => sink.push(
                Diagnostic::new(Code::LeftOut, format!("a device of `{name}` was left out"))
                    .at(span)
                    .help("only `gpu` and `tpu` have a name in Kubernetes; use a device plugin and `resources.limits`"),
            ),
        }
    }
    for device in wanted {
        let resource = device.resource();
        let number = match device.count {
            Some(count) if count > 0 => count,
            _ if device.ids > 0 => i64::try_from(device.ids).unwrap_or(1),
            _ => {
                let message = format!("`{name}` asks for all GPUs and gets one");
                sink.push(
                    Diagnostic::new(Code::Approximated, message)
                        .at(device.span)
                        .help("Kubernetes gives a counted number: write `count`"),
                );
                1
            }
        };
        if !most.iter().any(|(known, _, _)| known == resource) {
            most.push((resource.to_owned(), number.to_string(), Origin::Input(device.span)));
        }
    }
    generic(name, reserved, most, sink);
}

/// A request for devices.
struct Wanted<'a> {
    kind: &'static str,
    driver: Option<&'a Text>,
    count: Option<i64>,
    ids: usize,
    span: Span,
}

impl Wanted<'_> {
    /// The name that the driver's device plugin gives it.
    fn resource(&self) -> &'static str {
        match (self.kind, self.driver.map(Text::as_str)) {
            ("tpu", _) => "google.com/tpu",
            (_, Some("amd" | "rocm")) => "amd.com/gpu",
            (_, Some("intel" | "i915")) => "gpu.intel.com/i915",
            _ => "nvidia.com/gpu",
        }
    }
}

/// Resources of other kinds, where their name is that of an extended resource.
fn generic(name: &str, reserved: Option<&Reservations>, most: &mut Amounts, sink: &mut Sink) {
    let specs = reserved.into_iter().flat_map(|reserved| &reserved.generic_resources);
    for spec in specs.filter_map(|resource| resource.discrete_resource_spec.as_ref()) {
        let kind = spec.kind.as_ref().map_or("", Text::as_str);
        if kind.contains('/') && super::names::is_label_key(kind) {
            let number = spec.value.unwrap_or(1).to_string();
            most.push((kind.to_owned(), number, Origin::Input(spec.span)));
        } else {
            sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("resource `{kind}` of `{name}` was left out"),
                )
                .at(spec.span)
                .help("name it as nodes offer it (`example.com/fpga`), or use `resources.limits`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_and_weights_are_cpus() {
        use crate::compose::{Decode, Item};
        let number = |text: &str| Some(Item { value: Text::bare(text), span: Span::NONE });
        let quota = Service { cpu_quota: number("50000"), ..Service::absent() };
        assert_eq!(cpu(&quota).unwrap().0, "500m");
        let both = Service { cpu_quota: number("50000"), cpu_period: number("25ms"), ..quota };
        assert_eq!(cpu(&both).unwrap().0, "2");
        let weight = Item { value: 512, span: Span::NONE };
        let shared = Service { cpu_shares: Some(weight), ..Service::absent() };
        assert_eq!(shares(&shared).unwrap().0, "500m");
    }

    #[test]
    fn amounts_in_kubernetes_notation() {
        assert_eq!(milli(0.5), "500m");
        assert_eq!(milli(2.0), "2");
        assert_eq!(binary(512 << 20), "512Mi");
        assert_eq!(binary(1000), "1000");
        assert!(quantity("64Mi") < quantity("1Gi"));
    }
}
