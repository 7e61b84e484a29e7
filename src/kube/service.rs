//! Services inside of the cluster, and their further names.

use k8s_openapi::{
    api::core::v1::{Service, ServicePort, ServiceSpec},
    apimachinery::pkg::util::intstr::IntOrString,
};

use super::{Object, Role, lower::Lowering, outside::outside, workload::to_i32};
use crate::{
    plan::{ContainerPort, Reach, ServicePlan, joined_name},
    settings::{PublicType, ServiceType, WorkloadKind},
    text::Origin,
};

/// Name of the Service that gives a StatefulSet's pods their names.
///
/// A StatefulSet that names itself needs its own name to resolve before it is ready, so that Service
/// is the headless one (operation rule 3).
pub(crate) fn governing(service: &ServicePlan) -> String {
    if service.names_itself || service.ports.is_empty() {
        service.name.clone()
    } else {
        joined_name(&service.name, "headless")
    }
}

/// The Services of a service under its name and further names.
pub(crate) fn services(lowering: &Lowering) -> Vec<Object> {
    let service = lowering.service;
    let reached_outside = service.external.as_ref().filter(|it| it.reach != Reach::Ambassador);
    if let Some(external) = reached_outside {
        return outside(lowering, external);
    }
    let kind = service.workload.as_ref().map(|workload| workload.kind);
    let stateful = kind == Some(WorkloadKind::StatefulSet);
    if service.workload.is_none() && service.in_pod_of.is_none() {
        return Vec::new();
    }
    let ends = service.workload.as_ref().is_some_and(|workload| workload.pause.is_some());
    let once = ends || matches!(kind, Some(WorkloadKind::Job | WorkloadKind::CronJob));
    let mut objects = Vec::new();
    if stateful {
        objects.push(headless(lowering, &governing(service)));
    }
    // A name that others call needs no port to lead somewhere.
    let by_name = service.ports.is_empty() && !stateful && !once;
    if by_name && service.called {
        objects.push(headless(lowering, &service.name));
    }
    if by_name {
        objects.extend(service.aliases.iter().map(|alias| headless(lowering, alias)));
    }
    let reached = !service.ports.is_empty() && !once;
    let headless_only = stateful && service.names_itself;
    if reached && !headless_only {
        objects.push(cluster_ip(
            lowering,
            &service.name,
            service.service_type == Some(ServiceType::Headless),
        ));
        objects.extend(outward(lowering));
    }
    if reached {
        objects.extend(service.aliases.iter().map(|alias| cluster_ip(lowering, alias, false)));
    }
    objects
}

/// The Service object of a specification.
pub(super) fn object(lowering: &Lowering, name: &str, spec: ServiceSpec) -> Object {
    let mut metadata = lowering.meta(name);
    if !lowering.service.service_annotations.is_empty() {
        metadata
            .annotations
            .get_or_insert_default()
            .extend(lowering.service.service_annotations.clone());
    }
    let resource = Service { metadata, spec: Some(spec), ..Service::default() };
    let mut object = lowering.object(&resource, Role::Service);
    for port in &lowering.service.ports {
        object.origins.note(format_args!("spec.ports[{}]", port.name), &port.origin);
    }
    let origins = &mut object.origins;
    origins.note(
        "spec.selector",
        &Origin::Rule("the labels that tell the service's pods from others"),
    );
    for field in ["type", "clusterIP"] {
        if let Some(origin) = &lowering.service.service_type_origin {
            origins.note(format_args!("spec.{field}"), origin);
        }
    }
    for (alias, origin) in &lowering.service.alias_origins {
        if alias == name {
            origins.note("metadata.name", origin);
        }
    }
    object
}

fn headless(lowering: &Lowering, name: &str) -> Object {
    let ports = ports(lowering.service);
    let spec = ServiceSpec {
        cluster_ip: Some("None".to_owned()),
        publish_not_ready_addresses: Some(true),
        selector: Some(lowering.selector()),
        ports: (!ports.is_empty()).then_some(ports),
        ..ServiceSpec::default()
    };
    object(lowering, name, spec)
}

