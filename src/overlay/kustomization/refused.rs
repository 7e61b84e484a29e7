//! Fields of a kustomization that c2k does not apply, and what to write instead.

use crate::{
    text::{Code, Diagnostic, Sink, did_you_mean},
    yaml::Node,
};

/// Fields that act.
const KNOWN: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "resources",
    "components",
    "patches",
    "images",
    "replicas",
    "labels",
    "commonAnnotations",
    "namespace",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "replacements",
];

/// Fields that kustomize has and c2k refuses.
const REFUSED: &[(&str, &str)] = &[
    ("namePrefix", "it would break the names by which the services reach each other"),
    ("nameSuffix", "it would break the names by which the services reach each other"),
    ("bases", "it is deprecated: write `resources`"),
    ("commonLabels", "it is deprecated and changes selectors: write `labels`"),
    ("patchesStrategicMerge", "it is deprecated: write `patches` with `path`"),
    ("patchesJson6902", "it is deprecated: write `patches` with `path` and `target`"),
    ("vars", "it is deprecated: write `replacements`"),
    ("imageTags", "it is deprecated: write `images`"),
    ("helmCharts", "render the chart to a file and name it under `resources`"),
    ("helmGlobals", "render the chart to a file and name it under `resources`"),
    ("helmChartInflationGenerator", "render the chart to a file and name it under `resources`"),
    ("crds", "c2k does not read it"),
    ("configurations", "c2k does not read it"),
    ("openapi", "c2k does not read it"),
    ("generators", "c2k runs no plugins"),
    ("transformers", "c2k runs no plugins"),
    ("validators", "c2k runs no plugins"),
    ("buildMetadata", "c2k keeps its own record of where fields come from"),
    ("sortOptions", "c2k has one order of objects"),
];

/// Reports every field that does not act.
pub(super) fn check(node: &Node, sink: &mut Sink) {
    for entry in node.as_map().unwrap_or_default() {
        let name = entry.key.name.as_str();
        if KNOWN.contains(&name) {
            continue;
        }
        let refused = REFUSED.iter().find(|(known, _)| *known == name);
        let diagnostic = match refused {
            Some((_, why)) => {
                let message = format!("`{name}` is not applied");
                Diagnostic::new(Code::KustomizeUnsupported, message).help(*why)
            }
            None => {
                let message = format!("a kustomization has no field `{name}`");
                let nearest = did_you_mean(name, KNOWN.iter().copied());
                Diagnostic::new(Code::KustomizationInvalid, message).suggest(nearest)
            }
        };
        sink.push(diagnostic.at(entry.key.span));
    }
}

/// Reports fields of an entry that c2k does not know.
pub(super) fn check_entry(node: &Node, what: &str, known: &[&str], sink: &mut Sink) {
    for entry in node.as_map().unwrap_or_default() {
        let name = entry.key.name.as_str();
        if !known.contains(&name) {
            let message = format!("{what} has no field `{name}` that c2k applies");
            let nearest = did_you_mean(name, known.iter().copied());
            let diagnostic = Diagnostic::new(Code::KustomizeUnsupported, message);
            sink.push(diagnostic.at(entry.key.span).suggest(nearest));
        }
    }
}
