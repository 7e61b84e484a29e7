//! What stands in values files.

use super::text;

#[test]
fn environments_say_only_what_differs() {
    insta::assert_snapshot!(text("values-dev.yaml"), @r#"
    environment: dev
    web:
      tty: true
      workingDir: ""
    "#);
    insta::assert_snapshot!(text("values-production.yaml"), @r"
    environment: production
    myDb:
      external: db.example.com
    web:
      replicas: 2
      config:
        LEVEL: info
      resources:
        limits:
          memory: 64Mi
    ");
}

#[test]
fn what_a_person_wants_to_change_is_a_value() {
    insta::assert_snapshot!(text("values.yaml"), @r#"
    # -- Label on every object; set by values-<env>.yaml
    environment: ""

    global:
      # -- Labels on every object of a service
      labels: {}
      # -- Registry put in front of every image, for mirrors
      imageRegistry: ""
      # -- Secrets to pull images with
      imagePullSecrets: []
      # -- Storage class of every claim that names none
      storageClass: ""

    # -- More objects, as in Kubernetes
    extraObjects: []

    # -- Secrets that the stack reads. Give `values` only from a file that is not in git
    # (secrets-<env>.yaml); without it a Secret of that name must exist.
    secrets:
      shared:
        # keys: PW
        name: shop-shared
        values: {}

    # Services. What a key is stands where it is first. All of them understand more:
    # defaults:
    #   autoscale: min, max, cpu and memory in percent of requests; replaces `replicas`
    #   env: More variables: a string, or a Kubernetes `valueFrom`
    #   envFrom: More variables from Secrets and ConfigMaps, as in Kubernetes
    #   command: What runs instead of the image's entry point
    #   args: Its arguments
    #   probes: Kubernetes' probes: liveness, readiness, startup
    #   gracefulSeconds: Seconds between leaving the Service and SIGTERM
    #   spread: Topology key to spread pods over, such as kubernetes.io/hostname
    #   disruption: maxUnavailable or minAvailable of a disruption budget
    #   ingress: How the outside gets in: enabled, host, path, className, tls, annotations
    #   httpRoute: A route of the Gateway API: enabled, parentRefs, hostnames, path
    #   metrics: A ServiceMonitor: enabled, port, path, interval, labels
    #   podSecurityContext: Kubernetes' security context of the pod
    #   securityContext: Kubernetes' security context of the container
    #   serviceAccount: create, name, annotations; automount gives pods a token
    #   podAnnotations: More annotations of pods
    #   nodeSelector: As in Kubernetes
    #   tolerations: As in Kubernetes
    #   affinity: As in Kubernetes
    #   topologySpreadConstraints: As in Kubernetes
    #   priorityClassName: As in Kubernetes
    #   runtimeClassName: As in Kubernetes
    #   hostAliases: As in Kubernetes
    #   terminationGracePeriodSeconds: Seconds between SIGTERM and SIGKILL, 30 if not set
    #   imagePullSecrets: As in Kubernetes; instead of those of `global`
    #   extraVolumes: More volumes of the pod
    #   extraVolumeMounts: Where the container mounts them
    #   extraInitContainers: More init containers
    #   extraContainers: More containers beside the service's own
    migrate:
      # -- Whether the service is there at all
      enabled: true
      # -- registry, repository, tag, digest, pullPolicy
      image:
        registry: example.com:5000
        repository: web
        tag: "1.0"
      # -- Kubernetes' requests and limits
      resources: {}

    myDb:
      enabled: true
      # -- Host name outside of the cluster; nothing of the service runs in it then
      external: ""
      image:
        repository: postgres
        tag: "16"
      # -- How many pods run
      replicas: 1
      resources: {}
      # -- Claims; existingClaim mounts another, without enabled nothing lasts
      persistence:
        enabled: true
        existingClaim: ""
        accessModes:
          - ReadWriteOnce
        storageClass: ""
        size: 1Gi

    web:
      enabled: true
      image:
        registry: example.com:5000
        repository: web
        tag: "1.0"
      replicas: 1
      # -- Variables that are no secrets
      config:
        LEVEL: debug
        TEMPLATE: "{{ .Name }}"
      resources: {}
      # -- What a starting pod waits for
      waitFor:
        migrate: true
      workingDir: /srv

    # -- Images of what the chart adds: waits, copies, `helm test`
    helperImages:
      kubectl:
        repository: kubectl
        tag: "1"
      test:
        repository: busybox
        tag: "1.36"
    "#);
}

#[test]
fn variables_are_a_mapping_of_values() {
    insta::assert_snapshot!(text("templates/web-config-configmap.yaml"), @r#"
    {{- with .Values.web }}
    {{- if .enabled }}
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-config
      labels: {{- include "shop.labels" (list $ "web") | nindent 4 }}
    data: {{- include "shop.data" .config | nindent 2 }}
    {{- end }}
    {{- end }}
    "#);
}
