
{{/* More rules of a service's NetworkPolicy: those of its values, and one for what they open.
     Call with (list .Values.web "http" "ingress" "metrics"), the port and the keys that open it. */}}
{{- define "CHART.rules" -}}
{{- $service := index . 0 }}{{ $port := index . 1 }}{{ $open := false }}
{{- range slice . 2 }}{{ $open = or $open (dig . "enabled" false $service) }}{{ end }}
{{- $rules := dig "networkPolicy" "ingress" list $service }}
{{- if $open }}
{{- $rules = prepend $rules (dict "ports" (list (dict "port" $port "protocol" "TCP"))) }}
{{- end }}
{{- with $rules }}{{ toYaml . }}{{ end }}
{{- end }}
