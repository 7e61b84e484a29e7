//! Services: their objects, how they are reached, where their data lives.

use std::collections::BTreeMap;

use crate::{
    convert::Planned,
    kube::Object,
    plan::{ExternalEndpoint, MountSource, Reach, ServicePlan, Workload},
    settings::PublicType,
};

/// What became of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// Its name in the compose file.
    pub service: String,
    /// Its objects: `Deployment ×2`, `Service`.
    pub objects: Vec<String>,
    /// How it is reached: `web:80`, `https://shop.example.com`.
    pub reached: Vec<String>,
    /// Where its data lives: claims, with their size.
    pub data: Vec<String>,
}

/// A row for each service, in the order of the compose file.
pub fn rows(planned: &Planned) -> Vec<ServiceRow> {
    let mut own: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
    for object in planned.objects.iter() {
        own.entry(object.service.as_deref().unwrap_or_default()).or_default().push(object);
    }
    let own = |service: &ServicePlan| own.get(service.name.as_str()).map_or(&[][..], Vec::as_slice);
    let services = planned.app.services.iter();
    services
        .map(|service| ServiceRow {
            service: service.compose_name.clone(),
            objects: objects(own(service), service),
            reached: reached(service),
            data: data(service),
        })
        .collect()
}

/// The kinds of a service's objects, the workload first, and how many of each.
fn objects(own: &[&Object], service: &ServicePlan) -> Vec<String> {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for object in own {
        match kinds.iter_mut().find(|(kind, _)| *kind == object.kind()) {
            Some((_, count)) => *count += 1,
            None => kinds.push((object.kind(), 1)),
        }
    }
    let is_workload =
        |kind: &str| matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob");
    kinds.sort_by_key(|(kind, _)| !is_workload(kind));
    let mut objects = Vec::new();
    if let Some(host) = &service.in_pod_of {
        objects.push(format!("in the pod of {host}"));
    } else if let Some(external) = &service.external {
        objects.push(format!("outside: {}", address(external)));
    }
    let replicas = service.workload.as_ref().map_or(1, |workload| workload.replicas);
    for (kind, count) in kinds {
        let pods = i64::try_from(count).unwrap_or(1);
        let scaling = service.workload.as_ref().and_then(|workload| workload.autoscaling.as_ref());
        if let Some(scaling) = scaling.filter(|_| is_workload(kind)) {
            objects.push(format!("{kind} ×{}–{}", scaling.min, scaling.max));
            continue;
        }
        let number = if is_workload(kind) { replicas } else { pods };
        objects.push(if number == 1 { kind.to_owned() } else { format!("{kind} ×{number}") });
    }
    objects
}

fn address(external: &ExternalEndpoint) -> String {
    let place = external.host.clone().unwrap_or_else(|| external.addresses.join(", "));
    let place = external.port.map_or(place.clone(), |port| format!("{place}:{port}"));
    match external.reach {
        Reach::Ambassador if external.tls => format!("{place} over TLS, by a proxy"),
        Reach::Ambassador => format!("{place}, by a proxy"),
        Reach::Variables => format!("{place}, named in variables"),
        Reach::Alias | Reach::Addresses => place,
    }
}

fn reached(service: &ServicePlan) -> Vec<String> {
    let mut ways: Vec<String> = service
        .ports
        .iter()
        .filter(|port| !port.hidden)
        .map(|port| format!("{}:{}", service.name, port.port))
        .collect();
    for public in &service.public {
        let scheme = if public.tls.is_some() { "https" } else { "http" };
        ways.push(match (public.kind.unwrap_or_default(), &public.host) {
            (PublicType::LoadBalancer, _) => "a load balancer".to_owned(),
            (PublicType::NodePort, _) => "a port of every node".to_owned(),
            (_, Some(host)) => {
                format!("{scheme}://{host}{}", public.path.as_deref().unwrap_or_default())
            }
            (PublicType::Gateway, None) => "a Gateway".to_owned(),
            (PublicType::Ingress, None) => "an Ingress".to_owned(),
        });
    }
    ways
}

fn data(service: &ServicePlan) -> Vec<String> {
    let Some(workload) = &service.workload else { return Vec::new() };
    let mut places: Vec<String> = workload
        .claim_templates
        .iter()
        .map(|claim| format!("{} ({})", claim.name, claim.size))
        .collect();
    places.extend(mounted(workload));
    places
}

fn mounted(workload: &Workload) -> Vec<String> {
    let mut places = Vec::new();
    for mount in &workload.mounts {
        let place = match &mount.source {
            MountSource::Claim(name) => format!("claim {name}"),
            MountSource::HostPath(path) => format!("node's {path}"),
            MountSource::Nfs { server, path } => format!("{server}:{path}"),
            MountSource::Image(reference) => format!("image {reference}"),
            _ => continue,
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}
