//! The files of a chart.

use std::collections::BTreeMap;

use super::{
    accounts, claims, container, defaults,
    facts::Facts,
    image,
    names::camel,
    object::{self, Family, Services},
    optional::{self, File},
    placement,
    prefix::Prefixes,
    scaling,
    values::{Cell, Entry, Values},
    weave::{Scope, Weaver},
};
use crate::{
    emit::{Bundle, Tree, Variant, helm::pod_spec},
    kube::Role,
    yaml::{Map, Value, emit},
};

/// What a chart says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartOptions {
    /// The chart's name; that of the project if none is given.
    pub name: Option<String>,
    /// The chart's version.
    pub version: String,
    /// The version of the application; that of the first image if none is given.
    pub app_version: Option<String>,
    /// The oldest version of Kubernetes that the chart is for.
    pub kube_version: String,
}

impl Default for ChartOptions {
    fn default() -> Self {
        Self { name: None, version: "0.1.0".into(), app_version: None, kube_version: "1.33".into() }
    }
}

/// The name of a chart, which is also that of its folder.
pub fn chart_name<'o>(bundle: &'o Bundle, options: &'o ChartOptions) -> &'o str {
    options.name.as_deref().unwrap_or(&bundle.project)
}

/// Writes a chart, below a folder of its name.
pub fn helm(bundle: &Bundle, options: &ChartOptions) -> Tree {
    let name = chart_name(bundle, options);
    let families = object::families(bundle);
    let count = 1 + bundle.environments.len();
    let (mut facts, keys) = object::facts(bundle, name, &families);
    let mut services =
        Services { keys, externals: object::externals(&families), ..Services::default() };
    for name in families.iter().filter_map(Family::service) {
        let enabled = || object::enabled(&families, name, count);
        services.enabled.entry(name.to_owned()).or_insert_with(enabled);
    }
    let secrets = secrets(bundle, &families);
    facts.secrets =
        secrets.iter().map(|(name, secret)| (name.clone(), secret.key.clone())).collect();
    find_configs(&mut facts, &families, &services);
    facts.accounts = accounts::users(&families, &services);
    facts.scaled = scaling::usual(&facts, &families, &services);
    facts.ways = optional::ways(&families, &services);
    facts.claims = claims::places(&families, &services);
    let mut weaver = Weaver {
        facts,
        values: Values::default(),
        secret_values: Values::default(),
        toggles: BTreeMap::new(),
        helpers: String::new(),
        at: Scope::default(),
    };
    first_values(&mut weaver, bundle, &families, &services, &secrets);
    let mut tree = Tree::default();
    let folder = format!("{name}/");
    let mut prefixes = Prefixes::default();
    for family in &families {
        let prefix = family.first().map(|object| prefixes.of(object)).unwrap_or_default();
        weaver.enter(family, &services, prefix);
        if weaver.is_scaling() {
            continue;
        }
        let values = stripped(family);
        let text = weaver.template(family, &values);
        tree.add(format!("{folder}templates/{}", family.file), text);
    }
    for File { path, text, toggle } in optional::files(&weaver.facts, &families, &services) {
        for key in toggle.1.iter().filter_map(|name| services.keys.get(name)) {
            let known = weaver.toggles.entry(key.clone()).or_default();
            if !known.contains(&toggle.0) {
                known.push(toggle.0);
            }
        }
        tree.add(format!("{folder}templates/{path}"), text);
        if path.starts_with("tests/") {
            let image = image::parts("busybox:1.36");
            let path = ["helperImages", "test"].map(str::to_owned);
            weaver.values.put(&path, Entry::constant(image));
        }
    }
    tree.add(format!("{folder}templates/_helpers.tpl"), helpers(&weaver));
    tree.add(format!("{folder}Chart.yaml"), chart_file(bundle, options, &families, &weaver.values));
    tree.add(format!("{folder}CHANGELOG.md"), changelog(options));
    explain(&mut weaver, &services);
    let prose = super::prose::Prose::new(bundle, name, &weaver, &families, &services, &secrets);
    write_prose(&mut tree, &folder, &prose);
    write_values(&mut tree, &folder, bundle, &weaver);
    tree
}

/// The named templates.
fn helpers(weaver: &Weaver<'_>) -> String {
    let facts = &weaver.facts;
    let helpers = include_str!("../templates/_helpers.tpl")
        .replace("CHART", facts.chart)
        .replace("pick . CONTAINER", &format!("pick . {}", container::container_keys()))
        .replace("pick $service POD", &format!("pick $service {}", placement::pod_keys()));
    let helpers = ["(index . 0)", "$root"].iter().fold(helpers, |text, root| {
        let text = text.replace(&format!("{root}.Release.Name"), &facts.instance(root));
        text.replace(
            &format!("{root}.Chart.Name | quote"),
            &format!("{} | quote", facts.part_of(root)),
        )
    });
    helpers + &weaver.helpers
}

