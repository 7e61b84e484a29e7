//! The objects on their way through a kustomization.

use std::collections::BTreeMap;

use crate::{
    kube::{self, Object, ObjectKey, Role},
    overlay::kustomization::{fields::Labels, origins, place},
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Map, Node, Value},
};

/// One object, with the names it had before.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) object: Object,
    /// What it was called before the namespace was set.
    pub(super) earlier: Vec<Id>,
    /// The patches and resources that made it what it is, for messages.
    pub(super) written: Vec<Node>,
}

/// What identifies an object to kustomize.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    /// The namespace, `default` where none is written.
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Id {
    pub(super) fn of(value: &Value) -> Self {
        let text = |path: &[&str]| value.at(path).and_then(Value::as_str).unwrap_or_default();
        let api_version = text(&["apiVersion"]);
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let kind = text(&["kind"]);
        let namespace = match text(&["metadata", "namespace"]) {
            _ if is_cluster_scoped(kind) => "",
            "" => "default",
            said => said,
        };
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: text(&["metadata", "name"]).to_owned(),
        }
    }
}

/// Kinds that stand in no namespace.
pub(super) fn is_cluster_scoped(kind: &str) -> bool {
    const KINDS: &[&str] = &[
        "APIService",
        "CSIDriver",
        "CSINode",
        "ClusterRole",
        "ClusterRoleBinding",
        "ComponentStatus",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    ];
    KINDS.contains(&kind)
}

impl Member {
    pub(super) fn ids(&self) -> impl Iterator<Item = Id> {
        self.earlier.iter().cloned().chain([Id::of(&self.object.value)])
    }

    pub(super) fn has(&self, id: &Id) -> bool {
        self.ids().any(|own| own == *id)
    }
}

/// The objects in order.
#[derive(Debug, Default)]
pub(super) struct Set {
    pub(super) members: Vec<Member>,
    /// Where patches name Jobs.
    pub(super) jobs: Vec<(Span, String)>,
    /// The entries of `labels` that were applied.
    pub(super) labelled: Vec<Labels>,
    /// The `commonAnnotations` that were applied.
    pub(super) annotated: Vec<Map>,
}

impl Set {
    pub(super) fn new(objects: Vec<Object>) -> Self {
        let member = |object: Object| {
            let mut before = object.value.clone();
            if let Some(metadata) = before.as_map_mut().and_then(|map| map.get_mut("metadata"))
                && let Some(metadata) = metadata.as_map_mut()
            {
                metadata.remove("namespace");
            }
            Member { earlier: vec![Id::of(&before)], object, written: Vec::new() }
        };
        Self {
            members: objects.into_iter().map(member).collect(),
            jobs: Vec::new(),
            labelled: Vec::new(),
            annotated: Vec::new(),
        }
    }

    /// Adds an object of a file.
    pub(super) fn add(&mut self, value: Value, node: &Node, sink: &mut Sink) {
        let mut object = Object::new(value, Role::Other, None);
        if object.kind() == "Secret" {
            object.role = Role::Secret;
        }
        origins::note_all(&mut object, node);
        self.push(
            Member { object, earlier: Vec::new(), written: vec![node.clone()] },
            node.span,
            sink,
        );
    }

    /// Adds the objects of another folder.
    pub(super) fn join(&mut self, other: Self, span: Span, sink: &mut Sink) {
        for member in other.members {
            self.push(member, span, sink);
        }
        self.jobs.extend(other.jobs);
        self.labelled.extend(other.labelled);
        self.annotated.extend(other.annotated);
    }

    fn push(&mut self, member: Member, span: Span, sink: &mut Sink) {
        let id = Id::of(&member.object.value);
        if self.members.iter().any(|known| known.has(&id)) {
            let message = format!("there is already a {} `{}`", id.kind, id.name);
            let diagnostic = Diagnostic::new(Code::KustomizationInvalid, message);
            sink.push(diagnostic.at(span).help("change it with a patch instead"));
            return;
        }
        self.members.push(member);
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.members.iter_mut().map(|member| &mut member.object.value)
    }

    /// The names of all objects of a kind, for suggestions.
    pub(super) fn names_of(&self, kind: &str) -> Vec<String> {
        let of_kind = self.members.iter().filter(|member| member.object.kind() == kind);
        of_kind.map(|member| member.object.name().to_owned()).collect()
    }

    /// Checks every object that is not as it was before strictly.
    pub(super) fn check(&self, before: &BTreeMap<ObjectKey, Value>, sink: &mut Sink) {
        for member in &self.members {
            let object = &member.object;
            if before.get(&object.key()) == Some(&object.value) {
                continue;
            }
            for problem in kube::check(&object.value) {
                let path: Vec<&str> = problem.path.iter().map(String::as_str).collect();
                let places = member.written.iter().map(|node| place::locate(node, &path));
                let best = places.reduce(|best, new| if new.1 >= best.1 { new } else { best });
                let message = format!("{} `{}`: {}", object.kind(), object.name(), problem.message);
                let diagnostic = Diagnostic::new(Code::PatchedInvalid, message);
                let diagnostic = match best {
                    Some((span, _)) => diagnostic.at(span),
                    None => diagnostic,
                };
                sink.push(match problem.help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
            }
        }
    }

    pub(super) fn into_objects(self) -> Vec<Object> {
        let sorted = |member: Member| {
            let mut object = member.object;
            kube::sort_fields(&mut object.value);
            object
        };
        self.members.into_iter().map(sorted).collect()
    }
}

/// The map under a key, made where it is not there.
pub(super) fn ensure_map<'a>(map: &'a mut Map, key: &str) -> Option<&'a mut Map> {
    if map.get(key).is_none() {
        map.insert(key, Map::new());
    }
    map.get_mut(key).and_then(Value::as_map_mut)
}
