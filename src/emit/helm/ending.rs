//! How a service's pods end: the seconds between leaving the Service and SIGTERM, and those that
//! processes have then.

use super::{
    row::{Row, Slot},
    values::{Cell, Entry},
    weave::Weaver,
};
use crate::yaml::Value;

/// The seconds that Kubernetes gives a pod to end.
const USUAL: i64 = 30;

const PERIOD: &str = "terminationGracePeriodSeconds";

impl Weaver<'_> {
    /// Makes how a pod ends values, if the chart's templates can print it.
    pub(super) fn want_ending(&mut self, keys: &mut Vec<&str>, pod: &Row<'_>) {
        let containers = pod.under("containers").items().unwrap_or_default();
        let main = containers.iter().find(|(name, _)| *name == self.at.main);
        let Some((_, main)) = main else { return };
        let hooks = main.under("lifecycle");
        let Some(pauses) = graceful_seconds(&hooks) else { return };
        let period = pod.under(PERIOD);
        let own: Option<Vec<Cell>> =
            period.0.iter().zip(&pauses).map(|(slot, pause)| own_seconds(slot, *pause)).collect();
        let Some(own) = own else { return };
        let pauses = pauses.into_iter().map(|n| n.map_or(Cell::Off, |n| Cell::Is(n.into())));
        let lasting = matches!(self.at.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet");
        if hooks.first().is_some() {
            let path = self.full(&["gracefulSeconds".to_owned()]);
            let entry = Entry { cells: pauses.collect(), empty: 0.into(), blank: true };
            if !self.values.put(&path, entry) {
                return;
            }
        } else if lasting {
            self.toggle("gracefulSeconds");
        }
        if own.iter().any(|cell| matches!(cell, Cell::Is(_))) {
            let path = self.full(&[PERIOD.to_owned()]);
            self.values.put(&path, Entry { cells: own, empty: Value::Null, blank: false });
        }
        self.toggle(PERIOD);
        self.at.ends = true;
        keys.retain(|key| *key != PERIOD);
    }
}

/// The seconds of a variant beyond its pause, where they are not the usual ones; none if the
/// chart's template would print others.
fn own_seconds(slot: &Slot<'_>, pause: Option<i64>) -> Option<Cell> {
    match (slot, pause) {
        (Slot::Off, _) | (_, None) => Some(Cell::Off),
        (Slot::Absent, Some(0)) => Some(Cell::Absent),
        (Slot::Absent, Some(_)) => None,
        (Slot::Is(value), Some(pause)) => match value.as_int()? - pause {
            USUAL if pause > 0 => Some(Cell::Absent),
            seconds if seconds > 0 => Some(Cell::Is(seconds.into())),
            _ => None,
        },
    }
}

/// The seconds of each variant, if its hooks are nothing but a pause, or nothing.
fn graceful_seconds(row: &Row<'_>) -> Option<Vec<Option<i64>>> {
    let seconds = |value: &Value| {
        let single = |value: &Value| value.as_map().is_some_and(|map| map.len() == 1);
        let stop = value.get("preStop").filter(|stop| single(value) && single(stop))?;
        let sleep = stop.get("sleep").filter(|sleep| single(sleep))?;
        sleep.get("seconds")?.as_int().filter(|seconds| *seconds > 0)
    };
    let slots = row.0.iter().map(|slot| match slot {
        Slot::Off => Some(None),
        Slot::Absent => Some(Some(0)),
        Slot::Is(value) => seconds(value).map(Some),
    });
    slots.collect()
}
