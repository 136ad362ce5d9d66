{{/* What names begin with. The longest that is made of it, a Service's, has room for 36 characters. */}}
{{- define "okr.fullname" -}}
{{ .Values.fullnameOverride | default .Release.Name | trunc 36 | trimSuffix "-" }}
{{- end }}

{{- define "okr.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (printf "%s-controller-manager" (include "okr.fullname" .)) }}
{{- end }}

{{/* Labels of every object. Only the first is selected by: a cluster has one okr-controller. */}}
{{- define "okr.labels" -}}
app.kubernetes.io/name: okr-controller
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
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

{{/* Says so if this first install has just made the CRDs from crds/, and is not the release that they name: see crds.yaml. */}}
{{- define "okr.crdsOfAnother" -}}
{{- if and .Release.IsInstall (ne (printf "%s/%s" .Release.Namespace .Release.Name) "okr-system/okr") -}}
{{- $live := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "metricsources.goals.okr.dev" -}}
{{- $unclaimed := not (hasKey (dig "metadata" "labels" dict $live) "helm.sh/chart") -}}
{{- if and $unclaimed (hasKey (dig "metadata" "annotations" dict $live) "meta.helm.sh/release-name") }}true{{ end -}}
{{- end -}}
{{- end }}
