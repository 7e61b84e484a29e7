//! Routes of the Gateway API, whose types k8s-openapi does not have.

use serde_json::{Map, Value, json};

use super::{Object, Role, exposure::port, lower::Lowering};
use crate::{
    plan::ContainerPort,
    settings::{Public, PublicType},
};

/// The routes of a service: one for the ways in that share a host.
pub(crate) fn routes(lowering: &Lowering) -> Option<Object> {
    let ways: Vec<(&Public, &ContainerPort)> = lowering
        .service
        .public
        .iter()
        .filter(|public| public.kind == Some(PublicType::Gateway))
        .filter_map(|public| Some((public, port(lowering, public)?)))
        .collect();
    if ways.is_empty() {
        return None;
    }
    let mut metadata = lowering.meta(&lowering.service.name);
    for (public, _) in &ways {
        metadata.annotations.get_or_insert_default().extend(public.annotations.clone());
    }
    metadata.annotations = metadata.annotations.filter(|annotations| !annotations.is_empty());
    let mut hosts: Vec<&String> = Vec::new();
    for host in ways.iter().filter_map(|(public, _)| public.host.as_ref()) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let mut spec = Map::new();
    if let Some(gateway) = &lowering.app.gateway {
        let mut parent = Map::new();
        parent.insert("name".to_owned(), json!(gateway.name));
        let more = [("namespace", &gateway.namespace), ("sectionName", &gateway.section)];
        for (key, value) in more {
            parent.extend(value.as_ref().map(|value| (key.to_owned(), json!(value))));
        }
        spec.insert("parentRefs".to_owned(), json!([parent]));
    }
    if !hosts.is_empty() {
        spec.insert("hostnames".to_owned(), json!(hosts));
    }
    let mut rules: Vec<Value> = Vec::new();
    for (public, port) in ways {
        let rule = rule(lowering, public, port);
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    spec.insert("rules".to_owned(), json!(rules));
    let route = json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": metadata,
        "spec": spec,
    });
    let mut object = lowering.object(&route, Role::Exposure);
    if let Some(origin) = &lowering.service.public_origin {
        object.origins.note("spec", origin);
    }
    Some(object)
}

fn rule(lowering: &Lowering, public: &Public, port: &ContainerPort) -> Value {
    let kind = match public.path_type.as_deref() {
        Some("Exact") => "Exact",
        _ => "PathPrefix",
    };
    let path = public.path.as_deref().unwrap_or("/");
    json!({
        "matches": [{"path": {"type": kind, "value": path}}],
        "backendRefs": [{"name": lowering.service.name, "port": port.port}],
    })
}
