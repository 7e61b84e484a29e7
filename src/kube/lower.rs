//! Lowering: from the plan to Kubernetes objects.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Object, Origins, Role, access, autoscaler, config, defaults, exposure, external_secret,
    network, order, route, sort_objects, storage, workload,
};
use crate::{
    plan::{App, Claim, ServicePlan, Workload},
    text::Origin,
    yaml::Value,
};

/// The label of pods that must share a node.
pub(crate) const SAME_NODE: &str = "c2k.dev/same-node";

/// The objects of a planned application, in order.
pub fn lower(app: &App) -> Vec<Object> {
    let whole = &Whole::new(app);
    let mut objects = Vec::new();
    objects.extend(access::namespace(whole));
    objects.extend(config::file_sets(whole, &app.file_sets));
    objects.extend(config::secrets(whole));
    objects.extend(external_secret::external_secrets(whole));
    objects.extend(app.claims.iter().map(|claim| storage::claim(whole, claim)));
    objects.extend(access::waiter(whole));
    objects.iter_mut().for_each(finish);
    let of_services = app.services.par_iter().flat_map_iter(|service| {
        let mut objects = of_service(&Lowering { whole, app, service });
        objects.iter_mut().for_each(finish);
        objects
    });
    objects.par_extend(of_services);
    access::keep_first_accounts(&mut objects);
    sort_objects(&mut objects);
    objects
}

/// The objects of one service.
fn of_service(lowering: &Lowering) -> Vec<Object> {
    let mut objects = Vec::new();
    if let Some(workload) = &lowering.service.workload {
        for (lowering, workload) in lowering.containers() {
            objects.extend(config::environment(&lowering, workload));
            objects.extend(config::file_sets(lowering.whole, &workload.file_sets));
        }
        objects.push(workload::workload(lowering, workload));
        objects.extend(exposure::disruption(lowering, workload));
        objects.extend(autoscaler::autoscaler(lowering, workload));
        objects.extend(access::account(lowering, workload));
    }
    objects.extend(super::service::services(lowering));
    objects.extend(exposure::ingresses(lowering));
    objects.extend(route::routes(lowering));
    objects.extend(network::policies(lowering));
    objects
}

/// What every object goes through at last.
fn finish(object: &mut Object) {
    untype_claim_templates(&mut object.value);
    order::sort(&mut object.value);
    defaults::note(object);
}

/// Whether the project has networks besides the default one.
fn is_divided(app: &App) -> bool {
    let mut networks = app.services.iter().flat_map(|service| &service.networks);
    networks.any(|name| name != "default")
}

/// Claim templates are embedded objects, whose kind the field says already.
fn untype_claim_templates(object: &mut Value) {
    let spec = object.as_map_mut().and_then(|map| map.get_mut("spec"));
    let templates =
        spec.and_then(Value::as_map_mut).and_then(|map| map.get_mut("volumeClaimTemplates"));
    for template in templates.and_then(Value::as_seq_mut).into_iter().flatten() {
        if let Some(map) = template.as_map_mut() {
            map.remove("apiVersion");
            map.remove("kind");
        }
    }
}

/// What lowering anything needs.
pub(crate) struct Whole<'a> {
    /// The application.
    pub(crate) app: &'a App,
    /// Its services by their Kubernetes names.
    services: BTreeMap<&'a str, &'a ServicePlan>,
    /// Who needs each service, by Kubernetes name.
    pub(crate) needed_by: BTreeMap<&'a str, Vec<&'a str>>,
    /// Whether the project has networks besides the default one.
    pub(crate) divided: bool,
}

impl<'a> Whole<'a> {
    /// What lowering the application needs.
    pub(crate) fn new(app: &'a App) -> Self {
        let services = app.services.iter().map(|service| (service.name.as_str(), service));
        let mut needed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for service in &app.services {
            let itself = std::iter::once(&service.name);
            let needs: BTreeSet<&String> = service.needs.iter().chain(itself).collect();
            for needed in needs {
                needed_by.entry(needed).or_default().push(&service.name);
            }
        }
        Self { app, services: services.collect(), needed_by, divided: is_divided(app) }
    }

    /// Metadata of an object.
    pub(crate) fn meta(&self, name: &str, service: Option<&str>) -> ObjectMeta {
        let app = self.app;
        let mut labels: BTreeMap<String, String> = [
            ("app.kubernetes.io/instance", app.project.as_str()),
            ("app.kubernetes.io/part-of", app.project.as_str()),
            ("app.kubernetes.io/managed-by", "c2k"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        if let Some(service) = service {
            labels.insert("app.kubernetes.io/name".to_owned(), service.to_owned());
            if let Some(service) = self.services.get(service) {
                let component = service.component.iter().cloned();
                labels
                    .extend(component.map(|name| ("app.kubernetes.io/component".to_owned(), name)));
                labels.extend(service.labels.clone());
            }
        }
        if !app.environment.is_empty() {
            labels.insert("c2k.dev/environment".to_owned(), app.environment.clone());
        }
        ObjectMeta {
            name: Some(name.to_owned()),
            namespace: app.namespace.clone(),
            labels: Some(labels),
            ..ObjectMeta::default()
        }
    }

    /// An object of a Kubernetes type.
    pub(crate) fn object(
        &self,
        resource: &impl Serialize,
        role: Role,
        service: Option<&str>,
    ) -> Object {
        // Serialising these types to JSON cannot fail: their keys are strings and their numbers finite.
        let json = serde_json::to_value(resource).unwrap_or_default();
        let mut value = Value::from(json);
        drop_empty(&mut value);
        let mut object = Object::new(value, role, service);
        if !self.app.origins_wanted {
            object.origins = Origins::off();
        }
        object.origins.note("", &Origin::Rule("the form of the object"));
        object
    }
}

/// What lowering one service needs.
pub(crate) struct Lowering<'a> {
    /// What lowering anything needs.
    pub(crate) whole: &'a Whole<'a>,
    /// The application.
    pub(crate) app: &'a App,
    /// The service.
    pub(crate) service: &'a ServicePlan,
}

impl<'a> Lowering<'a> {
    /// The services whose containers run in the service's pod, itself first.
    pub(crate) fn containers(&self) -> impl Iterator<Item = (Lowering<'a>, &'a Workload)> {
        let (whole, app) = (self.whole, self.app);
        std::iter::once(self.service).chain(&self.service.companions).filter_map(move |service| {
            Some((Lowering { whole, app, service }, service.workload.as_ref()?))
        })
    }

