//! The templates of a store.

use super::text;

#[test]
fn a_store_is_in_the_cluster_or_outside() {
    insta::assert_snapshot!(text("templates/my-db-service.yaml"), @r#"
    {{- with .Values.myDb }}
    {{- if .enabled }}
    apiVersion: v1
    kind: Service
    metadata:
      name: my-db
      labels: {{- include "shop.labels" (list $ "my-db") | nindent 4 }}
    spec:
      {{- if .external }}
      type: ExternalName
      externalName: {{ .external | quote }}
      {{- else }}
      selector: {{- include "shop.selector" (list $ "my-db") | nindent 4 }}
      ports:
        - name: postgres
          port: 5432
      {{- end }}
    {{- end }}
    {{- end }}
    "#);
    insta::assert_snapshot!(text("templates/my-db-statefulset.yaml"), @r#"
    {{- with .Values.myDb }}
    {{- if and .enabled (not .external) }}
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: my-db
      labels: {{- include "shop.labels" (list $ "my-db") | nindent 4 }}
    spec:
      serviceName: my-db
      replicas: {{ .replicas | int64 }}
      template:
        metadata:
          labels: {{- include "shop.selector" (list $ "my-db") | nindent 8 }}
          {{- with .podAnnotations }}
          annotations: {{- toYaml . | nindent 8 }}
          {{- end }}
        spec:
          {{- include "shop.pod" (list $ "my-db" .) | nindent 6 }}
          {{- with .extraInitContainers }}
          initContainers: {{- toYaml . | nindent 8 }}
          {{- end }}
          containers:
            - name: my-db
              {{- include "shop.image" (list $ .image) | nindent 10 }}
              {{- with .envFrom }}
              envFrom: {{- toYaml . | nindent 12 }}
              {{- end }}
              env:
                - name: POSTGRES_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: {{ $.Values.secrets.shared.name | quote }}
                      key: PW
                {{- with .env }}
                {{- include "shop.env" . | nindent 12 }}
                {{- end }}
              {{- include "shop.container" . | nindent 10 }}
              {{- with .extraVolumeMounts }}
              volumeMounts: {{- toYaml . | nindent 12 }}
              {{- end }}
            {{- with .extraContainers }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- with include "shop.volumes" (list (dict "data" .persistence) .extraVolumes) }}
          volumes: {{- . | nindent 8 }}
          {{- end }}
      {{- if and .persistence.enabled (not .persistence.existingClaim) }}
      volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            accessModes: {{- toYaml .persistence.accessModes | nindent 10 }}
            {{- with .persistence.storageClass | default $.Values.global.storageClass }}
            storageClassName: {{ . | quote }}
            {{- end }}
            resources:
              requests:
                storage: {{ .persistence.size | quote }}
      {{- end }}
    {{- end }}
    {{- end }}
    "#);
}
