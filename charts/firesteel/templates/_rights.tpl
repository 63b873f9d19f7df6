{{/* What the reconciler may do in the namespaces of applications. */}}
{{- define "firesteel.reconcilerRules" -}}
- apiGroups: [sparkoperator.k8s.io]
  resources: [sparkapplications]
  verbs: [get, list, watch, delete]
- apiGroups: [sparkoperator.k8s.io]
  resources: [sparkapplications/status]
  verbs: [patch]
# Owner references with blockOwnerDeletion need it where the OwnerReferencesPermissionEnforcement plug-in is on.
- apiGroups: [sparkoperator.k8s.io]
  resources: [sparkapplications/finalizers]
  verbs: [update]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [services]
  verbs: [get, create]
# Those of monitoring are written anew with each submission. `delete` is what the OwnerReferencesPermissionEnforcement plug-in
# asks for where one that a deleted application left behind gets its new owner.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, create]
# Claims that Spark properties ask for (spark.kubernetes.driver.volumes.persistentVolumeClaim.*).
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, create]
# Of applications whose properties name Volcano's feature step.
- apiGroups: [scheduling.volcano.sh]
  resources: [podgroups]
  verbs: [get, create]
# Listed for a driver that does not start: why a volume is not mounted, say, stands nowhere else.
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch, list]
{{- end -}}

{{/* What Spark's own driver does for its executors. */}}
{{- define "firesteel.driverRules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete, deletecollection]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create, deletecollection]
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [list, create, deletecollection]
- apiGroups: [""]
  resources: [services]
  verbs: [deletecollection]
# Only where spark-submit runs in a submission pod; network policies from Spark 4.2 on.
- apiGroups: [""]
  resources: [configmaps, persistentvolumeclaims]
  verbs: [patch]
- apiGroups: [""]
  resources: [services]
  verbs: [create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [create, patch]
{{- end -}}