    /// The claims of all of them; one that several mount is one.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &'a Claim> {
        let mut seen = BTreeSet::new();
        self.containers()
            .flat_map(|(_, workload)| &workload.claim_templates)
            .filter(move |claim| seen.insert(claim.name.clone()))
    }

    /// Labels that select the pods of the service; immutable.
    pub(crate) fn selector(&self) -> BTreeMap<String, String> {
        selector(self.app, self.service.in_pod_of.as_ref().unwrap_or(&self.service.name))
    }

    /// Labels of the service's pods.
    pub(crate) fn pod_labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.selector();
        labels.insert("app.kubernetes.io/part-of".to_owned(), self.app.project.clone());
        let workload = self.service.workload.as_ref();
        let group = workload.and_then(|workload| workload.same_node.clone());
        labels.extend(group.map(|group| (SAME_NODE.to_owned(), group)));
        labels
            .extend(self.service.workload.iter().flat_map(|workload| workload.pod_labels.clone()));
        labels.extend(self.network_labels().into_iter().map(|label| (label, "true".to_owned())));
        labels
    }

    /// A label for each Compose network of the service; none where the whole project shares one.
    pub(crate) fn network_labels(&self) -> Vec<String> {
        let names = self.service.networks.iter().filter(|_| self.whole.divided);
        names.map(|name| format!("c2k.dev/network-{name}")).collect()
    }

    /// Metadata of an object of the service.
    pub(crate) fn meta(&self, name: &str) -> ObjectMeta {
        let mut meta = self.whole.meta(name, Some(&self.service.name));
        if !self.service.annotations.is_empty() {
            meta.annotations = Some(self.service.annotations.clone());
        }
        meta
    }

    /// A selector of the service's pods.
    pub(crate) fn label_selector(&self) -> LabelSelector {
        LabelSelector { match_labels: Some(self.selector()), ..LabelSelector::default() }
    }

    /// An object of the service.
    pub(crate) fn object(&self, resource: &impl Serialize, role: Role) -> Object {
        let mut object = self.whole.object(resource, role, Some(&self.service.name));
        object.origins.note("", &Origin::Input(self.service.span));
        if self.app.origins_wanted {
            common(&mut object, self.app, self.service);
        }
        object
    }
}

/// Notes where the metadata of an object comes from.
fn common(object: &mut Object, app: &App, service: &ServicePlan) {
    let origins = &mut object.origins;
    origins.note("apiVersion", &Origin::Rule("the version of the API that has the kind"));
    origins.note("kind", &Origin::Rule("what the object is for"));
    origins.note("metadata.name", &Origin::Input(service.span));
    project(origins, app);
    for label in service.labels.keys() {
        let label = format_args!("metadata.labels[{label}]");
        origins.note(label, &Origin::Rule("the setting `labels`"));
    }
    for key in service.annotations.keys() {
        let key = format!("metadata.annotations[{key}]");
        origins.note(key, &Origin::Rule("the setting `annotations`"));
    }
}

/// Notes where labels and the namespace come from.
fn project(origins: &mut Origins, app: &App) {
    origins.note("metadata.labels", &Origin::Rule("labels of every object"));
    for label in ["instance", "part-of"] {
        let label = format_args!("metadata.labels[app.kubernetes.io/{label}]");
        origins.note(label, &app.project_origin);
    }
    origins.note("metadata.namespace", &Origin::Rule("the setting `namespace`"));
}

/// Labels that select a service's pods.
pub(crate) fn selector(app: &App, service: &str) -> BTreeMap<String, String> {
    [("app.kubernetes.io/name", service), ("app.kubernetes.io/instance", app.project.as_str())]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// Removes nulls and empty metadata that serialisation leaves.
fn drop_empty(value: &mut Value) {
    match value {
        Value::Map(map) => {
            map.fields.retain(|field| {
                let empty_meta = field.key == "metadata"
                    && field.value.as_map().is_some_and(crate::yaml::Map::is_empty);
                let status = field.key == "status";
                !empty_meta && !status && field.value != Value::Null
            });
            map.fields.iter_mut().for_each(|field| drop_empty(&mut field.value));
        }
        Value::Seq(items) => items.iter_mut().for_each(drop_empty),
        _ => {}
    }
}
