#!/usr/bin/env bash
# ironkeel-apply: makes the cluster hold what this controller was given, and nothing that it no longer is given.
#
#   ironkeel-apply          keeps trying until everything is applied and every node has registered
#   ironkeel-apply --once   tries once; exit 1 when something remains
#
# Reads /etc/kubernetes/addons (Ironkeel's manifests, and the labels and taints of nodes) and, after those, the
# user's own manifests in /etc/kubernetes/addons.d. Any number of controllers may do this at the same time.
# Needs bash, coreutils, flock and kubectl. What it applies, replaces and removes: docs/guide/addons.md.
set -euo pipefail
export LC_ALL=C
umask 022

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
folder=$root/etc/kubernetes/addons
users=$root/etc/kubernetes/addons.d
config=$root/etc/kubernetes/kubeconfig/bootstrap.yaml
run=$root/run/ironkeel
work=$run/apply # of this boot: ours and users hold the digest that was applied, node-NAME says that it was labelled
bin=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)
name='' digest='' said_last='' silent='' missing=() wanted_ids=()
declare -A replaced=() wanted=() settings=()

# The user's objects are applied by the same name, so that one that replaces ours keeps nothing of ours.
# kubectl is not to check them, for which it would read the API's whole description: the API server refuses a field that
# it does not know by itself.
how=(--server-side --force-conflicts --field-manager=ironkeel --validate=false)
record=ironkeel-applied
namespace=kube-system
managed=ironkeel.dev/managed=true

say() { printf 'ironkeel-apply: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }
status() { printf '%s\n' "$*" 2>/dev/null >"$run/apply-status" || :; } # one line, for ironkeel status
api() { timeout 120 "$bin/kubectl" --kubeconfig="$config" --cache-dir="$work/cache" --request-timeout=20s "$@"; }

# fail WHAT: kept for ironkeel status, said when it is news, and false.
fail() {
  status "waiting: $*"
  [[ $* == "$said_last" ]] || say "$*" >&2
  said_last=$*
  return 1
}

say_once() { [[ -f $work/said && $(<"$work/said") == "$*" ]] || say "$*"; printf '%s\n' "$*" >"$work/said"; }

# reason OUTPUT: the line of kubectl's output that says what is wrong.
reason() {
  local line
  line=$(grep -m 1 -iE '^(error|unable|the )' <<<"$1" || head -n 1 <<<"$1")
  printf '%s' "${line#[Ee]rror: }"
}

# --- the API server ---------------------------------------------------------------------------------------------

ready() {
  local said
  [[ -x $bin/kubectl ]] || { fail 'kubectl is not installed yet'; return; }
  [[ -f $config ]] || { fail "there is no $config"; return; }
  silent=''
  said=$(api get --raw /readyz 2>&1) && return 0
  case $said in
    *'connection refused'* | *'was refused'*) silent=yes; fail 'the API server of this machine does not answer yet' ;;
    *'[-]'*) said=${said#*'[-]'} && fail "the API server of this machine waits for ${said%% *}" ;;
    *) fail "the API server of this machine is not ready: $(reason "$said")" ;;
  esac
}

# Whether, within some seconds, somebody listens there. A kubectl that asks in vain takes a good part of a second of the
# processor from the API server, which is starting.
await_listener() {
  local tries=20
  [[ $(<"$config") =~ server:\ *\"?https://([0-9.]+):([0-9]+) ]] || return 1
  while ((tries-- > 0)); do
    ! { : >"/dev/tcp/${BASH_REMATCH[1]}/${BASH_REMATCH[2]}"; } 2>/dev/null || return 0
    sleep 0.25
  done
  return 1
}

# --- what is to be applied ----------------------------------------------------------------------------------------

users_files() { # sets files
  local file
  files=()
  for file in "$users"/*.yaml "$users"/*.yml "$users"/*.json; do [[ ! -f $file ]] || files+=("$file"); done
}

# Every object of the user's takes the place of ours of the same name.
read_users() {
  local version kind space object group said files
  replaced=()
  users_files
  ((${#files[@]} > 0)) || return 0
  # What cannot be read is said when it is applied.
  said=$(api create --dry-run=client --validate=false "${files[@]/#/--filename=}" \
    -o jsonpath='{.apiVersion}|{.kind}|{.metadata.namespace}|{.metadata.name}{"\n"}' 2>/dev/null) || :
  while IFS='|' read -r version kind space object; do
    group='' && [[ $version != */* ]] || group=${version%/*}
    [[ -z $object ]] || replaced["$kind.${version#*/}.$group ${space:--} $object"]=1
  done <<<"$said"
}

