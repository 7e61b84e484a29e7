//! The files of a chart that people read.

use super::text;

#[test]
fn prose_tells_keys_and_secrets() {
    insta::assert_snapshot!(text("README.md"), @r#"
    # shop

    A chart of the shop stack, written by c2k from its compose file. Install it once per
    namespace, under the name `shop`:

    ```sh
    helm upgrade --install shop . -f values-dev.yaml
    ```

    | environment | files |
    |---|---|
    | dev | `values-dev.yaml` |
    | production | `values-production.yaml` |

    Each service has its values under a key of its own:

    | service | key |
    |---|---|
    | migrate | `migrate` |
    | my-db | `myDb` |
    | web | `web` |

    Unless a file gives their values, these Secrets must exist:

    | value | Secret | keys |
    |---|---|---|
    | `secrets.shared` | `shop-shared` | PW |

    ## Values

    Keys of services in camelCase stand for the Compose names above. A mapping is merged with that of
    `values.yaml`; `null` removes a key, such as `probes.readiness.exec` when another check replaces it.
    Objects of your own go to `extraObjects`.

    | key | default | what it is |
    |---|---|---|
    | `environment` | `""` |  |
    | `global.labels` | `{}` | Labels on every object of a service |
    | `global.imageRegistry` | `""` | Registry put in front of every image, for mirrors |
    | `global.imagePullSecrets` | `[]` | Secrets to pull images with |
    | `global.storageClass` | `""` | Storage class of every claim that names none |
    | `extraObjects` | `[]` |  |
    | `secrets.shared.name` | `shop-shared` |  |
    | `secrets.shared.values` | `{}` |  |
    | `migrate.enabled` | `true` | Whether the service is there at all |
    | `migrate.image` | see values.yaml | registry, repository, tag, digest, pullPolicy |
    | `migrate.resources` | `{}` | Kubernetes' requests and limits |
    | `myDb.enabled` | `true` | Whether the service is there at all |
    | `myDb.external` | `""` | Host name outside of the cluster; nothing of the service runs in it then |
    | `myDb.image` | see values.yaml | registry, repository, tag, digest, pullPolicy |
    | `myDb.replicas` | `1` | How many pods run |
    | `myDb.resources` | `{}` | Kubernetes' requests and limits |
    | `myDb.persistence.enabled` | `true` | Claims; existingClaim mounts another, without enabled nothing lasts |
    | `myDb.persistence.existingClaim` | `""` | Claims; existingClaim mounts another, without enabled nothing lasts |
    | `myDb.persistence.accessModes` | `- ReadWriteOnce` | Claims; existingClaim mounts another, without enabled nothing lasts |
    | `myDb.persistence.storageClass` | `""` | Claims; existingClaim mounts another, without enabled nothing lasts |
    | `myDb.persistence.size` | `1Gi` | Claims; existingClaim mounts another, without enabled nothing lasts |
    | `web.enabled` | `true` | Whether the service is there at all |
    | `web.image` | see values.yaml | registry, repository, tag, digest, pullPolicy |
    | `web.replicas` | `1` | How many pods run |
    | `web.config` | see values.yaml | Variables that are no secrets |
    | `web.resources` | `{}` | Kubernetes' requests and limits |
    | `web.waitFor.migrate` | `true` | What a starting pod waits for |
    | `web.tty` |  |  |
    | `web.workingDir` | `/srv` |  |
    | `helperImages.kubectl` | see values.yaml |  |
    | `helperImages.test` | see values.yaml |  |

    Beyond these, services understand:

    | key | what it is | services |
    |---|---|---|
    | `autoscale` | min, max, cpu and memory in percent of requests; replaces `replicas` | web |
    | `env` | More variables: a string, or a Kubernetes `valueFrom` | all |
    | `envFrom` | More variables from Secrets and ConfigMaps, as in Kubernetes | all |
    | `command` | What runs instead of the image's entry point | all |
    | `args` | Its arguments | all |
    | `probes` | Kubernetes' probes: liveness, readiness, startup | all |
    | `gracefulSeconds` | Seconds between leaving the Service and SIGTERM | myDb, web |
    | `spread` | Topology key to spread pods over, such as kubernetes.io/hostname | myDb, web |
    | `disruption` | maxUnavailable or minAvailable of a disruption budget | myDb, web |
    | `ingress` | How the outside gets in: enabled, host, path, className, tls, annotations | myDb |
    | `httpRoute` | A route of the Gateway API: enabled, parentRefs, hostnames, path | myDb |
    | `metrics` | A ServiceMonitor: enabled, port, path, interval, labels | myDb |
    | `podSecurityContext` | Kubernetes' security context of the pod | all |
    | `securityContext` | Kubernetes' security context of the container | all |
    | `serviceAccount` | create, name, annotations; automount gives pods a token | all |
    | `podAnnotations` | More annotations of pods | myDb, web |
    | `nodeSelector` | As in Kubernetes | all |
    | `tolerations` | As in Kubernetes | all |
    | `affinity` | As in Kubernetes | all |
    | `topologySpreadConstraints` | As in Kubernetes | all |
    | `priorityClassName` | As in Kubernetes | all |
    | `runtimeClassName` | As in Kubernetes | all |
    | `hostAliases` | As in Kubernetes | all |
    | `terminationGracePeriodSeconds` | Seconds between SIGTERM and SIGKILL, 30 if not set | all |
    | `imagePullSecrets` | As in Kubernetes; instead of those of `global` | all |
    | `extraVolumes` | More volumes of the pod | all |
    | `extraVolumeMounts` | Where the container mounts them | all |
    | `extraInitContainers` | More init containers | all |
    | `extraContainers` | More containers beside the service's own | all |

    A store that another chart runs is reached by `external`, the name of its Service. What a
    StatefulSet claims is decided when it is installed: Kubernetes refuses a later change of
    `persistence`. Installing files of more than 256 KiB needs server-side apply, which Helm 4 does by
    itself.
    "#);
    insta::assert_snapshot!(text("templates/NOTES.txt"), @r#"
    {{ .Chart.Name }} {{ .Chart.Version }} is installed as {{ .Release.Name }} in {{ .Release.Namespace }}{{ with .Values.environment }} for {{ . }}{{ end }}.
    {{- range $name, $port := dict "my-db" (list "myDb" 5432) }}
    {{- $service := index $.Values (first $port) }}
    {{- if and $service.enabled (not $service.external) }}
    {{- $hosts := list }}
    {{- with $service.ingress }}{{ if and .host (dig "enabled" true .) }}
    {{- $hosts = append $hosts (printf "http%s://%s%s" (.tls | empty | ternary "" "s") .host (.path | default "/")) }}
    {{- end }}{{ end }}
    {{- with $service.httpRoute }}{{ if .enabled }}
    {{- range .hostnames }}{{ $hosts = append $hosts (printf "http://%s/" .) }}{{ end }}
    {{- end }}{{ end }}
    {{ $name }}: {{ if $hosts }}{{ join ", " $hosts }}{{ else -}}
    kubectl port-forward --namespace {{ $.Release.Namespace }} service/{{ $name }} {{ last $port }}{{ end }}
    {{- end }}
    {{- end }}
    {{- range $key, $keys := dict "shared" "PW" }}
    {{- with index $.Values.secrets $key }}
    {{- if not .values }}
    Secret {{ .name }} must exist, with the keys {{ $keys }}.
    {{- end }}
    {{- end }}
    {{- end }}
    "#);
}
