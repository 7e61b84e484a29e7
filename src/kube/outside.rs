//! Services whose names lead out of the cluster: aliases, and addresses in EndpointSlices.

use k8s_openapi::api::{
    core::v1::{ServicePort, ServiceSpec},
    discovery::v1::{Endpoint, EndpointPort, EndpointSlice},
};

use super::{
    Object, Role,
    lower::Lowering,
    service::{object, port_of},
    workload::to_i32,
};
use crate::plan::{ContainerPort, ExternalEndpoint, Reach, joined_name};

/// A service outside of the cluster under its Compose names.
pub(crate) fn outside(lowering: &Lowering, external: &ExternalEndpoint) -> Vec<Object> {
    let service = lowering.service;
    let names = std::iter::once(&service.name).chain(&service.aliases);
    let mut objects = Vec::new();
    for name in names {
        if external.reach == Reach::Addresses {
            objects.push(object(lowering, name, addressed(lowering, external)));
            objects.extend(slices(lowering, name, external));
        } else {
            let spec = ServiceSpec {
                type_: Some("ExternalName".to_owned()),
                external_name: external.host.clone(),
                ..ServiceSpec::default()
            };
            objects.push(object(lowering, name, spec));
        }
    }
    for object in &mut objects {
        object.origins.note("spec", &external.origin);
    }
    objects
}

fn addressed(lowering: &Lowering, external: &ExternalEndpoint) -> ServiceSpec {
    let numeric = |port: &ContainerPort| ServicePort { target_port: None, ..port_of(port) };
    let (four, six) = families(external);
    let both = !four.is_empty() && !six.is_empty();
    let only_six = four.is_empty() && !six.is_empty();
    // A Service has an address of the cluster's first family unless it asks for another, and a
    // cluster may not have the other: without an address of its own the name leads to them.
    let moved =
        external.port.is_some_and(|port| lowering.service.ports.iter().any(|own| own.port != port));
    ServiceSpec {
        cluster_ip: (only_six && !moved).then(|| "None".to_owned()),
        ip_family_policy: both.then(|| "PreferDualStack".to_owned()),
        ip_families: (only_six && moved).then(|| vec!["IPv6".to_owned()]),
        ports: Some(lowering.service.ports.iter().map(numeric).collect()),
        ..ServiceSpec::default()
    }
}

/// The addresses of both families.
fn families(external: &ExternalEndpoint) -> (Vec<String>, Vec<String>) {
    external.addresses.iter().cloned().partition(|address| !address.contains(':'))
}

/// A slice holds addresses of one family.
fn slices(lowering: &Lowering, name: &str, external: &ExternalEndpoint) -> Vec<Object> {
    let (four, six) = families(external);
    let suffix = if four.is_empty() { "external" } else { "external-v6" };
    [("external", "IPv4", four), (suffix, "IPv6", six)]
        .into_iter()
        .filter(|(.., addresses)| !addresses.is_empty())
        .map(|(suffix, family, addresses)| {
            slice(lowering, (name, suffix), external, (family, addresses))
        })
        .collect()
}

fn slice(
    lowering: &Lowering,
    (name, suffix): (&str, &str),
    external: &ExternalEndpoint,
    (family, addresses): (&str, Vec<String>),
) -> Object {
    let mut metadata = lowering.meta(&joined_name(name, suffix));
    let labels = metadata.labels.get_or_insert_default();
    labels.insert("kubernetes.io/service-name".to_owned(), name.to_owned());
    let port = |(index, port): (usize, &ContainerPort)| EndpointPort {
        name: Some(port.name.clone()),
        // What is said to differ is the port that others mean by the service's name.
        port: Some(to_i32(external.port.filter(|_| index == 0).unwrap_or(port.port))),
        protocol: Some(port.protocol.to_owned()),
        ..EndpointPort::default()
    };
    let resource = EndpointSlice {
        metadata,
        address_type: family.to_owned(),
        endpoints: vec![Endpoint { addresses, ..Endpoint::default() }],
        ports: Some(lowering.service.ports.iter().enumerate().map(port).collect()),
    };
    lowering.object(&resource, Role::Service)
}
