{{/* Selector of a service; immutable. Call with (list $ "web"), and a dict of more labels. */}}
{{- define "tickets.selector" -}}
app.kubernetes.io/name: {{ index . 1 | quote }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
{{- if gt (len .) 2 }}{{ with index . 2 }}
{{ toYaml . }}
{{- end }}{{ end }}
{{- end }}

{{/* Labels of a pod. */}}
{{- define "tickets.podLabels" -}}
{{ include "tickets.selector" . }}
app.kubernetes.io/part-of: {{ (index . 0).Chart.Name | quote }}
{{- end }}

{{/* Labels of an object; with (list $ "") of one that belongs to no service. */}}
{{- define "tickets.labels" -}}
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
{{- define "tickets.image" -}}
{{- $root := index . 0 }}{{ $i := index . 1 -}}
{{- with $root.Values.global.imageRegistry | default $i.registry }}{{ . }}/{{ end }}{{ $i.repository }}
{{- with $i.tag }}:{{ . }}{{ end }}
{{- with $i.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Keys with strings, as ConfigMaps and Secrets hold them. */}}
{{- define "tickets.data" -}}
{{- range $k, $v := . }}
{{ $k | quote }}: {{ if kindIs "string" $v }}{{ $v | quote }}{{ else }}{{ $v | toJson | quote }}{{ end }}
{{- else }}{}
{{- end }}
{{- end }}

{{/* Variables of values: a string, or where the value is from. */}}
{{- define "tickets.env" -}}
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
{{- define "tickets.probes" -}}
{{- range $kind, $probe := . }}
{{- with $probe }}
{{ $kind }}Probe: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
