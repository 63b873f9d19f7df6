{{/* Namespaces by label: the text of a selector as the object that registrations take. */}}

{{/* The requirements of spark.jobNamespaceSelector as a JSON array; values.schema.json has seen to the syntax. */}}
{{- define "firesteel.selectorRequirements" -}}
{{- $requirements := list -}}
{{- range regexFindAll "(?:[^,(]|\\([^)]*\\))+" .Values.spark.jobNamespaceSelector -1 -}}
{{- $part := trim . -}}
{{- $key := regexFind "[^!=()\\s]+" $part -}}
{{- $rest := $part | trimPrefix "!" | trim | trimPrefix $key | trim -}}
{{- if hasPrefix "!" $part -}}
{{- $requirements = append $requirements (dict "key" $key "operator" "DoesNotExist") -}}
{{- else if eq $rest "" -}}
{{- $requirements = append $requirements (dict "key" $key "operator" "Exists") -}}
{{- else -}}
{{- $operator := ternary "NotIn" "In" (or (hasPrefix "!" $rest) (hasPrefix "notin" $rest)) -}}
{{- $values := list -}}
{{- range splitList "," (regexReplaceAll "^(?:!=|==?|(?:in|notin)\\s*\\()|\\)$" $rest "") -}}
{{- $values = append $values (trim .) -}}
{{- end -}}
{{- $requirements = append $requirements (dict "key" $key "operator" $operator "values" $values) -}}
{{- end -}}
{{- end -}}
{{- toJson $requirements -}}
{{- end -}}

{{/* Entries of the registration, as a JSON array of name and requirements; they never overlap, or a pod would come twice. */}}
{{- define "firesteel.webhookEntries" -}}
{{- $first := "mutate--v1-pod.sparkoperator.k8s.io" -}}
{{- $selected := include "firesteel.selectorRequirements" . | fromJsonArray -}}
{{- $named := include "firesteel.jobNamespaces" . | fromJsonArray -}}
{{- if not $selected -}}
{{- list (dict "name" $first) | toJson -}}
{{- else if not $named -}}
{{- list (dict "name" $first "namespaces" $selected) | toJson -}}
{{- else -}}
{{- $among := dict "key" "kubernetes.io/metadata.name" "operator" "In" "values" $named -}}
{{- $beside := append $selected (dict "key" "kubernetes.io/metadata.name" "operator" "NotIn" "values" $named) -}}
{{- list (dict "name" $first "namespaces" (list $among)) (dict "name" "mutate--v1-selected-pod.sparkoperator.k8s.io" "namespaces" $beside) | toJson -}}
{{- end -}}
{{- end -}}

{{/* Where applications are run, in words. */}}
{{- define "firesteel.where" -}}
{{- $named := include "firesteel.jobNamespaces" . | fromJsonArray -}}
{{- $selector := .Values.spark.jobNamespaceSelector -}}
{{- if and $named $selector -}}{{ join ", " $named }}, and namespaces with labels {{ $selector }}
{{- else if $selector -}}namespaces with labels {{ $selector }}
{{- else if $named -}}{{ join ", " $named }}
{{- else -}}all namespaces
{{- end -}}
{{- end -}}
