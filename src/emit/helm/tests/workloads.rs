//! The templates of workloads.

use super::text;

#[test]
fn workloads_ask_for_what_differs() {
    insta::assert_snapshot!(text("templates/web-deployment.yaml"), @r#"
    {{- with .Values.web }}
    {{- if .enabled }}
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      labels: {{- include "shop.labels" (list $ "web") | nindent 4 }}
    spec:
      {{- if not .autoscale }}
      replicas: {{ .replicas | int64 }}
      {{- end }}
      template:
        metadata:
          labels: {{- include "shop.selector" (list $ "web") | nindent 8 }}
          annotations:
            checksum/config: {{ .config | toJson | sha256sum }}
            {{- with .podAnnotations }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
        spec:
          {{- include "shop.pod" (list $ "web" .) | nindent 6 }}
          {{- if or .waitFor.migrate .extraInitContainers }}
          initContainers:
            {{- if .waitFor.migrate }}
            - name: wait-migrate
              {{- include "shop.image" (list $ $.Values.helperImages.kubectl) | nindent 10 }}
              command:
                - kubectl
                - wait
                - {{ printf "job/%s" (include "shop.migrateJob" $) | quote }}
            {{- end }}
            {{- with .extraInitContainers }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- end }}
          containers:
            - name: web
              {{- include "shop.image" (list $ .image) | nindent 10 }}
              envFrom:
                - configMapRef:
                    name: web-config
                {{- with .envFrom }}
                {{- toYaml . | nindent 12 }}
                {{- end }}
              {{- with .env }}
              env: {{- include "shop.env" . | nindent 12 }}
              {{- end }}
              {{- with .tty }}
              tty: {{ . | toJson }}
              {{- end }}
              {{- with .workingDir }}
              workingDir: {{ . | quote }}
              {{- end }}
              {{- include "shop.container" . | nindent 10 }}
              {{- with .extraVolumeMounts }}
              volumeMounts: {{- toYaml . | nindent 12 }}
              {{- end }}
            {{- with .extraContainers }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- with .extraVolumes }}
          volumes: {{- toYaml . | nindent 8 }}
          {{- end }}
    {{- end }}
    {{- end }}
    "#);
}

#[test]
fn jobs_are_named_by_what_they_do() {
    let helpers = text("templates/_helpers.tpl");
    let (_, job) = helpers.split_once("{{/* The pod of Job migrate. */}}\n").unwrap();
    insta::assert_snapshot!(job, @r#"
    {{- define "shop.migratePod" -}}
    {{- with .Values.migrate -}}
    spec:
      {{- include "shop.pod" (list $ "migrate" .) | nindent 2 }}
      {{- with .extraInitContainers }}
      initContainers: {{- toYaml . | nindent 4 }}
      {{- end }}
      containers:
        - name: migrate
          {{- include "shop.image" (list $ .image) | nindent 6 }}
          {{- with .envFrom }}
          envFrom: {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with .env }}
          env: {{- include "shop.env" . | nindent 8 }}
          {{- end }}
          {{- include "shop.container" . | nindent 6 }}
          {{- with .extraVolumeMounts }}
          volumeMounts: {{- toYaml . | nindent 8 }}
          {{- end }}
        {{- with .extraContainers }}
        {{- toYaml . | nindent 4 }}
        {{- end }}
      {{- with .extraVolumes }}
      volumes: {{- toYaml . | nindent 4 }}
      {{- end }}
    {{- end }}
    {{- end }}

    {{/* Its name: another for another pod, since a Job cannot be changed. */}}
    {{- define "shop.migrateJob" -}}
    migrate-{{ include "shop.migratePod" . | sha256sum | trunc 8 }}
    {{- end }}
    "#);
    insta::assert_snapshot!(text("templates/migrate-job.yaml"), @r#"
    {{- if .Values.migrate.enabled }}
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: {{ include "shop.migrateJob" $ }}
      labels: {{- include "shop.labels" (list $ "migrate") | nindent 4 }}
    spec:
      template: {{- include "shop.migratePod" $ | nindent 4 }}
    {{- end }}
    "#);
}
