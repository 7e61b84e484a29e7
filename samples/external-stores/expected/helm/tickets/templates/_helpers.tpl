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

{{/* Image of a container and when to pull it. Call with (list $ .Values.web.image). */}}
{{- define "tickets.image" -}}
{{- $root := index . 0 }}{{ $i := index . 1 }}
{{- $image := $i.repository }}
{{- with $root.Values.global.imageRegistry | default $i.registry }}{{ $image = printf "%s/%s" . $image }}{{ end }}
{{- with $i.tag }}{{ $image = printf "%s:%s" $image . }}{{ end }}
{{- with $i.digest }}{{ $image = printf "%s@%s" $image . }}{{ end -}}
image: {{ $image | quote }}
{{- with $i.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end }}

{{/* What a service's values say of its pods: who they are, where they run, what they pull with.
     Call with (list $ "web" .Values.web), and the account that they have otherwise. */}}
{{- define "tickets.pod" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}{{ $service := index . 2 }}
{{- $pod := dict }}
{{- with $root.Values.global.imagePullSecrets }}{{ $pod = set $pod "imagePullSecrets" . }}{{ end }}
{{- range $key, $value := pick $service "affinity" "hostAliases" "imagePullSecrets" "nodeSelector" "priorityClassName" "runtimeClassName" "tolerations" "topologySpreadConstraints" }}
{{- with $value }}{{ $pod = set $pod $key . }}{{ end }}
{{- end }}
{{- with $service.podSecurityContext }}{{ $pod = set $pod "securityContext" . }}{{ end }}
{{- with include "tickets.serviceAccount" (rest .) }}{{ $pod = set $pod "serviceAccountName" . }}{{ end }}
{{- if or $service.terminationGracePeriodSeconds $service.gracefulSeconds }}
{{- $seconds := add ($service.terminationGracePeriodSeconds | default 30) ($service.gracefulSeconds | default 0) }}
{{- $pod = set $pod "terminationGracePeriodSeconds" $seconds }}
{{- end }}
{{- with $service.spread }}
{{- $selector := dict "matchLabels" (include "tickets.selector" (list $root $name) | fromYaml) }}
{{- $spread := dict "maxSkew" 1 "topologyKey" . "whenUnsatisfiable" "ScheduleAnyway" "labelSelector" $selector }}
{{- $pod = set $pod "topologySpreadConstraints" (list $spread) }}
{{- end }}
{{- with $pod }}{{ toYaml . }}{{ end }}
{{- end }}

{{/* Name of the ServiceAccount of a service's pods. Call with (list "web" .Values.web). */}}
{{- define "tickets.serviceAccount" -}}
{{- $account := (index . 1).serviceAccount | default dict }}
{{- $name := index (append . "") 2 }}
{{- if $account.create }}{{ $name = index . 0 }}{{ end }}
{{- $account.name | default $name }}
{{- end }}

{{/* Volumes of a StatefulSet in the place of its claims, and more of them.
     Call with (list (dict "data" .persistence) .extraVolumes). */}}
{{- define "tickets.volumes" -}}
{{- $volumes := list }}
{{- range $name, $claim := index . 0 }}
{{- $existing := dict "persistentVolumeClaim" (dict "claimName" $claim.existingClaim) }}
{{- if not $claim.enabled }}
{{- $volumes = append $volumes (dict "name" $name "emptyDir" dict) }}
{{- else if $claim.existingClaim }}
{{- $volumes = append $volumes (set $existing "name" $name) }}
{{- end }}
{{- end }}
{{- with concat $volumes (index . 1 | default list) }}{{ toYaml . }}{{ end }}
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

{{/* What a service's values say of its container. */}}
{{- define "tickets.container" -}}
{{- $container := dict }}
{{- range $key, $value := pick . "command" "args" "resources" "securityContext" }}
{{- with $value }}{{ $container = set $container $key . }}{{ end }}
{{- end }}
{{- range $kind, $probe := .probes }}
{{- with $probe }}{{ $container = set $container (printf "%sProbe" $kind) . }}{{ end }}
{{- end }}
{{- with .gracefulSeconds }}
{{- $container = set $container "lifecycle" (dict "preStop" (dict "sleep" (dict "seconds" .))) }}
{{- end }}
{{- with $container }}{{ toYaml . }}{{ end }}
{{- end }}

{{/* More rules of a service's NetworkPolicy: those of its values, and one for what they open.
     Call with (list .Values.web "http" "ingress" "metrics"), the port and the keys that open it. */}}
{{- define "tickets.rules" -}}
{{- $service := index . 0 }}{{ $port := index . 1 }}{{ $open := false }}
{{- range slice . 2 }}{{ $open = or $open (dig . "enabled" false $service) }}{{ end }}
{{- $rules := dig "networkPolicy" "ingress" list $service }}
{{- if $open }}
{{- $rules = prepend $rules (dict "ports" (list (dict "port" $port "protocol" "TCP"))) }}
{{- end }}
{{- with $rules }}{{ toYaml . }}{{ end }}
{{- end }}
