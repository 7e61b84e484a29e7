//! Namespaces, and the account that waits for Jobs.

use std::collections::BTreeSet;

use k8s_openapi::api::{
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::{PolicyRule, Role as RbacRole, RoleBinding, RoleRef, Subject},
};

use super::{
    Object, Role,
    lower::{Lowering, Whole},
};
use crate::plan::{App, WaitTarget, Workload, joined_name};

/// The Namespace, where it is asked for.
pub(crate) fn namespace(whole: &Whole) -> Option<Object> {
    let app = whole.app;
    let name = app.namespace.as_ref().filter(|_| app.create_namespace)?;
    let mut metadata = whole.meta(name, None);
    metadata.namespace = None;
    let labels = [
        ("pod-security.kubernetes.io/enforce", app.security_level.word()),
        ("pod-security.kubernetes.io/warn", "restricted"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    metadata.labels.get_or_insert_default().extend(labels);
    Some(whole.object(&Namespace { metadata, ..Namespace::default() }, Role::Namespace, None))
}

/// Name of the account that waits for Jobs.
pub(crate) fn waiter_name(app: &App) -> String {
    joined_name(&app.project, "waiter")
}

/// The account, role and binding that waits for Jobs need; none where nothing waits for a Job.
pub(crate) fn waiter(whole: &Whole) -> Vec<Object> {
    let app = whole.app;
    let accounts = waiting_accounts(app);
    if accounts.is_empty() {
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
        subjects: Some(
            accounts
                .iter()
                .map(|account| Subject {
                    kind: "ServiceAccount".to_owned(),
                    name: account.clone(),
                    namespace: app.namespace.clone(),
                    ..Subject::default()
                })
                .collect(),
        ),
    };
    let mut objects =
        vec![whole.object(&role, Role::Access, None), whole.object(&binding, Role::Access, None)];
    if accounts.contains(&name) {
        objects.push(whole.object(&account, Role::Access, None));
    }
    objects
}

/// The accounts of all pods that wait for Jobs: the waiter, unless a setting says another one.
fn waiting_accounts(app: &App) -> BTreeSet<String> {
    let waits = |workload: &&Workload| {
        workload.waits.iter().any(|wait| matches!(wait, WaitTarget::Job { .. }))
    };
    let pods = app.services.iter().filter_map(|service| {
        let own = service.workload.as_ref()?;
        let companions = service.companions.iter().filter_map(|other| other.workload.as_ref());
        std::iter::once(own).chain(companions).any(|workload| waits(&workload)).then_some(own)
    });
    let name = |workload: &Workload| {
        workload.account.as_ref().map_or_else(|| waiter_name(app), |account| account.name.clone())
    };
    pods.map(name).collect()
}

/// The account of a service, where it is to be written.
pub(crate) fn account(lowering: &Lowering, workload: &Workload) -> Option<Object> {
    let account = workload.account.as_ref().filter(|account| account.create)?;
    let mut metadata = lowering.meta(&account.name);
    if !account.annotations.is_empty() {
        metadata.annotations.get_or_insert_default().extend(account.annotations.clone());
    }
    let resource = ServiceAccount {
        metadata,
        automount_service_account_token: Some(account.automount),
        ..ServiceAccount::default()
    };
    let mut object = lowering.object(&resource, Role::Access);
    for path in ["metadata.name", "metadata.annotations", "automountServiceAccountToken"] {
        object.origins.note(path, &account.origin);
    }
    Some(object)
}

/// Removes accounts that several services share but for the first.
pub(crate) fn keep_first_accounts(objects: &mut Vec<Object>) {
    let mut seen = BTreeSet::new();
    objects.retain(|object| {
        object.kind() != "ServiceAccount" || seen.insert(object.name().to_owned())
    });
}
