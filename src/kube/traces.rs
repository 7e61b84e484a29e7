//! Where the fields of objects come from: the parts of a plan, led to the fields that they became.

use super::{Object, lower::Lowering};
use crate::{
    plan::{Posture, Trace, Workload},
    text::Origin,
};

/// Notes the origins of a workload's fields; `pod` is the path of its pods' spec.
pub(super) fn workload(object: &mut Object, lowering: &Lowering, workload: &Workload, pod: &str) {
    if !object.origins.are_noted() {
        return;
    }
    let template = pod.strip_suffix(".spec").unwrap_or(pod).to_owned();
    whole(object, &template);
    for (part, trace) in workload.traces.iter() {
        for &path in of_object(part) {
            note(object, path.to_owned(), trace);
        }
        for path in of_pod(part) {
            note(object, format!("{pod}.{path}"), trace);
        }
    }
    for annotation in &workload.compose_annotations {
        let path = format!("metadata.annotations[{}]", annotation.key);
        object.origins.note(path, &annotation.origin);
    }
    for annotation in &workload.compose_pod_annotations {
        let path = format!("{template}.metadata.annotations[{}]", annotation.key);
        object.origins.note(path, &annotation.origin);
    }
    container(object, lowering, workload, pod);
    for companion in &lowering.service.companions {
        if let Some(workload) = &companion.workload {
            let lowering = Lowering { service: companion, ..*lowering };
            container(object, &lowering, workload, pod);
        }
    }
}

/// Names the rules behind fields that every workload has.
fn whole(object: &mut Object, template: &str) {
    let pod = format!("{template}.spec");
    let rules: [(String, &'static str); 14] = [
        ("kind".to_owned(), "what kind of workload the service needs"),
        ("apiVersion".to_owned(), "the version of the API that has the kind"),
        ("metadata.name".to_owned(), "the service's name"),
        ("spec.selector".to_owned(), "the labels that tell the service's pods from others"),
        ("spec.serviceName".to_owned(), "the Service that gives pods their names"),
        ("spec.replicas".to_owned(), "one pod where nobody says more"),
        (
            "spec.strategy".to_owned(),
            "a claim that one pod has must be let go before the next takes it",
        ),
        ("spec.backoffLimit".to_owned(), "a Job is patient with what it waits for"),
        ("spec.podFailurePolicy".to_owned(), "a Job fails at once when its own container fails"),
        (format!("{template}.metadata.labels"), "labels of every pod"),
        (format!("{pod}.restartPolicy"), "a Job's pods are not started again"),
        (format!("{pod}.automountServiceAccountToken"), "what is safe for every pod"),
        (format!("{pod}.enableServiceLinks"), "what is safe for every pod"),
        (format!("{pod}.securityContext"), "what is safe for every pod"),
    ];
    for (path, rule) in rules {
        object.origins.note(path, &Origin::Rule(rule));
    }
    for (path, rule) in [
        ("initContainers", "what a pod waits for before it starts"),
        ("serviceAccountName", "the account that may ask about Jobs"),
        ("terminationGracePeriodSeconds", "time to end, and the pause before the stop signal"),
        ("affinity", "pods that share a claim share a node"),
        ("imagePullSecrets", "the setting `images.pullSecrets`"),
        ("topologySpreadConstraints", "the setting `spread`"),
        ("priorityClassName", "the setting `priorityClass`"),
        ("shareProcessNamespace", "services of one process space"),
    ] {
        object.origins.note(format_args!("{pod}.{path}"), &Origin::Rule(rule));
    }
}

fn container(object: &mut Object, lowering: &Lowering, workload: &Workload, pod: &str) {
    let list = if workload.pause.is_some() { "initContainers" } else { "containers" };
    let path = format!("{pod}.{list}[{}]", lowering.service.name);
    let rules = [
        ("name", "the service's name"),
        ("envFrom", "the ConfigMap with the service's plain variables"),
        ("securityContext", "what is safe for every container"),
        ("lifecycle", "a pause, so that endpoints are gone before the process is"),
    ];
    for (field, rule) in rules {
        object.origins.note(format_args!("{path}.{field}"), &Origin::Rule(rule));
    }
    let origins = &mut object.origins;
    origins.note(format_args!("{path}.image"), &workload.image_origin);
    for env in &workload.env {
        origins.note(format_args!("{path}.env[{}]", env.name), &env.origin);
    }
    for mount in &workload.mounts {
        origins.note(format_args!("{path}.volumeMounts[{}]", mount.volume), &mount.origin);
        origins.note(format_args!("{path}.volumeMounts[{}]", mount.path), &mount.origin);
        origins.note(format_args!("{pod}.volumes[{}]", mount.volume), &mount.origin);
    }
    for port in &lowering.service.ports {
        origins.note(format_args!("{path}.ports[{}]", port.name), &port.origin);
    }
    for (kind, amounts) in [("requests", &workload.requests), ("limits", &workload.limits)] {
        for (name, _, origin) in amounts {
            let name =
                if name.contains(['.', '/']) { format!("[{name}]") } else { format!(".{name}") };
            origins.note(format_args!("{path}.resources.{kind}{name}"), origin);
        }
    }
    for (name, probe) in [
        ("readinessProbe", &workload.readiness),
        ("livenessProbe", &workload.liveness),
        ("startupProbe", &workload.startup),
    ] {
        if let Some(probe) = probe {
            origins.note(format_args!("{path}.{name}"), &probe.origin);
        }
    }
    for populate in &workload.populates {
        let name = populate.container();
        origins.note(format_args!("{pod}.initContainers[{name}]"), &populate.origin);
    }
    for step in &workload.before_start {
        origins.note(format_args!("{pod}.initContainers[{}]", step.name), &step.origin);
    }
    for (part, trace) in workload.traces.iter() {
        for field in of_container(part, &workload.posture) {
            note(object, format!("{path}.{field}"), trace);
        }
    }
}

fn note(object: &mut Object, path: String, trace: &Trace) {
    object.origins.note(&path, &trace.origin);
    object.origins.overrode(path, &trace.lost);
}

/// Fields of the workload object.
fn of_object(part: &str) -> &'static [&'static str] {
    match part {
        "kind" => &["kind"],
        "replicas" => &["spec.replicas", "spec.completions", "spec.parallelism"],
        "rollout" => &["spec.strategy", "spec.updateStrategy", "spec.minReadySeconds"],
        "rollout.step" => &["spec.strategy", "spec.updateStrategy"],
        "rollout.ready" => &["spec.minReadySeconds"],
        "restart" => &["spec.backoffLimit"],
        "schedule" => &["spec.schedule", "spec.timeZone", "spec.concurrencyPolicy"],
        "retention" => &["spec.persistentVolumeClaimRetentionPolicy"],
        "reloader" => &["metadata.annotations[reloader.stakater.com/auto]"],
        _ => &[],
    }
}

