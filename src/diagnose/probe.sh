#!/usr/bin/env bash
# Prints what `ironkeel status` asks a machine, one `KEY VALUE` a line, between `probe 1` and `end`. Reads only;
# comes over ssh on standard input, so nothing of it lies on the machine. Runs as the login user, with sudo for
# what only root may see, and does without where sudo is refused.
# shellcheck shell=bash
set -u
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
run=$root/run/ironkeel
pki=$root/etc/kubernetes/pki/etcd
units=(containerd kubelet ironkeel-adopt ironkeel-install ironkeel-apply ironkeel-firewall)

put() { printf '%s %s\n' "$1" "${2//[$'\r\n']/ }"; }
each() { # KEY: every line of standard input under that key
  local line
  while IFS= read -r line || [[ -n $line ]]; do put "$1" "$line"; done
}

as_root() { timeout 10 "${sudo[@]}" "$@" 2>/dev/null </dev/null; }
journal() { as_root journalctl --boot --quiet --no-pager --output=cat --unit="$1.service" --lines="$2"; }
sudo=()
((EUID == 0)) || sudo=(sudo -n --)

privileges() {
  if as_root true; then put root yes; return; fi
  put root no
  sudo=()
}

adoption() {
  local program
  as_root ls -- "$root/var/lib/ironkeel/incoming" | each incoming
  for program in "$root"/opt/bin/ironkeel-adopt "$root"/usr/local/bin/ironkeel-adopt; do
    [[ -f $program ]] || continue
    as_root env ${root:+"IRONKEEL_ROOT=$root"} bash "$program" --status | each adopt
    return
  done
}

status_files() {
  local name
  for name in install-status apply-status etcd-status; do
    [[ ! -e $run/$name ]] || as_root cat -- "$run/$name" | each "$name"
  done
}

unit_states() {
  local properties=Id,LoadState,ActiveState,SubState,Result,NRestarts
  timeout 10 systemctl show --no-pager --property="$properties" "${units[@]/%/.service}" 2>/dev/null </dev/null | each unit
}

disk() {
  df --block-size=1 --output=avail,size -- "$root/var" 2>/dev/null | tail -n 1 | each disk
}

# What a unit that is not well said last.
journals() {
  journal ironkeel-adopt 3 | each journal-adopt
  journal ironkeel-install 3 | each journal-install
  journal ironkeel-apply 3 | each journal-apply
  systemctl is-active --quiet containerd.service 2>/dev/null || journal containerd 3 | each journal-containerd
  journal kubelet 300 | grep -E '^E[0-9]{4} |^Error|^ironkeel-|^kubelet.service: ' | tail -n 3 | each journal-kubelet
}

etcd() { # only where a member is to run
  local tool options
  tool=$(command -v etcdctl) && as_root test -e "$pki/healthcheck-client.pem" || return 0
  options=(--endpoints=https://127.0.0.1:2379 --cacert="$pki/ca.pem" --cert="$pki/healthcheck-client.pem"
    --key="$pki/healthcheck-client-key.pem" --dial-timeout=2s --command-timeout=2s --write-out=json)
  as_root "$tool" "${options[@]}" endpoint health | each etcd-health
  as_root "$tool" "${options[@]}" endpoint status | each etcd-endpoint
}

# Every member of an etcd that is somebody else's, by the API server's own certificate; etcdctl gives the reasons on
# its error output.
external_etcd() {
  local tool endpoints own=${pki%/*}/etcd-external
  tool=$(command -v etcdctl) && as_root test -e "$own/client.pem" || return 0
  endpoints=$(as_root cat -- "$root/etc/kubernetes/manifests/kube-apiserver.yaml" | grep -o -m 1 -e '--etcd-servers=[^"[:space:]]*')
  # shellcheck disable=SC2016 # the inner shell expands
  as_root bash -c 'exec "$@" 2>&1' etcdctl "$tool" --endpoints="${endpoints#*=}" --cacert="$own/ca.pem" \
    --cert="$own/client.pem" --key="$own/client-key.pem" --dial-timeout=2s --command-timeout=2s --write-out=json \
    endpoint health | each etcd-external
}

put probe 1
put time "$(date +%s)"
put boot-id "$(cat "$root/proc/sys/kernel/random/boot_id" 2>/dev/null)"
privileges
adoption
status_files
unit_states
disk
journals
etcd
external_etcd
put end 1
