//! Values of Secrets.

use super::{chart, text};

#[test]
fn values_of_secrets_are_in_files_of_their_own() {
    let tree = chart();
    let secret: Vec<_> = tree.files.iter().filter(|(_, file)| file.secret).collect();
    assert!(matches!(secret.as_slice(), [(path, _)] if *path == "shop/secrets-dev.yaml"));
    let open = tree.files.values().filter(|file| !file.secret);
    assert!(open.clone().all(|file| !file.text.contains("geheim")));
    insta::assert_snapshot!(text("templates/shop-shared-secret.yaml"), @r#"
    {{- if .Values.secrets.shared.values }}
    apiVersion: v1
    kind: Secret
    metadata:
      name: {{ $.Values.secrets.shared.name | quote }}
      labels: {{- include "shop.labels" (list $ "") | nindent 4 }}
    stringData: {{- include "shop.data" .Values.secrets.shared.values | nindent 2 }}
    {{- end }}
    "#);
}