/// Fields of the pod, by their path below its spec.
fn of_pod(part: &str) -> Vec<String> {
    let fixed: &[&str] = match part {
        "stop_grace_period" | "graceful_seconds" => &["terminationGracePeriodSeconds"],
        "hostname" => &["hostname"],
        "network_mode" => &["hostNetwork", "dnsPolicy"],
        "pid" => &["hostPID", "shareProcessNamespace"],
        "ipc" => &["hostIPC"],
        "dns" => &["dnsConfig.nameservers"],
        "dns_search" | "domainname" => &["dnsConfig.searches"],
        "dns_opt" => &["dnsConfig.options"],
        "runtime_class" => &["runtimeClassName"],
        "priority_class" => &["priorityClassName"],
        "group_add" => &["securityContext.supplementalGroups"],
        "fs_group" => &["securityContext.fsGroup", "securityContext.fsGroupChangePolicy"],
        "seccomp" => &["securityContext.seccompProfile"],
        "node_affinity" => &["affinity.nodeAffinity"],
        "apart" => &["affinity.podAntiAffinity"],
        "affinity" => &["affinity"],
        "tolerations" => &["tolerations"],
        "account" => &["serviceAccountName", "automountServiceAccountToken"],
        "spread" => &["topologySpreadConstraints"],
        _ => &[],
    };
    let mut paths: Vec<String> = fixed.iter().map(|&path| path.to_owned()).collect();
    let named = |prefix: &str| part.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(']'));
    if let Some(label) = named("node_selector[") {
        paths.push(format!("nodeSelector[{label}]"));
    } else if let Some(key) = named("sysctls[") {
        paths.push(format!("securityContext.sysctls[{key}]"));
    } else if let Some(address) = named("host_aliases[") {
        paths.push(format!("hostAliases[{address}]"));
    } else if let Some(label) = named("spread[") {
        paths.push(format!("topologySpreadConstraints[{label}]"));
    }
    paths
}

/// Fields of the container, by their path below it.
fn of_container(part: &str, posture: &Posture) -> &'static [&'static str] {
    match part {
        "command" => &["command"],
        "args" => &["args"],
        "working_dir" => &["workingDir"],
        "stdin_open" => &["stdin"],
        "tty" => &["tty"],
        "env_from" => &["envFrom"],
        "non_root" => &["securityContext.runAsNonRoot"],
        "pull_policy" => &["imagePullPolicy"],
        "post_start" => &["lifecycle.postStart"],
        "pre_stop" | "graceful_seconds" => &["lifecycle.preStop"],
        "privileged" => &["securityContext.privileged"],
        "read_only" => &["securityContext.readOnlyRootFilesystem"],
        "cap_add" => &["securityContext.capabilities.add"],
        "cap_drop" => &["securityContext.capabilities.drop"],
        "escalation" if !posture.escalation => &["securityContext.allowPrivilegeEscalation"],
        "user" => &["securityContext.runAsUser", "securityContext.runAsGroup"],
        "apparmor" => &["securityContext.appArmorProfile"],
        "proc_mount" => &["securityContext.procMount"],
        "selinux" => &["securityContext.seLinuxOptions"],
        _ => &[],
    }
}
