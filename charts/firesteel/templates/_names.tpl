{{/* Names and labels of the objects of a release. */}}

{{- define "firesteel.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 45 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 45 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "firesteel.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "firesteel.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "firesteel.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "firesteel.webhookName" -}}{{ include "firesteel.fullname" . }}-webhook{{- end -}}

{{- define "firesteel.authoritySecretName" -}}{{ include "firesteel.fullname" . }}-webhook-ca{{- end -}}

{{- define "firesteel.leaseName" -}}{{ include "firesteel.fullname" . }}-reconciler{{- end -}}

{{- define "firesteel.isSeparate" -}}
{{- if eq .Values.reconciler.placement "separate" -}}true{{- end -}}
{{- end -}}

{{- define "firesteel.webhookServiceAccount" -}}
{{- default (ternary (include "firesteel.fullname" .) "default" .Values.webhook.serviceAccount.create) .Values.webhook.serviceAccount.name -}}
{{- end -}}

{{/* A sidecar has the account of its pod. */}}
{{- define "firesteel.reconcilerServiceAccount" -}}
{{- if include "firesteel.isSeparate" . -}}
{{- default (ternary (printf "%s-reconciler" (include "firesteel.fullname" .)) "default" .Values.controller.serviceAccount.create) .Values.controller.serviceAccount.name -}}
{{- else -}}
{{- include "firesteel.webhookServiceAccount" . -}}
{{- end -}}
{{- end -}}

{{- define "firesteel.sparkServiceAccount" -}}
{{- default (printf "%s-spark" (include "firesteel.fullname" .)) .Values.spark.serviceAccount.name -}}
{{- end -}}

{{- define "firesteel.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if .Values.image.registry -}}{{ .Values.image.registry }}/{{- end -}}
{{ .Values.image.repository }}:{{ $tag }}
{{- end -}}

{{/* The listed namespaces as JSON; an empty list: all of them. */}}
{{- define "firesteel.jobNamespaces" -}}
{{- if has "" .Values.spark.jobNamespaces -}}[]
{{- else -}}{{ .Values.spark.jobNamespaces | uniq | toJson }}
{{- end -}}
{{- end -}}

{{/* Whether the webhook serves a certificate of others, from a mounted Secret, and the name of that; empty: one of its own. */}}
{{- define "firesteel.certificateSecret" -}}
{{- if .Values.certManager.enable -}}{{ include "firesteel.webhookName" . }}-certificate
{{- else -}}{{ .Values.webhook.certificateSecret }}
{{- end -}}
{{- end -}}