fn cluster_ip(lowering: &Lowering, name: &str, headless: bool) -> Object {
    let spec = ServiceSpec {
        cluster_ip: headless.then(|| "None".to_owned()),
        selector: Some(lowering.selector()),
        ports: Some(ports(lowering.service)),
        ..ServiceSpec::default()
    };
    object(lowering, name, spec)
}

/// Services of type NodePort or LoadBalancer, beside the one that peers use.
fn outward(lowering: &Lowering) -> Vec<Object> {
    let service = lowering.service;
    let said = match service.service_type {
        Some(ServiceType::NodePort) => Some((PublicType::NodePort, None, None, false)),
        Some(ServiceType::LoadBalancer) => Some((PublicType::LoadBalancer, None, None, false)),
        _ => None,
    };
    let public = service
        .public
        .iter()
        .filter_map(|public| Some((public.kind?, public.port, public.node_port, public.sticky)));
    let mut made: Vec<&str> = Vec::new();
    let mut objects = Vec::new();
    for (kind, port, node_port, sticky) in public.chain(said) {
        let suffix = match kind {
            PublicType::NodePort => "nodeport",
            PublicType::LoadBalancer => "loadbalancer",
            PublicType::Ingress | PublicType::Gateway => continue,
        };
        if made.contains(&suffix) {
            continue;
        }
        made.push(suffix);
        let way = Outward { kind, suffix, port, node_port, sticky };
        objects.push(exposed(lowering, &way));
    }
    objects
}

/// A Service that leads out.
struct Outward {
    kind: PublicType,
    suffix: &'static str,
    port: Option<i64>,
    node_port: Option<i64>,
    sticky: bool,
}

fn exposed(lowering: &Lowering, way: &Outward) -> Object {
    let Outward { kind, suffix, port, node_port, sticky } = *way;
    let published = lowering.service.ports.iter().any(|port| port.published.is_some());
    let chosen = lowering.service.ports.iter().filter(|candidate| match port {
        Some(port) => candidate.port == port,
        None => !published || candidate.published.is_some(),
    });
    let ports: Vec<_> = chosen
        .filter(|port| !port.hidden)
        .map(|candidate| {
            let outside = candidate.published.as_ref().and_then(|text| text.parse::<i64>().ok());
            let number = if kind == PublicType::LoadBalancer {
                outside.unwrap_or(candidate.port)
            } else {
                candidate.port
            };
            ServicePort {
                port: to_i32(number),
                node_port: node_port.map(to_i32),
                ..port_of(candidate)
            }
        })
        .collect();
    let type_ = if kind == PublicType::LoadBalancer { "LoadBalancer" } else { "NodePort" };
    let ranges = Some(lowering.service.source_ranges.clone())
        .filter(|ranges| kind == PublicType::LoadBalancer && !ranges.is_empty());
    let spec = ServiceSpec {
        load_balancer_source_ranges: ranges,
        session_affinity: sticky.then(|| "ClientIP".to_owned()),
        type_: Some(type_.to_owned()),
        selector: Some(lowering.selector()),
        ports: Some(if ports.is_empty() {
            lowering.service.ports.iter().map(port_of).collect()
        } else {
            ports
        }),
        ..ServiceSpec::default()
    };
    let mut object = object(lowering, &joined_name(&lowering.service.name, suffix), spec);
    object.role = Role::Exposure;
    object
}

fn ports(service: &ServicePlan) -> Vec<ServicePort> {
    let open: Vec<_> = service.ports.iter().filter(|port| !port.hidden).map(port_of).collect();
    if open.is_empty() { service.ports.iter().map(port_of).collect() } else { open }
}

/// A port of a Service.
pub(super) fn port_of(port: &ContainerPort) -> ServicePort {
    ServicePort {
        name: Some(port.name.clone()),
        port: to_i32(port.port),
        target_port: Some(IntOrString::String(port.name.clone())),
        protocol: (port.protocol != "TCP").then(|| port.protocol.to_owned()),
        app_protocol: port.app_protocol.clone(),
        ..ServicePort::default()
    }
}
