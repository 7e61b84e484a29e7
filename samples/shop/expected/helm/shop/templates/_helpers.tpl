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
{{- with merge dict $own $root.Values.global.labels }}
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

{{/* The pod of Job migrate. */}}
{{- define "shop.migratePod" -}}
{{- with .Values.migrate -}}
metadata:
  labels: {{- include "shop.podLabels" (list $ "migrate") | nindent 4 }}
  annotations:
    checksum/config: {{ .config | toJson | sha256sum }}
spec:
  {{- with $.Values.global.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  {{- if .waitFor.db }}
  initContainers:
    - name: wait-db
      image: {{ include "shop.image" (list $ $.Values.helperImages.wait) | quote }}
      command:
        - sh
        - -c
        - timeout 300 sh -c 'until nc -w 2 db 5432 </dev/null; do sleep 1; done'
      securityContext:
        runAsNonRoot: true
        runAsUser: 65534
        allowPrivilegeEscalation: false
        capabilities:
          drop:
            - ALL
  {{- end }}
  containers:
    - name: migrate
      image: {{ include "shop.image" (list $ .image) | quote }}
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
      {{- with .resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
{{- end }}
{{- end }}

{{/* Its name: another for another pod, since a Job cannot be changed. */}}
{{- define "shop.migrateJob" -}}
migrate-{{ include "shop.migratePod" . | sha256sum | trunc 8 }}
{{- end }}