# Sets wanted to our documents, empty where an object of the user's takes the place of ours, and users_first when there
# is one that does; wanted_ids has their order.
read_ours() {
  local file line id
  users_first='' wanted=() wanted_ids=()
  for file in "$folder"/*.yaml; do
    [[ -f $file ]] || die "there are no manifests in $folder"
    while IFS= read -r line; do
      if [[ $line == '# object '* ]]; then
        id=${line#'# object '}
        wanted[$id]='' wanted_ids+=("$id")
        [[ -z ${replaced[$id]:-} ]] || users_first=yes
      elif [[ -z ${replaced[$id]:-} && $line != --- ]]; then
        wanted[$id]+=$line$'\n'
      fi
    done <"$file"
  done
}

read_digest() {
  local files
  users_files
  digest=$(cat -- "$folder"/*.yaml "${files[@]}" | sha256sum | cut -d ' ' -f 1)
}

# --- the record ----------------------------------------------------------------------------------------------------
# A ConfigMap: the digest of what was applied last; by controller, the digest it last applied or found; the objects.

# Sets recorded, mine, from and objects.
read_record() {
  local said key=${name//./\\.}
  said=$(api get configmap "$record" --namespace="$namespace" --ignore-not-found \
    -o "jsonpath={.metadata.annotations.ironkeel\.dev/digest}{'\n'}{.data.controller\.$key}{'\n'}{.data.generation\.$key}{'\n'}{.data.objects}" 2>&1) \
    || { fail "the record of what is applied cannot be read: $(reason "$said")"; return; }
  recorded='' mine='' from='' objects=()
  { IFS= read -r recorded && IFS= read -r mine && IFS= read -r from && mapfile -t objects; } <<<"$said" || :
  [[ ${#objects[@]} -gt 0 && -n ${objects[0]} ]] || objects=()
}

# Before the first of them exists: nothing is forgotten, wherever this is cut short.
record_objects() {
  local data
  data="\"data\":{\"objects\":$(lines "${objects[@]}" "${wanted_ids[@]}")}"
  [[ -z $recorded ]] || { write_record "{$data}"; return; }
  # When it is there all the same, or cannot be made, the patch says why.
  api create --filename=- <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"'"$record"'","namespace":"'"$namespace"'"},'"$data}" \
    >/dev/null 2>&1 || write_record "{$data}"
}

write_record() { # JSON
  local said
  said=$(api patch configmap "$record" --namespace="$namespace" --type=merge --patch="$1" 2>&1) \
    || fail "what is applied cannot be recorded: $(reason "$said")"
}

lines() { # ITEMS...: as one JSON string; names of objects need no escape
  local text
  printf -v text '%s\\n' "$@"
  printf '"%s"' "${text%\\n}"
}

generation() {
  local key value
  [[ ! -f $root/var/lib/ironkeel/applied/manifest ]] || while read -r key value; do
    [[ $key != generation ]] || { printf '%s' "$value"; return; }
  done <"$root/var/lib/ironkeel/applied/manifest"
}

# --- applying ------------------------------------------------------------------------------------------------------

# Applies what this controller holds, unless the cluster has it or, from another controller, something later.
apply() {
  local recorded mine from objects said users_first
  read_digest
  read_record || return
  if [[ $recorded == "$digest" && $mine == "$digest" ]] && stamped ours; then return 0; fi
  if [[ -n $recorded && $recorded != "$digest" && $mine == "$digest" ]]; then
    later=yes
    return 0
  fi
  status 'applying the manifests'
  read_users
  read_ours
  [[ $recorded == "$digest" ]] || record_objects || return
  # Pods of ours may need what takes the place of our objects: without it the kubelet would try ever more seldom. What
  # cannot be applied yet is applied, or named, after ours.
  [[ -z $users_first ]] || (apply_users) 2>/dev/null || :
  apply_ours || return
  prune || return
  [[ $recorded == "$digest" && $mine == "$digest" && $from == "$(generation)" ]] || write_record "$(written)" || return
  printf '%s\n' "$digest" >"$work/ours"
  say "applied ${#wanted_ids[@]} objects"
}

apply_ours() {
  local said tries id unknown left=()
  for id in "${wanted_ids[@]}"; do [[ -z ${wanted[$id]} ]] || left+=("$id"); done
  for tries in {1..5}; do
    said=$(for id in "${left[@]}"; do printf -- '---\n%s' "${wanted[$id]}"; done | api apply "${how[@]}" --filename=- 2>&1) && return 0
    [[ $said == *'no matches for kind'* ]] || break
    # Of a kind that the same manifests define: the API server knows it a moment later. If that is all that it said, it
    # has taken the others.
    unknown=()
    for id in "${left[@]}"; do [[ $said != *"no matches for kind \"${id%%.*}\" in version"* ]] || unknown+=("$id"); done
    (($(grep -c 'serverside-applied$' <<<"$said") + ${#unknown[@]} != ${#left[@]})) || left=("${unknown[@]}")
    sleep "${IRONKEEL_RETRY_SECONDS:-0.5}"
  done
  fail "not everything could be applied: $(reason "$said")"
}

stamped() { [[ -f $work/$1 && $(<"$work/$1") == "$digest" ]]; }

written() {
  printf '{"metadata":{"annotations":{"ironkeel.dev/digest":"%s"}},"data":{"objects":%s,"controller.%s":"%s","generation.%s":"%s"}}' \
    "$digest" "$(lines "${wanted_ids[@]}")" "$name" "$digest" "$name" "$(generation)"
}

apply_users() {
  local files said
  [[ -z $later ]] && ! stamped users || return 0
  users_files
  ((${#files[@]} == 0)) || said=$(api apply "${how[@]}" "${files[@]/#/--filename=}" 2>&1) \
    || { fail "the manifests in ${users#"$root"} could not all be applied: $(reason "$said")"; return; }
  printf '%s\n' "$digest" >"$work/users"
}

# Removes what was applied once and is no longer wanted, as long as it still has our label.
prune() {
  local id kind space object said
  for id in "${objects[@]}"; do
    [[ -z ${wanted[$id]:-} && -z ${replaced[$id]:-} ]] || continue
    read -r kind space object <<<"$id"
    case $kind in
      # With these, what others made would go.
      Namespace.* | CustomResourceDefinition.* | PersistentVolume.* | PersistentVolumeClaim.* | Node.*) continue ;;
    esac
    [[ $space != - ]] || space=''
    said=$(api delete "$kind" ${space:+"--namespace=$space"} --selector="$managed" --field-selector="metadata.name=$object" --wait=false 2>&1) \
      || [[ $said == *'have a resource type'* || $said == *'no matches for kind'* ]] \
      || { fail "$kind $object, which is no longer wanted, could not be removed: $(reason "$said")"; return; }
    [[ $said != *deleted* ]] || say "removed $kind $object, which is no longer wanted"
  done
}

# --- nodes -----------------------------------------------------------------------------------------------------------

# Sets settings by node: "label:KEY=VALUE taint:KEY=VALUE:EFFECT …".
read_nodes() {
  local kind value node=''
  settings=()
  while read -r kind value; do
    case $kind in
      node) node=$value settings[$node]='' ;;
      label | taint) settings[$node]+="${settings[$node]:+ }$kind:$value" ;;
    esac
  done <"$folder/nodes"
}

# Gives every registered node its labels and taints, and takes away those it had from us before. Nodes are never
# made here: a node that registers by itself brings the taints that keep pods off until it is ready.
label_nodes() {
  local said node has taints patch names=()
  declare -A registered=() tainted=() nodes=()
  said=$(api get nodes -o "jsonpath=$node_row" 2>&1) || { fail "the nodes cannot be listed: $(reason "$said")"; return; }
  while IFS='|' read -r node has taints; do [[ -z $node ]] || { registered[$node]="=$has" tainted[$node]=$taints; }; done <<<"$said"
  missing=()
  read_nodes
  for node in "${!settings[@]}"; do
    if [[ -z ${registered[$node]:-} ]]; then missing+=("$node"); continue; fi
    has=${registered[$node]#=}
    # Once a boot also those that look right.
    [[ $has != "${settings[$node]}" || ! -f $work/node-$node ]] || continue
    taint_node "$node" "$has" "${settings[$node]}" "${tainted[$node]}" || return
    patch=$(patch_of "$has" "${settings[$node]}")
    nodes[$patch]+="$node "
  done
  for patch in "${!nodes[@]}"; do
    read -ra names <<<"${nodes[$patch]}"
    label "$patch" "${names[@]}" || return
  done
}

# What the loop above reads: NAME|SETTINGS|KEY=VALUE:EFFECT …
node_row='{range .items[*]}{.metadata.name}|{.metadata.annotations.ironkeel\.dev/settings}|{range .spec.taints[*]}{.key}={.value}:{.effect} {end}{"\n"}{end}'

taint_node() { # NODE HAS WANTS TAINTED
  local item taints=() gone=() said
  for item in $3; do
    item=${item#taint:}
    [[ $item == label:* || " $4 " == *" $item "* ]] || taints+=("$item")
  done
  for item in $2; do
    [[ $item != taint:* || " $3 " == *" ${item%%=*}="*":${item##*:} "* ]] || gone+=("$(key="${item#taint:}" && printf '%s:%s-' "${key%%=*}" "${item##*:}")")
  done
  ((${#taints[@]} == 0)) || said=$(api taint --overwrite node "$1" "${taints[@]}" 2>&1) || { lost "$1" "$said"; return; }
  for item in "${gone[@]}"; do
    said=$(api taint node "$1" "$item" 2>&1) || [[ $said == *'not found'* ]] || { lost "$1" "$said"; return; }
  done
}

# Prints the change that brings the labels, and the note of all settings. None of them needs an escape.
patch_of() { # HAS WANTS
  local item labels=''
  for item in $2; do
    [[ $item != label:* ]] || { item=${item#label:} && labels+=",\"${item%%=*}\":\"${item#*=}\""; }
  done
  for item in $1; do
    [[ $item != label:* || " $2 " == *" ${item%%=*}="* ]] || { item=${item#label:} && labels+=",\"${item%%=*}\":null"; }
  done
  printf '{"metadata":{"labels":{%s},"annotations":{"ironkeel.dev/settings":"%s"}}}' "${labels#,}" "$2"
}

# Nodes that get the same get it at once.
label() { # PATCH NODE…
  local said node patch=$1
  shift
  said=$(api patch node "$@" --type=merge --patch="$patch" 2>&1) || { lost "$*" "$said"; return; }
  for node; do
    : >"$work/node-$node"
    [[ ${registered[$node]#=} == "${settings[$node]}" ]] || say "the node $node has its labels and taints"
  done
}

lost() { fail "the node $1 could not get its labels and taints: $(reason "$2")"; } # NODE OUTPUT

# --- the run -----------------------------------------------------------------------------------------------------------

# Everything once. What the user's own manifests lack holds up nothing else.
pass() {
  local good=yes later=''
  ready || return
  apply || return
  # The cluster answers and holds our manifests: from now on an empty etcd is a loss, not a beginning.
  [[ ! -f $bin/ironkeel-etcd ]] || bash "$bin/ironkeel-etcd" joined || say 'warning: ironkeel-etcd could not note that the cluster is up' >&2
  apply_users || good=''
  label_nodes || return
  [[ -z $later ]] || say_once 'another controller has applied later manifests: those of this one are left'
  [[ -n $good ]]
}

# Whether all there is to do for now is to look who has registered since.
late_nodes() {
  ((${#missing[@]} > 0 && SECONDS - since < 300)) && read_digest && stamped ours && stamped users
}

main() {
  local failures=0 since=$SECONDS pause
  [[ $# -eq 0 || ($# -eq 1 && $1 == --once) ]] || die 'usage: ironkeel-apply [--once]'
  ((EUID == 0)) || [[ -n $root ]] || die 'only root can do this'
  mkdir -p -- "$work"
  name=$(<"$root/etc/ironkeel/node-name")
  exec 9>"$work/lock"
  flock -n 9 || die 'another run is at work'
  while :; do
    if if late_nodes; then label_nodes; else pass; fi; then
      failures=0 said_last=''
      if ((${#missing[@]} == 0)); then break; fi
      fail "not registered yet: ${missing[*]}" || :
      pause=$((SECONDS - since < 300 ? 2 : 30))
    else
      failures=$((failures + 1)) pause=$((failures < 120 ? 1 : 10)) missing=()
    fi
    [[ ${1:-} != --once ]] || exit 1
    ((failures < ${IRONKEEL_TRIES:-300})) || die 'giving up for now; systemd starts this again'
    { [[ -n $silent ]] && await_listener; } || sleep "${IRONKEEL_RETRY_SECONDS:-$pause}"
  done
  status 'done: everything is applied, every node has registered'
}

main "$@"