/// A Secret of the chart.
#[derive(Debug, Clone, Default)]
pub(super) struct ChartSecret {
    /// Its key below `secrets`.
    pub(super) key: String,
    /// Its keys.
    pub(super) keys: Vec<String>,
}

/// All Secrets that workloads refer to or that some variant writes, by name.
fn secrets(bundle: &Bundle, families: &[Family<'_>]) -> BTreeMap<String, ChartSecret> {
    let mut secrets: BTreeMap<String, ChartSecret> = BTreeMap::new();
    let variants = || std::iter::once(&bundle.base).chain(&bundle.environments);
    for secret in variants().flat_map(|variant| &variant.secrets) {
        let known = secrets.entry(secret.name.clone()).or_default();
        known.keys.extend(secret.keys.iter().cloned());
    }
    for object in families.iter().filter_map(Family::first).filter(|o| o.kind() == "Secret") {
        secrets.entry(object.name().to_owned()).or_default();
    }
    let mut taken = Vec::new();
    for (name, secret) in &mut secrets {
        secret.keys.sort();
        secret.keys.dedup();
        let short = name.strip_prefix(&format!("{}-", bundle.project)).unwrap_or(name);
        let short = short.strip_suffix("-secret").unwrap_or(short);
        secret.key = [short, name]
            .map(camel)
            .into_iter()
            .find(|key| !taken.contains(key))
            .unwrap_or_else(|| format!("{}{}", camel(name), taken.len()));
        taken.push(secret.key.clone());
    }
    secrets
}

/// Notes how checksums read each ConfigMap, and whose variables it holds.
fn find_configs(facts: &mut Facts<'_>, families: &[Family<'_>], services: &Services) {
    for family in families {
        let Some(object) = family.first().filter(|object| object.kind() == "ConfigMap") else {
            continue;
        };
        let name = object.name().to_owned();
        let key = object.service.as_ref().and_then(|service| services.keys.get(service));
        let words = |value: &Value| {
            let data = value.get("data").and_then(Value::as_map);
            data.is_some_and(|data| data.iter().all(|(_, value)| value.as_str().is_some()))
        };
        let own = object.role == Role::Environment
            && family.objects.iter().flatten().all(|object| words(&object.value));
        let free = key.is_some_and(|key| !facts.own_configs.values().any(|other| other == key));
        let source = match key.filter(|_| own && free) {
            Some(key) => {
                facts.own_configs.insert(name.clone(), key.clone());
                format!("$.Values.{key}.config")
            }
            None => format!("(include (print $.Template.BasePath \"/{}\") $)", family.file),
        };
        facts.configs.insert(name, source);
    }
}

