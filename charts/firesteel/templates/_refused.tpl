{{/* Stops with all values of the Kubeflow chart that have no place here, in words (refused-values.yaml). */}}
{{- define "firesteel.refuseValues" -}}
{{- $refused := list -}}
{{- range $path, $reason := .Files.Get "refused-values.yaml" | fromYaml -}}
{{- $node := $.Values -}}
{{- $isSet := true -}}
{{- range splitList "." $path -}}
{{- if and $isSet (kindIs "map" $node) (hasKey $node .) -}}
{{- $node = index $node . -}}
{{- else -}}
{{- $isSet = false -}}
{{- end -}}
{{- end -}}
{{- if $isSet -}}
{{- $refused = append $refused (printf "%s: %s" $path $reason) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.reconciler.placement "sidecar") (or .Values.controller.nodeSelector .Values.controller.affinity .Values.controller.tolerations .Values.controller.topologySpreadConstraints .Values.controller.priorityClassName .Values.controller.volumes .Values.controller.labels .Values.controller.annotations .Values.controller.deploymentAnnotations) -}}
{{- $refused = append $refused "controller.{nodeSelector,affinity,tolerations,topologySpreadConstraints,priorityClassName,volumes,labels,annotations,deploymentAnnotations}: the reconciler is a sidecar; set webhook.*, or reconciler.placement=separate" -}}
{{- end -}}
{{- if and .Values.certManager.enable .Values.webhook.certificateSecret -}}
{{- $refused = append $refused "certManager.enable: webhook.certificateSecret names a certificate already" -}}
{{- end -}}
{{- if $refused -}}
{{- fail (printf "\n  %s" (join "\n  " $refused)) -}}
{{- end -}}
{{- end -}}
