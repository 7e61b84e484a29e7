//! What settings become, by the project that uses the whole vocabulary: `tests/settings/`.

use std::path::Path;

use super::{Folder, Run};

/// A copy of the project, converted for an environment.
fn converted(env: &str) -> (Folder, Run) {
    let folder = Folder::with(&[]);
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings");
    copy(&project, "", &folder);
    let run = folder.run(&["convert", "--env", env]);
    (folder, run)
}

fn copy(from: &Path, below: &str, to: &Folder) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            copy(&path, &format!("{name}/"), to);
        } else {
            to.write(&name, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn each_setting_becomes_its_object() {
    let (folder, run) = converted("production");
    assert_eq!(run.code, 0, "{}", run.err);
    for (file, parts) in [
        ("web-horizontalpodautoscaler", &["minReplicas: 2", "averageUtilization: 60"][..]),
        ("web-httproute", &["sectionName: https", "- web.shop.example.com", "port: 8000"]),
        (
            "mail-secret-externalsecret",
            &["kind: ClusterSecretStore", "key: apps/shop/mail-secret/SMTP_PASSWORD"],
        ),
        ("web-serviceaccount", &["eks.amazonaws.com/role-arn: arn"]),
        (
            "web-statefulset",
            &[
                "serviceAccountName: web",
                "reloader.stakater.com/auto",
                "prefix: FLAG_",
                "- key: spot",
                "- key: disk",
                "path: /etc/localtime",
                "name: populate-static",
            ],
        ),
        ("web-service", &["name: web", "appProtocol: kubernetes.io/h2c"]),
        ("mail-deployment", &["runAsNonRoot: true", "- ALL"]),
        ("web-networkpolicy", &["metadata.name: gateways", "metadata.name: monitoring"]),
    ] {
        let text = folder.read(&format!("k8s/production/{file}.yaml"));
        for part in parts {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
    let workload = folder.read("k8s/production/web-statefulset.yaml");
    assert!(!workload.contains("replicas:"), "{workload}");
    let all = folder.files("k8s/production");
    let leaks = all.values().any(|bytes| String::from_utf8_lossy(bytes).contains("dev-only"));
    assert!(!leaks, "a value of development is in production");
}

#[test]
fn a_load_balancer_knows_who_may_connect() {
    let (folder, run) = converted("staging");
    assert_eq!(run.code, 0, "{}", run.err);
    let text = folder.read("k8s/staging/nginx-loadbalancer-service.yaml");
    for part in ["sessionAffinity: ClientIP", "loadBalancerSourceRanges:\n    - 10.0.0.0/8"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_settings_lack_is_an_error_at_their_place() {
    for (setting, message) in [
        ("autoscale={min: 2}", "needs `max`"),
        ("autoscale={min: 5, max: 2}", "has `min` over `max`"),
        ("secretMode=external-secrets", "needs the store that has the values"),
        ("publicType=gateway", "a Gateway that nobody names"),
        ("services.web.envFrom=[{prefix: A}]", "names one object an item"),
        ("services.web.affinity={nodeAfinity: {}}", "there is no field `nodeAfinity`"),
        ("volumes.static.populate=db", "does not mount the volume `static`"),
        ("tolerations=[{key: 1}]", "`key` has to be a string"),
    ] {
        let folder = Folder::with(&[]);
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings");
        copy(&project, "", &folder);
        folder.write("overlays/x/environment.yaml", "domain: x.example.com\n");
        let run = folder.run(&["convert", "--env", "x", "--set", setting]);
        assert_eq!(run.code, 2, "{setting}: {}", run.err);
        assert!(run.err.contains(message), "{setting}: {}", run.err);
    }
}

#[test]
fn charts_take_the_images_that_pods_mount_or_copy_from_values_like_all_others() {
    let folder = Folder::with(&[]);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings"), "", &folder);
    let run = folder.run(&["convert", "--to", "helm", "-o", "charts"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let nginx = folder.read("charts/shop/templates/nginx-deployment.yaml");
    for part in [
        "{{- include \"shop.image\" (list $ .copyThemes.image) | nindent 10 }}",
        "reference: {{ (include \"shop.image\" (list $ .themes.image) | fromYaml).image | quote }}",
        "pullPolicy: {{ . }}",
    ] {
        assert!(nginx.contains(part), "{part} is not in {nginx}");
    }
    // What fills a volume with the content of the service's own image is always of that image.
    let web = folder.read("charts/shop/templates/web-statefulset.yaml");
    let own =
        "- name: populate-static\n          {{- include \"shop.image\" (list $ $.Values.web.image)";
    assert!(web.contains(own), "{web}");
}