/// The values that belong to no single object, in the order in which they are read.
fn first_values(
    weaver: &mut Weaver<'_>,
    bundle: &Bundle,
    families: &[Family<'_>],
    services: &Services,
    secrets: &BTreeMap<String, ChartSecret>,
) {
    let path = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let cells = |value: &dyn Fn(&Variant) -> Value| {
        let variants = std::iter::once(&bundle.base).chain(&bundle.environments);
        variants.map(|variant| Cell::Is(value(variant))).collect::<Vec<_>>()
    };
    let entry = |cells| Entry { cells, empty: Value::Null, blank: false };
    let values = &mut weaver.values;
    let environment = entry(cells(&|variant| variant.environment.as_str().into()));
    values.put(&path(&["environment"]), environment);
    values.comment(&path(&["environment"]), "-- Label on every object; set by values-<env>.yaml");
    let labels = &weaver.facts.labels;
    let cells = labels.iter().map(|labels| Cell::Is(labels.clone().into())).collect();
    values.put(&path(&["global", "labels"]), entry(cells));
    values.put(&path(&["global", "imageRegistry"]), Entry::constant(""));
    let pull = pull_secrets(families, 1 + bundle.environments.len());
    weaver.facts.pull_secrets = pull.is_some();
    let pull = pull.map_or_else(
        || Entry::constant(Value::Seq(Vec::new())),
        |cells| Entry { cells, empty: Value::Seq(Vec::new()), blank: false },
    );
    values.put(&path(&["global", "imagePullSecrets"]), pull);
    values.put(&path(&["global", "storageClass"]), Entry::constant(""));
    for key in ["labels", "imageRegistry", "imagePullSecrets", "storageClass"] {
        let about = defaults::global(key).unwrap_or_default();
        values.comment(&path(&["global", key]), format!("-- {about}"));
    }
    let nothing = Entry::constant(Value::Seq(Vec::new()));
    values.put(&path(&["extraObjects"]), nothing);
    values.comment(&path(&["extraObjects"]), "-- More objects, as in Kubernetes");
    for (name, secret) in secrets {
        values.put(&path(&["secrets", &secret.key, "name"]), Entry::constant(name.as_str()));
        values.put(&path(&["secrets", &secret.key, "values"]), Entry::constant(Map::new()));
        let keys = format!("keys: {}", secret.keys.join(", "));
        values.comment(&path(&["secrets", &secret.key, "name"]), keys);
    }
    values.comment(
        &path(&["secrets"]),
        "-- Secrets that the stack reads. Give `values` only from a file that is not in git\n\
         (secrets-<env>.yaml); without it a Secret of that name must exist.",
    );
    for (service, flags) in &services.enabled {
        let Some(key) = services.keys.get(service) else { continue };
        let flags: Vec<_> = flags.iter().copied().map(Some).collect();
        values.put(&path(&[key, "enabled"]), Entry::flags(&flags));
        if let Some(external) = services.externals.get(service) {
            let cells = external.flags.iter().zip(&external.hosts).map(|(flag, host)| match flag {
                // Any word will do where addresses stand for a host.
                Some(true) => Cell::Is(host.as_deref().unwrap_or("endpoints").into()),
                _ => Cell::Absent,
            });
            let entry = Entry { cells: cells.collect(), empty: "".into(), blank: true };
            values.put(&path(&[key, "external"]), entry);
        }
    }
}

/// Orders the values of services and says what they are: each key where it is first.
fn explain(weaver: &mut Weaver<'_>, services: &Services) {
    let keys: Vec<_> = services.enabled.keys().filter_map(|name| services.keys.get(name)).collect();
    weaver.values.arrange(&keys);
    let mut said: Vec<String> = Vec::new();
    let mut comments = Vec::new();
    let of_services = |path: &&[String]| path.first().is_some_and(|key| keys.contains(&key));
    for path in weaver.values.entries().map(|(path, _)| path).filter(of_services) {
        let Some(key) = path.get(1).filter(|key| !said.contains(key)) else { continue };
        said.push(key.clone());
        let about = defaults::about(key).map(|about| format!("-- {about}"));
        comments.extend(about.map(|about| (path.iter().take(2).cloned().collect(), about)));
    }
    for (key, about) in [
        ("helperImages", "-- Images of what the chart adds: waits, copies, `helm test`"),
        ("rbac", "-- Whether Roles are made; without them a pod cannot wait for a Job"),
        ("volumes", "-- Claims that several services share"),
    ] {
        weaver.values.comment(&[key.to_owned()], about);
    }
    let toggles: Vec<&str> = weaver.toggles.values().flatten().copied().collect();
    let more = defaults::KEYS
        .iter()
        .filter(|key| toggles.contains(&key.name) && !said.iter().any(|said| said == key.name));
    let more: Vec<_> = more.map(|key| format!("  {}: {}", key.name, key.about)).collect();
    if let Some(first) = weaver.values.entries().map(|(path, _)| path).find(of_services) {
        let text = "Services. What a key is stands where it is first. All of them understand more:";
        let lines = format!("{text}\ndefaults:\n{}", more.join("\n"));
        comments.push((first.iter().take(1).cloned().collect::<Vec<_>>(), lines));
    }
    for (path, text) in comments {
        weaver.values.comment(&path, text);
    }
}

/// What pods pull with, if all of a variant do with the same.
fn pull_secrets(families: &[Family<'_>], count: usize) -> Option<Vec<Cell>> {
    let of_variant = |variant: usize| {
        let objects =
            families.iter().filter_map(|family| family.objects.get(variant).copied().flatten());
        let mut all = objects
            .filter_map(|object| pod_spec(&object.value))
            .map(|pod| pod.get("imagePullSecrets"));
        let Some(first) = all.next() else { return Some(Cell::Off) };
        let same = all.all(|other| other == first);
        same.then(|| first.map_or(Cell::Absent, |value| Cell::Is(value.clone())))
    };
    (0..count).map(of_variant).collect()
}

/// The object in all variants, without its namespace.
fn stripped(family: &Family<'_>) -> Vec<Option<Value>> {
    let strip = |object: &&crate::kube::Object| {
        let mut value = object.value.clone();
        if let Value::Map(map) = &mut value
            && let Some(metadata) = map.get_mut("metadata").and_then(Value::as_map_mut)
        {
            metadata.remove("namespace");
        }
        value
    };
    family.objects.iter().map(|object| object.as_ref().map(strip)).collect()
}

/// What a chart may say of itself and only its owners know.
const SLOTS: &str =
    "# Of your own: home, sources, maintainers, keywords and icon; beside this file a LICENSE, with
# the annotation artifacthub.io/license.
";

fn chart_file(
    bundle: &Bundle,
    options: &ChartOptions,
    families: &[Family<'_>],
    values: &Values,
) -> String {
    let tag = || {
        let mut pods = families.iter().filter_map(Family::first).filter_map(|o| pod_spec(&o.value));
        let parts = pods.find_map(|pod| {
            let main = pod.get("containers")?.as_seq()?.first()?;
            Some(image::parts(main.get("image")?.as_str()?))
        });
        parts.as_ref().and_then(image::tag).map(str::to_owned)
    };
    let mut map = Map::new();
    map.insert("apiVersion", "v2");
    map.insert("name", chart_name(bundle, options));
    map.insert("description", format!("The {} stack, from its compose file", bundle.project));
    map.insert("type", "application");
    map.insert("version", options.version.as_str());
    let version = options.app_version.clone().or_else(tag);
    if let Some(version) = &version {
        map.insert("appVersion", version.as_str());
    }
    map.insert("kubeVersion", format!(">={}.0-0", options.kube_version));
    let images = images(values);
    if !images.is_empty() {
        let mut annotations = Map::new();
        annotations.insert("artifacthub.io/category", "integration-delivery");
        annotations.insert("artifacthub.io/images", images);
        map.insert("annotations", annotations);
    }
    let text = emit(&map.into());
    // Always in quotes, since many versions look like numbers.
    let plain = version.map(|version| (format!("appVersion: {version}\n"), version));
    let text = match plain {
        Some((line, version)) => text.replacen(&line, &format!("appVersion: \"{version}\"\n"), 1),
        None => text,
    };
    text + SLOTS
}

/// The images of a chart, as Artifact Hub wants them listed.
fn images(values: &Values) -> String {
    let mut lines = String::new();
    let mut listed = Vec::new();
    for (path, entry) in values.entries() {
        let Some(image) = image::reference(&entry.base()) else { continue };
        let owner = path.iter().filter(|key| *key != "image" && *key != "helperImages");
        let name = owner.cloned().collect::<Vec<_>>().join("-");
        if !listed.contains(&image) {
            lines += &format!("- name: {name}\n  image: {image}\n");
            listed.push(image);
        }
    }
    lines
}

fn changelog(options: &ChartOptions) -> String {
    let version = &options.version;
    format!(
        "# Changelog\n\n## {version}\n\n- First version, written by c2k from the compose file.\n"
    )
}

fn write_values(tree: &mut Tree, folder: &str, bundle: &Bundle, weaver: &Weaver<'_>) {
    tree.add(format!("{folder}values.yaml"), sections(weaver.values.base()));
    let schema =
        super::schema::schema(folder.trim_end_matches('/'), &weaver.values, &weaver.toggles);
    tree.add(format!("{folder}values.schema.json"), schema);
    let secret = weaver.secret_values.base();
    if has_values(&secret) {
        tree.add_secret(format!("{folder}secrets.yaml"), emit(&secret.into()));
    }
    for (index, variant) in bundle.environments.iter().enumerate() {
        let name = &variant.environment;
        let delta = weaver.values.delta(index + 1);
        tree.add(format!("{folder}values-{name}.yaml"), emit(&delta.into()));
        let secret = weaver.secret_values.delta(index + 1);
        if !secret.is_empty() {
            tree.add_secret(format!("{folder}secrets-{name}.yaml"), emit(&secret.into()));
        }
    }
}

/// A mapping with an empty line between its entries.
fn sections(map: Map) -> String {
    let section = |field| emit(&Map { fields: vec![field] }.into());
    map.fields.into_iter().map(section).collect::<Vec<_>>().join("\n")
}

/// Whether a mapping holds anything but mappings.
fn has_values(map: &Map) -> bool {
    map.iter().any(|(_, value)| value.as_map().is_none_or(has_values))
}

fn write_prose(tree: &mut Tree, folder: &str, prose: &super::prose::Prose) {
    let readme = include_str!("../templates/README.md.hbs");
    let notes = include_str!("../templates/NOTES.txt.hbs");
    tree.add(format!("{folder}README.md"), prose.render(readme));
    tree.add(format!("{folder}templates/NOTES.txt"), prose.render(notes));
    tree.add(format!("{folder}.helmignore"), "/secrets*.yaml\n.git*\n.c2k*\n*.tgz\n*~\n");
    tree.add(format!("{folder}.gitignore"), "/secrets*.yaml\n");
}
