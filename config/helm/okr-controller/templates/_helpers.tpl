{{/* What names begin with. The longest that is made of it, a Service's, has room for 36 characters, of which none is a dot. */}}
{{- define "okr.fullname" -}}
{{- $name := .Values.fullnameOverride | default .Release.Name | replace "." "-" | trunc 36 | trimSuffix "-" -}}
{{- if regexMatch "^[0-9]" $name -}}
{{ fail (printf "the name of a Service begins with a letter, and %q does not: set fullnameOverride" $name) }}
{{- end -}}
{{ $name }}
{{- end }}

{{- define "okr.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (printf "%s-controller-manager" (include "okr.fullname" .)) }}
{{- end }}

{{/* Labels of every object. Only the first is selected by: a cluster has one okr-controller. */}}
{{- define "okr.labels" -}}
{{ include "okr.labelsAnd" (list . dict) }}
{{- end }}

{{/* The same, and an object's own, which win over commonLabels. */}}
{{- define "okr.labelsAnd" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: okr-controller
app.kubernetes.io/instance: {{ quote $.Release.Name }}
app.kubernetes.io/version: {{ quote $.Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ $.Release.Service }}
helm.sh/chart: {{ $.Chart.Name }}-{{ $.Chart.Version | replace "+" "_" }}
{{- with merge (dict) (index . 1 | default dict) ($.Values.commonLabels | default dict) }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "okr.selector" -}}
app.kubernetes.io/name: okr-controller
{{- end }}

{{/* Nine tenths of the memory limit: the rest is for what Go does not count. */}}
{{- define "okr.goMemLimit" -}}
{{- $limit := dig "limits" "memory" "" .Values.resources | toString -}}
{{- if .Values.goMemLimit -}}
{{ .Values.goMemLimit }}
{{- else if regexMatch "^[0-9]+Gi$" $limit -}}
{{ div (mul (trimSuffix "Gi" $limit | int) 1024 9) 10 }}MiB
{{- else if regexMatch "^[0-9]+Mi$" $limit -}}
{{ div (mul (trimSuffix "Mi" $limit | int) 9) 10 }}MiB
{{- else if $limit -}}
{{ fail (printf "goMemLimit cannot be derived from resources.limits.memory %q: write the limit in whole Mi or Gi, or set goMemLimit" $limit) }}
{{- end -}}
{{- end }}

{{/* Two controllers would judge the same goals, each with Secrets of its own: their leases are in two namespaces. */}}
{{- define "okr.onlyOne" -}}
{{- if .Release.IsInstall -}}
{{- range (lookup "rbac.authorization.k8s.io/v1" "ClusterRoleBinding" "" "").items -}}
{{- if and (eq (dig "labels" "app.kubernetes.io/name" "" .metadata) "okr-controller") (hasSuffix "-controller-manager-rolebinding" .metadata.name) -}}
{{- range .subjects -}}
{{- if or (ne .namespace $.Release.Namespace) (ne .name (include "okr.serviceAccountName" $)) -}}
{{ fail (printf "this cluster has an okr-controller, %s in namespace %s. Two would contradict each other: uninstall that one first" .name .namespace) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Says so if this first install has just made the CRDs from crds/, and is not the release that they name: see crds.yaml. */}}
{{- define "okr.crdsOfAnother" -}}
{{- if and .Release.IsInstall (ne (printf "%s/%s" .Release.Namespace .Release.Name) "okr-system/okr") -}}
{{- $live := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "metricsources.goals.okr.dev" -}}
{{- $unclaimed := not (hasKey (dig "metadata" "labels" dict $live) "helm.sh/chart") -}}
{{- if and $unclaimed (hasKey (dig "metadata" "annotations" dict $live) "meta.helm.sh/release-name") }}true{{ end -}}
{{- end -}}
{{- end }}
