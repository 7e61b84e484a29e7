{{/* Selector of a service; immutable. Call with (list $ "web"), and a dict of more labels. */}}
{{- define "shop.selector" -}}
app.kubernetes.io/name: {{ index . 1 | quote }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
{{- if gt (len .) 2 }}{{ with index . 2 }}
{{ toYaml . }}
{{- end }}{{ end }}
{{- end }}

{{/* Labels of a pod. */}}
{{- define "shop.podLabels" -}}
{{ include "shop.selector" . }}
app.kubernetes.io/part-of: {{ (index . 0).Chart.Name | quote }}
{{- end }}

{{/* Labels of an object; with (list $ "") of one that belongs to no service. */}}
{{- define "shop.labels" -}}
{{- $root := index . 0 -}}
{{- with index . 1 -}}
app.kubernetes.io/name: {{ . | quote }}
{{ end -}}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
app.kubernetes.io/part-of: {{ $root.Chart.Name | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with $root.Values.environment }}
c2k.dev/environment: {{ . | quote }}
{{- end }}
{{- $own := dict }}
{{- if gt (len .) 2 }}{{ $own = index . 2 | default dict }}{{ end }}
{{- with merge dict $own (index . 1 | empty | not | ternary $root.Values.global.labels dict) }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Image reference. Call with (list $ .Values.web.image). */}}
{{- define "shop.image" -}}
{{- $root := index . 0 }}{{ $i := index . 1 -}}
{{- with $root.Values.global.imageRegistry | default $i.registry }}{{ . }}/{{ end }}{{ $i.repository }}
{{- with $i.tag }}:{{ . }}{{ end }}
{{- with $i.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Keys with strings, as ConfigMaps and Secrets hold them. */}}
{{- define "shop.data" -}}
{{- range $k, $v := . }}
{{ $k | quote }}: {{ if kindIs "string" $v }}{{ $v | quote }}{{ else }}{{ $v | toJson | quote }}{{ end }}
{{- else }}{}
{{- end }}
{{- end }}

{{/* Variables of values: a string, or where the value is from. */}}
{{- define "shop.env" -}}
{{- range $name, $value := . }}
- name: {{ $name | quote }}
{{- if kindIs "map" $value }}
  valueFrom: {{- toYaml $value | nindent 4 }}
{{- else }}
  value: {{ kindIs "string" $value | ternary $value ($value | toJson) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Probes of values. */}}
{{- define "shop.probes" -}}
{{- range $kind, $probe := . }}
{{- with $probe }}
{{ $kind }}Probe: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* The pod of Job migrate. */}}
{{- define "shop.migratePod" -}}
{{- with .Values.migrate -}}
metadata:
  labels: {{- include "shop.podLabels" (list $ "migrate" .podLabels) | nindent 4 }}
  annotations:
    checksum/config: {{ .config | toJson | sha256sum }}
    {{- with .podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with $.Values.global.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with pick . "affinity" "hostAliases" "nodeSelector" "priorityClassName" "runtimeClassName" "serviceAccountName" "tolerations" "topologySpreadConstraints" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  restartPolicy: Never
  automountServiceAccountToken: {{ .automountServiceAccountToken | default false }}
  enableServiceLinks: false
  {{- with .podSecurityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  initContainers:
    - name: wait-db
      image: {{ include "shop.image" (list $ $.Values.helperImages.wait) | quote }}
      command: {{- toYaml .waitDb.command | nindent 8 }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 65534
        allowPrivilegeEscalation: false
        capabilities:
          drop:
            - ALL
    {{- with .extraInitContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  containers:
    - name: migrate
      image: {{ include "shop.image" (list $ .image) | quote }}
      {{- with .image.pullPolicy }}
      imagePullPolicy: {{ . }}
      {{- end }}
      args:
        - python
        - migrate.py
      envFrom:
        - configMapRef:
            name: migrate-config
      env:
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ $.Values.secrets.shared.name | quote }}
              key: DB_PASSWORD
        - name: QUEUE_PASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ $.Values.secrets.shared.name | quote }}
              key: QUEUE_PASSWORD
        - name: DATABASE_URL
          value: postgresql://shop:$(DB_PASSWORD)@db:5432/shop
        - name: AMQP_URL
          value: amqp://shop:$(QUEUE_PASSWORD)@queue:5672/
        {{- with .env }}
        {{- include "shop.env" . | nindent 8 }}
        {{- end }}
      {{- with .resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .probes }}
      {{- include "shop.probes" . | nindent 6 }}
      {{- end }}
      {{- with .securityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
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
