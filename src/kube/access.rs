//! Namespaces, and the account that waits for Jobs.

use std::collections::BTreeMap;

use k8s_openapi::api::{
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::{PolicyRule, Role as RbacRole, RoleBinding, RoleRef, Subject},
};

use super::{Object, Role, lower::Whole};
use crate::plan::{App, WaitTarget, joined_name};

/// The Namespace, where it is asked for.
pub(crate) fn namespace(whole: &Whole) -> Option<Object> {
    let app = whole.app;
    let name = app.namespace.as_ref().filter(|_| app.create_namespace)?;
    let mut metadata = whole.meta(name, None);
    metadata.namespace = None;
    let labels: BTreeMap<String, String> = [
        ("pod-security.kubernetes.io/enforce", "baseline"),
        ("pod-security.kubernetes.io/warn", "restricted"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    let privileged =
        app.services.iter().filter_map(|service| service.workload.as_ref()).any(|workload| {
            workload.posture.privileged
                || workload.host_network
                || workload.host_pid
                || workload.host_ipc
                || !workload.posture.add.is_empty()
        });
    metadata.labels.get_or_insert_default().extend(labels);
    if privileged {
        metadata
            .labels
            .get_or_insert_default()
            .insert("pod-security.kubernetes.io/enforce".to_owned(), "privileged".to_owned());
    }
    Some(whole.object(&Namespace { metadata, ..Namespace::default() }, Role::Namespace, None))
}

/// Name of the account that waits for Jobs.
pub(crate) fn waiter_name(app: &App) -> String {
    joined_name(&app.project, "waiter")
}

/// The account, role and binding that waits for Jobs need; none where nothing waits for a Job.
pub(crate) fn waiter(whole: &Whole) -> Vec<Object> {
    let app = whole.app;
    let waits =
        app.services.iter().filter_map(|service| service.workload.as_ref()).any(|workload| {
            workload.waits.iter().any(|wait| matches!(wait, WaitTarget::Job { .. }))
        });
    if !waits {
        return Vec::new();
    }
    let name = waiter_name(app);
    let strings = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    let account = ServiceAccount {
        metadata: whole.meta(&name, None),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    let rule = PolicyRule {
        api_groups: Some(strings(&["batch"])),
        resources: Some(strings(&["jobs"])),
        verbs: strings(&["get", "list", "watch"]),
        ..PolicyRule::default()
    };
    let role = RbacRole { metadata: whole.meta(&name, None), rules: Some(vec![rule]) };
    let binding = RoleBinding {
        metadata: whole.meta(&name, None),
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "Role".to_owned(),
            name: name.clone(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name,
            namespace: app.namespace.clone(),
            ..Subject::default()
        }]),
    };
    vec![
        whole.object(&account, Role::Access, None),
        whole.object(&role, Role::Access, None),
        whole.object(&binding, Role::Access, None),
    ]
}
