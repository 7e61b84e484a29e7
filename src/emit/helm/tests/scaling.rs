//! Autoscalers of environments.

use super::{ChartOptions, helm, program, variant};
use crate::emit::Bundle;

const SCALER: &str = "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, labels: LABELS(web)}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 9
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
";

fn file(scaler: &str, path: &str) -> Option<String> {
    let base = program("debug", "1", "");
    let scaled = base.replace("  replicas: 1\n", "");
    let bundle = Bundle {
        project: "shop".to_owned(),
        base: variant("", &[&base]),
        environments: vec![variant("production", &[scaler, &scaled])],
    };
    let tree = helm(&bundle, &ChartOptions::default());
    tree.files.get(&format!("shop/{path}")).map(|file| file.text.clone())
}

#[test]
fn what_an_environment_scales_by_are_values() {
    insta::assert_snapshot!(file(SCALER, "values-production.yaml").unwrap(), @r#"
    environment: production
    web:
      autoscale:
        min: 2
        max: 9
        cpu: 60
    "#);
    let deployment = file(SCALER, "templates/web-deployment.yaml").unwrap();
    assert!(deployment.contains("{{- if not .autoscale }}\n  replicas: {{ .replicas | int64 }}\n"));
    assert!(file(SCALER, "templates/web-horizontalpodautoscaler.yaml").is_none());
    let scalers = file(SCALER, "templates/autoscalers.yaml").unwrap();
    assert!(scalers.contains("dict \"web\" (list \"web\" \"Deployment\")"), "{scalers}");
}

#[test]
fn what_else_it_scales_by_is_a_template_of_its_own() {
    let other = SCALER.replace("minReplicas: 2\n", "minReplicas: 2\n  behavior: {scaleDown: {}}\n");
    assert!(file(&other, "templates/web-horizontalpodautoscaler.yaml").is_some());
    assert!(file(&other, "templates/autoscalers.yaml").is_none());
}
