{{/* The two containers; `firesteel.container` is what they have in common. */}}

{{- define "firesteel.container" -}}
image: {{ include "firesteel.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
terminationMessagePolicy: FallbackToLogsOnError
{{- with .values.envFrom }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with concat (.mounts | default list) (.values.volumeMounts | default list) }}
volumeMounts: {{- toYaml . | nindent 2 }}
{{- end }}
resources: {{- toYaml .values.resources | nindent 2 }}
securityContext: {{- toYaml .values.securityContext | nindent 2 }}
{{- end -}}

{{- define "firesteel.certificateFolder" -}}/etc/firesteel/certificate{{- end -}}

{{- define "firesteel.webhookContainer" -}}
- name: webhook
  args:
    - webhook
    - --log-level={{ .Values.webhook.logLevel }}
    {{- if .Values.webhook.kubeAPIQPS }}
    - --kube-api-qps={{ .Values.webhook.kubeAPIQPS }}
    - --kube-api-burst={{ .Values.webhook.kubeAPIBurst }}
    {{- end }}
    - --webhook-port={{ .Values.webhook.port }}
    - --mutating-webhook-name={{ include "firesteel.webhookName" . }}
    {{- if include "firesteel.certificateSecret" . }}
    - --tls-cert-file={{ include "firesteel.certificateFolder" . }}/tls.crt
    - --tls-key-file={{ include "firesteel.certificateFolder" . }}/tls.key
    {{- if not .Values.certManager.enable }}
    - --tls-ca-file={{ include "firesteel.certificateFolder" . }}/ca.crt
    {{- end }}
    {{- else }}
    - --webhook-secret-name={{ include "firesteel.authoritySecretName" . }}
    - --webhook-secret-namespace={{ .Release.Namespace }}
    {{- end }}
    - --webhook-svc-name={{ include "firesteel.webhookName" . }}
    - --webhook-svc-namespace={{ .Release.Namespace }}
    - --health-probe-bind-address=:{{ .Values.webhook.healthPort }}
    {{- with .Values.webhook.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.webhook.env }}
  env: {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - { name: webhook, containerPort: {{ .Values.webhook.port }} }
    - { name: health, containerPort: {{ .Values.webhook.healthPort }} }
  readinessProbe:
    httpGet: { path: /readyz, port: health }
    periodSeconds: 2
  livenessProbe:
    httpGet: { path: /healthz, port: health }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  {{- $mounts := list }}
  {{- if include "firesteel.certificateSecret" . }}
  {{- $mounts = list (dict "name" "certificate" "mountPath" (include "firesteel.certificateFolder" .) "readOnly" true) }}
  {{- end }}
  {{- include "firesteel.container" (dict "root" . "values" .Values.webhook "mounts" $mounts) | nindent 2 }}
{{- end -}}

{{- define "firesteel.reconcilerContainer" -}}
- name: reconciler
  args:
    - reconciler
    - --log-level={{ .Values.controller.logLevel }}
    {{- if .Values.controller.kubeAPIQPS }}
    - --kube-api-qps={{ .Values.controller.kubeAPIQPS }}
    - --kube-api-burst={{ .Values.controller.kubeAPIBurst }}
    {{- end }}
    {{- with include "firesteel.jobNamespaces" . | fromJsonArray }}
    - --namespaces={{ join "," . }}
    {{- end }}
    {{- with .Values.spark.jobNamespaceSelector }}
    - {{ printf "--namespace-selector=%s" . | quote }}
    {{- end }}
    - --controller-threads={{ .Values.controller.workers }}
    - --max-tracked-executor-per-app={{ .Values.controller.maxTrackedExecutorPerApp }}
    - --max-infrastructure-retries={{ .Values.controller.maxInfrastructureRetries }}
    - --pod-mutation={{ .Values.controller.podMutation }}
    - --max-concurrent-submissions={{ .Values.controller.maxConcurrentSubmissions }}
    - --max-concurrent-submissions-per-namespace={{ .Values.controller.maxConcurrentSubmissionsPerNamespace }}
    - --health-probe-bind-address=:{{ .Values.controller.healthPort }}
    {{- range $name, $length := .Values.controller.timeouts }}
    - --{{ $name }}={{ $length }}
    {{- end }}
    - --leader-election=true
    - --leader-election-lock-name={{ include "firesteel.leaseName" . }}
    - --leader-election-lock-namespace={{ .Release.Namespace }}
    {{- if .Values.prometheus.metrics.enable }}
    - --metrics-bind-address=:{{ .Values.prometheus.metrics.port }}
    - --metrics-endpoint={{ .Values.prometheus.metrics.endpoint }}
    - --metrics-prefix={{ .Values.prometheus.metrics.prefix }}
    - --metrics-labels={{ .Values.prometheus.metrics.labels }}
    - --metrics-job-submit-latency-buckets={{ .Values.prometheus.metrics.jobSubmitLatencyBuckets }}
    - --metrics-job-start-latency-buckets={{ .Values.prometheus.metrics.jobStartLatencyBuckets }}
    {{- end }}
    {{- with .Values.controller.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.controller.env }}
  env: {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - { name: alive, containerPort: {{ .Values.controller.healthPort }} }
    {{- if .Values.prometheus.metrics.enable }}
    - { name: metrics, containerPort: {{ .Values.prometheus.metrics.port }} }
    {{- end }}
  # No readiness probe: what happens to the reconciler must never take admission down.
  livenessProbe:
    httpGet: { path: /healthz, port: alive }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  {{- include "firesteel.container" (dict "root" . "values" .Values.controller) | nindent 2 }}
{{- end -}}

{{/* What both pod templates have in common: root, values (of the pod). */}}
{{- define "firesteel.podSettings" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- toYaml .values.podSecurityContext | nindent 2 }}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- $volumes := .values.volumes | default list }}
{{- if eq .component "webhook" }}
{{- with include "firesteel.certificateSecret" .root }}
{{- $volumes = prepend $volumes (dict "name" "certificate" "secret" (dict "secretName" .)) }}
{{- end }}
{{- end }}
{{- with $volumes }}
volumes: {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
{{- if .values.affinity }}
{{- toYaml .values.affinity | nindent 2 }}
{{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "firesteel.selector" .root | nindent 14 }}
              app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- end -}}
