//! The file `kustomization.yaml`.

use crate::yaml::{self, Map, Value};

/// The first lines of the file.
const HEADER: &str = "# Written by c2k from the compose file and overlays/<env>/: change those, and convert again.\n";

/// What a `kustomization.yaml` says.
#[derive(Debug, Default)]
pub(super) struct Kustomization {
    /// Whether this is a component instead.
    pub(super) component: bool,
    pub(super) resources: Vec<String>,
    pub(super) components: Vec<String>,
    pub(super) namespace: Option<String>,
    /// Labels on the metadata of all objects, neither in selectors nor in templates.
    pub(super) labels: Map,
    pub(super) images: Vec<Value>,
    pub(super) replicas: Vec<Value>,
    pub(super) config_maps: Vec<Value>,
    pub(super) secrets: Vec<Value>,
    pub(super) patches: Vec<Value>,
}

impl Kustomization {
    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut map = Map::new();
        let (version, kind) =
            if self.component { ("v1alpha1", "Component") } else { ("v1beta1", "Kustomization") };
        map.insert("apiVersion", format!("kustomize.config.k8s.io/{version}"));
        map.insert("kind", kind);
        add_list(
            &mut map,
            "resources",
            &self.resources.iter().map(|r| r.as_str().into()).collect(),
        );
        let components = self.components.iter().map(|path| path.as_str().into()).collect();
        add_list(&mut map, "components", &components);
        if let Some(namespace) = &self.namespace {
            map.insert("namespace", namespace.as_str());
        }
        if !self.labels.is_empty() {
            let pairs: Map = [("pairs", self.labels.clone())].into_iter().collect();
            map.insert("labels", vec![pairs]);
        }
        add_list(&mut map, "images", &self.images);
        add_list(&mut map, "replicas", &self.replicas);
        add_list(&mut map, "configMapGenerator", &self.config_maps);
        add_list(&mut map, "secretGenerator", &self.secrets);
        add_list(&mut map, "patches", &self.patches);
        format!("{HEADER}{}", yaml::emit(&map.into()))
    }
}

#[expect(clippy::ptr_arg, reason = "the list becomes a value as it is")]
fn add_list(map: &mut Map, key: &str, items: &Vec<Value>) {
    if !items.is_empty() {
        map.insert(key, items.clone());
    }
}
