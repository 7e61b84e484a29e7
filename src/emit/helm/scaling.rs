//! Autoscalers in the form that the chart's own template writes: what is in them is `autoscale` in
//! the values of their service, whether an environment has them or a person asks for them.

use std::collections::BTreeMap;

use super::{
    facts::Facts,
    labels,
    object::{Family, Services},
    row::{Row, Slot},
    values::{Cell, Entry},
    weave::Weaver,
};
use crate::{
    kube::Object,
    yaml::{Map, Value},
};

/// The autoscaler of a service.
#[derive(Debug, Clone)]
pub(super) struct Scaling {
    /// The kind of what it scales.
    pub(super) kind: String,
    /// Its labels beyond the usual ones, as a template's argument.
    pub(super) labels: String,
    /// Its values.
    cells: Vec<Cell>,
}

impl Scaling {
    /// Its entry among the values.
    pub(super) fn entry(&self) -> Entry {
        Entry { cells: self.cells.clone(), empty: Map::new().into(), blank: true }
    }

    /// Whether it is there exactly where something else is not.
    pub(super) fn replaces(&self, row: &Row<'_>) -> bool {
        let pairs = self.cells.iter().zip(row.presence());
        pairs.into_iter().all(|(cell, there)| match there {
            Some(there) => matches!(cell, Cell::Is(_)) != there,
            None => true,
        })
    }
}

impl Weaver<'_> {
    /// Whether the object at hand is such an autoscaler; its values are put then.
    pub(super) fn is_scaling(&mut self) -> bool {
        let of_kind = self.at.kind == "HorizontalPodAutoscaler";
        let scaling = self.facts.scaled.get(&self.at.name).filter(|_| of_kind);
        let Some(entry) = scaling.map(Scaling::entry) else { return false };
        self.values.put(&self.full(&["autoscale".to_owned()]), entry)
    }
}

/// The autoscalers of that form, by their services.
pub(super) fn usual(
    facts: &Facts<'_>,
    families: &[Family<'_>],
    services: &Services,
) -> BTreeMap<String, Scaling> {
    let of_family = |family: &Family<'_>| {
        let first = family.first().filter(|object| object.kind() == "HorizontalPodAutoscaler")?;
        let name = first.service.as_deref().filter(|name| *name == first.name())?;
        let enabled = services.enabled.get(name)?;
        let kind = first.value.at(&["spec", "scaleTargetRef", "kind"])?.as_str()?;
        let cells = family.objects.iter().zip(enabled).map(|(object, on)| match object {
            Some(object) => Some(Cell::Is(parts(object, kind)?.into())),
            None => Some(if *on { Cell::Absent } else { Cell::Off }),
        });
        let cells = cells.collect::<Option<_>>()?;
        let slots = family.objects.iter().map(|object| {
            let labels = object.and_then(|object| object.value.at(&["metadata", "labels"]));
            labels.map_or(Slot::Off, Slot::Is)
        });
        let (_, extras) = labels::split(facts, &Row(slots.collect()))?;
        let mut extras = extras.into_iter().flatten();
        let extra = extras.next().unwrap_or_default();
        let alike = extras.all(|other| other == extra);
        let labels = labels::dict(extra.iter()).filter(|_| alike)?;
        Some((name.to_owned(), Scaling { kind: kind.to_owned(), labels, cells }))
    };
    families.iter().filter_map(of_family).collect()
}

/// What the values say of an autoscaler, if the chart's template writes this one from it.
fn parts(object: &Object, kind: &str) -> Option<Map> {
    let metadata = object.value.get("metadata")?.as_map()?;
    let spec = object.value.get("spec")?;
    let number = |key: &str| spec.get(key).and_then(Value::as_int);
    let mut parts = Map::new();
    parts.insert("min", number("minReplicas")?);
    parts.insert("max", number("maxReplicas")?);
    for metric in spec.get("metrics")?.as_seq()? {
        let resource = metric.get("resource")?;
        let name = resource.get("name")?.as_str()?;
        let used = resource.at(&["target", "averageUtilization"])?.as_int()?;
        // The template writes them in this order.
        let follows = match name {
            "cpu" => parts.get("cpu").is_none() && parts.get("memory").is_none(),
            "memory" => parts.get("memory").is_none(),
            _ => false,
        };
        if !follows || metric.as_map()?.len() != 2 || resource.as_map()?.len() != 2 {
            return None;
        }
        parts.insert(name, used);
    }
    let target = spec.get("scaleTargetRef")?;
    let same = |key: &str, value: &str| target.get(key).and_then(Value::as_str) == Some(value);
    let named = same("kind", kind) && same("name", object.name()) && same("apiVersion", "apps/v1");
    let plain = metadata.iter().all(|(key, _)| matches!(key, "name" | "namespace" | "labels"));
    let whole = spec.as_map()?.len() == 4 && target.as_map()?.len() == 3 && parts.len() > 2;
    (named && plain && whole).then_some(parts)
}
