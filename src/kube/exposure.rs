//! Ingresses and disruption budgets.

use k8s_openapi::api::{
    networking::v1::{
        HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
        IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
    },
    policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec},
};

use super::{Object, Role, lower::Lowering, workload::int_or_string};
use crate::{
    plan::{ContainerPort, Workload, joined_name},
    settings::{Public, PublicType},
};

/// What Ingress controllers call a client that stays with its pod, by a part of their class.
const STICKY: &[(&str, &str, &str)] = &[
    ("nginx", "nginx.ingress.kubernetes.io/affinity", "cookie"),
    ("haproxy", "haproxy.org/cookie-persistence", "SERVERID"),
];

/// The Ingress of a service, with a rule for each way in.
pub(crate) fn ingresses(lowering: &Lowering) -> Option<Object> {
    let ways: Vec<(&Public, &ContainerPort)> = lowering
        .service
        .public
        .iter()
        .filter(|public| public.kind.unwrap_or_default() == PublicType::Ingress)
        .filter_map(|public| Some((public, port(lowering, public)?)))
        .collect();
    let (first, _) = ways.first()?;
    let mut metadata = lowering.meta(&lowering.service.name);
    for (public, _) in &ways {
        metadata.annotations.get_or_insert_default().extend(public.annotations.clone());
        if public.sticky {
            let class = public.class.as_deref().unwrap_or_default();
            let known = STICKY.iter().filter(|(part, ..)| class.is_empty() || class.contains(part));
            let known = known.map(|(_, key, value)| ((*key).to_owned(), (*value).to_owned()));
            metadata.annotations.get_or_insert_default().extend(known);
        }
        if let Some(issuer) = public.tls.as_ref().and_then(|tls| tls.issuer.clone()) {
            metadata
                .annotations
                .get_or_insert_default()
                .insert("cert-manager.io/cluster-issuer".to_owned(), issuer);
        }
    }
    metadata.annotations = metadata.annotations.filter(|annotations| !annotations.is_empty());
    let tls: Vec<_> = ways.iter().filter_map(|(public, _)| tls(lowering, public)).collect();
    let ingress = Ingress {
        metadata,
        spec: Some(IngressSpec {
            ingress_class_name: first.class.clone(),
            tls: (!tls.is_empty()).then_some(tls),
            rules: Some(ways.iter().map(|(public, port)| rule(lowering, public, port)).collect()),
            ..IngressSpec::default()
        }),
        ..Ingress::default()
    };
    let mut object = lowering.object(&ingress, Role::Exposure);
    if let Some(origin) = &lowering.service.public_origin {
        object.origins.note("spec", origin);
    }
    Some(object)
}

/// The port that a way in leads to: the one it names, else the first published HTTP port.
pub(super) fn port<'a>(lowering: &'a Lowering, public: &Public) -> Option<&'a ContainerPort> {
    let ports = &lowering.service.ports;
    match public.port {
        Some(number) => ports.iter().find(|port| port.port == number),
        None => ports
            .iter()
            .find(|port| port.http && port.published.is_some())
            .or_else(|| ports.iter().find(|port| port.http))
            .or_else(|| ports.first()),
    }
}

fn tls(lowering: &Lowering, public: &Public) -> Option<IngressTLS> {
    let tls = public.tls.as_ref()?;
    Some(IngressTLS {
        hosts: public.host.clone().map(|host| vec![host]),
        secret_name: Some(
            tls.secret.clone().unwrap_or_else(|| joined_name(&lowering.service.name, "tls")),
        ),
    })
}

fn rule(lowering: &Lowering, public: &Public, port: &ContainerPort) -> IngressRule {
    let backend = IngressBackend {
        service: Some(IngressServiceBackend {
            name: lowering.service.name.clone(),
            port: Some(ServiceBackendPort { name: Some(port.name.clone()), number: None }),
        }),
        resource: None,
    };
    let path = HTTPIngressPath {
        path: Some(public.path.clone().unwrap_or_else(|| "/".to_owned())),
        path_type: public.path_type.clone().unwrap_or_else(|| "Prefix".to_owned()),
        backend,
    };
    IngressRule {
        host: public.host.clone(),
        http: Some(HTTPIngressRuleValue { paths: vec![path] }),
    }
}

/// The disruption budget of a service with several pods.
pub(crate) fn disruption(lowering: &Lowering, workload: &Workload) -> Option<Object> {
    let budget = workload.disruption.as_ref()?;
    if budget.min_available.is_none() && budget.max_unavailable.is_none() {
        return None;
    }
    let resource = PodDisruptionBudget {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(PodDisruptionBudgetSpec {
            min_available: budget.min_available.as_deref().map(int_or_string),
            max_unavailable: budget.max_unavailable.as_deref().map(int_or_string),
            selector: Some(lowering.label_selector()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    };
    Some(lowering.object(&resource, Role::Disruption))
}
