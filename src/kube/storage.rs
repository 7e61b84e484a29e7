//! PersistentVolumeClaims.

use std::collections::BTreeMap;

use super::{Object, Role, lower::Whole};
use crate::plan::Claim;
use k8s_openapi::{
    api::core::v1::{PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements},
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};

/// A claim of its own.
pub(crate) fn claim(whole: &Whole, claim: &Claim) -> Object {
    let resource = PersistentVolumeClaim {
        metadata: whole.meta(&claim.name, claim.service.as_deref()),
        spec: Some(spec(claim)),
        ..PersistentVolumeClaim::default()
    };
    let mut object = whole.object(&resource, Role::Claim, claim.service.as_deref());
    object.origins.note("spec", &claim.origin);
    object
}

/// A claim template of a StatefulSet; its labels are immutable, so they are the selector's only.
pub(crate) fn template(claim: &Claim, labels: BTreeMap<String, String>) -> PersistentVolumeClaim {
    PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(claim.name.clone()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        spec: Some(spec(claim)),
        ..PersistentVolumeClaim::default()
    }
}

fn spec(claim: &Claim) -> PersistentVolumeClaimSpec {
    let requests = BTreeMap::from([("storage".to_owned(), Quantity(claim.size.clone()))]);
    PersistentVolumeClaimSpec {
        access_modes: Some(vec![claim.access_mode.clone()]),
        storage_class_name: claim.class.clone(),
        resources: Some(VolumeResourceRequirements {
            requests: Some(requests),
            ..VolumeResourceRequirements::default()
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}
