#!/usr/bin/env bash
# ironkeel-etcd: decides whether this controller's member of etcd may start, and gives a wiped one its place again.
#
#   ironkeel-etcd guard     before each start of the kubelet: lets the member start, or stops it and says why
#   ironkeel-etcd joined    the member is in service: from now on an empty disk does not make a new cluster
#   ironkeel-etcd replace   after the disk was wiped, while most of the other members run
#   ironkeel-etcd restore SNAPSHOT   after all data was lost: on every controller, from the same file
#   ironkeel-etcd anew      after the only member lost its data, and there is no snapshot: start with nothing
#   ironkeel-etcd status
#
# Two wiped members that start as new ones can form a new cluster and make the others give up their data
# (etcd-io/etcd#9630, #12227); a wiped sole one silently starts with nothing. So a member with an empty disk starts
# only while the cluster has never been up, or where somebody has said so. Needs bash, coreutils and, for replace and
# restore, etcdctl and etcdutl.
set -euo pipefail
shopt -s extglob
export LC_ALL=C
umask 077
PATH=$PATH:$(dirname -- "${BASH_SOURCE[0]}"):/opt/bin:/usr/local/bin

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
config=$root/etc/kubernetes/etcd
pki=$root/etc/kubernetes/pki/etcd
live=$root/etc/kubernetes/manifests/etcd.yaml
data=$root/var/lib/etcd
joined=$root/var/lib/ironkeel/etcd-joined       # names the cluster the member has been in service of
replacing=$root/var/lib/ironkeel/etcd-replacing # the id the others gave it, while it is new among them
anew=$root/var/lib/ironkeel/etcd-anew           # names the cluster that somebody wants begun with nothing
run=$root/run/ironkeel
patience=${IRONKEEL_WAIT_SECONDS:-600}

say() { printf 'ironkeel-etcd: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }
put() { sync -- "$1" && mv -T -- "$1" "$2" && sync -- "${2%/*}"; } # NEW PATH: durably

# A write-ahead log is what etcd itself calls a member's data.
has_data() { compgen -G "$data/member/wal/*.wal" >/dev/null; }

cluster() { # its id, by the configuration this machine has adopted
  local key value
  while read -r key value; do [[ $key != cluster ]] || { printf '%s' "$value"; return; }; done 2>/dev/null \
    <"$root/var/lib/ironkeel/applied/manifest" || :
}

members() { grep -c . "$config/members"; }

# --- guard -----------------------------------------------------------------------------------------------------------

guard() {
  local state owner=''
  [[ -f $config/pod.yaml ]] || { rm -f -- "$live"; return; }
  state=$(<"$config/state")
  [[ ! -f $joined ]] || owner=$(<"$joined")
  if [[ -n $owner && $owner != "$(cluster)" ]]; then
    if has_data; then
      refuse "$data holds the data of another cluster." \
        "Move it away, remove /var/lib/ironkeel/etcd-joined, then: systemctl restart kubelet"
      return
    fi
    rm -f -- "$joined" "$replacing" "$anew" # the machine was given to a new cluster
  fi
  if has_data; then allow 'the member starts with its data' "$state"
  elif [[ -f $replacing ]]; then allow 'the member starts as a replacement, and gets the data of the others' existing
  elif [[ -f $anew && $(<"$anew") == "$(cluster)" ]]; then allow 'the member starts with nothing, as it was told to' new
  elif [[ $state == new && ! -f $joined ]]; then allow 'the member starts with nothing: this cluster has never been up' new
  elif (($(members) == 1)); then
    refuse "$data is empty, though the cluster has been up, and no other machine has its data." \
      "Restore the disk, then systemctl restart kubelet, or a snapshot with ironkeel-etcd restore FILE. Where there is neither, ironkeel-etcd anew starts with nothing"
  else
    refuse "$data is empty, though the cluster has been up." \
      "While most controllers run: ironkeel-etcd replace. Otherwise restore the disk, then systemctl restart kubelet, or a snapshot on every controller with ironkeel-etcd restore FILE"
  fi
}

# allow WHY new|existing: shows the kubelet the pod, unless it is the one it has.
allow() {
  local pod aside=${live%/*}/.etcd.ironkeel-new
  pod=$(<"$config/pod.yaml")
  pod=${pod/--initial-cluster-state=*([a-z])/--initial-cluster-state=$2}
  if [[ ! -f $live || $(<"$live") != "$pod" ]]; then
    printf '%s\n' "$pod" >"$aside"
    put "$aside" "$live"
  fi
  tell started "$1"
}

refuse() { # WHAT REMEDY
  rm -f -- "$live"
  tell stopped "$1 $2"
}

tell() { # started|stopped WHY: to the journal, and one line for ironkeel status
  mkdir -p -- "$run"
  (umask 022 && printf '%s: %s\n' "$1" "$2" >"$run/etcd-status")
  say "$2"
}

# --- joined ------------------------------------------------------------------------------------------------------------

join() {
  has_data || die "$data is empty: there is no member to be in service"
  rm -f -- "$replacing" "$anew"
  [[ ! -f $joined || $(<"$joined") != "$(cluster)" ]] || return 0
  printf '%s\n' "$(cluster)" >"$joined.new"
  put "$joined.new" "$joined"
  say 'the member is in service'
}

# --- replace -----------------------------------------------------------------------------------------------------------

ctl() { # ENDPOINT ARGUMENT…
  timeout 15 etcdctl --endpoints="$1" --cacert="$pki/ca.pem" --cert="$pki/healthcheck-client.pem" \
    --key="$pki/healthcheck-client-key.pem" --dial-timeout=3s --command-timeout=10s "${@:2}"
}

require_member() {
  ((EUID == 0)) || [[ -n $root ]] || die 'only root can do this'
  [[ -f $config/pod.yaml ]] || die 'this machine has no member of etcd'
}

# Sets name, peer and other: this machine's, and the client URL of a controller that answers.
find_others() {
  local member ip
  name=$(<"$root/etc/ironkeel/machine") peer='' other=''
  while read -r member ip; do
    if [[ $member == "$name" ]]; then peer=https://$ip:2380
    elif [[ -z $other ]] && ctl "https://$ip:2379" member list >/dev/null 2>&1 </dev/null; then other=https://$ip:2379; fi
  done <"$config/members"
  [[ -n $peer ]] || die "$name is not in $config/members"
  [[ -n $other ]] || die 'no other controller answers with a leader: start them first. When their disks are lost too, restore a snapshot on each with ironkeel-etcd restore FILE'
}

# Sets id and learner for this machine among the members; false when it is not among them.
find_self() {
  local fields
  id=''
  while IFS= read -r fields; do
    [[ ,${fields// /}, == *",$peer,"* ]] || continue
    id=${fields%%,*} learner=${fields##*, }
  done < <(ctl "$other" member list --write-out=simple)
  [[ -n $id ]]
}

replace() {
  local name peer other id learner said
  require_member
  (($(members) > 1)) || die 'this is the only member: there is nobody to get the data from. Restore a snapshot with ironkeel-etcd restore FILE'
  command -v etcdctl >/dev/null || die 'etcdctl is not installed yet: see journalctl -u ironkeel-install'
  ! has_data || [[ -f $replacing ]] || die "$data holds data: nothing has to be replaced. See ironkeel-etcd status"
  find_others
  if ! has_data; then take_place; fi
  guard
  say 'waiting until the member has all data; systemctl status kubelet says whether its pod can start'
  until find_self && [[ $learner == false ]]; do
    ((SECONDS < patience)) || die "it has not all data after $patience s (${said:-nobody answers}). Run ironkeel-etcd replace again to wait longer"
    [[ -n $id ]] || die 'somebody has removed the member meanwhile: run ironkeel-etcd replace again'
    said=$(ctl "$other" member promote "$id" 2>&1) || sleep "${IRONKEEL_RETRY_SECONDS:-2}"
  done
  join
}

# insist WHAT ARGUMENT…: the others refuse changes for some seconds after one of them came or went.
insist() {
  local what=$1 said
  shift
  until said=$(ctl "$other" "$@" 2>&1); do
    ((SECONDS < patience)) || die "the others did not $what (${said##*Error: }). Most of them have to run: then run ironkeel-etcd replace again"
    sleep "${IRONKEEL_RETRY_SECONDS:-2}"
  done
}

# The place of the lost member goes to a new one, which has no vote until it has the data.
take_place() {
  if find_self && [[ $learner == false ]]; then
    say "removing the lost member $id"
    insist 'remove the lost member' member remove "$id"
    id=''
  fi
  if [[ -z $id ]]; then
    insist 'take the new member' member add "$name" --learner --peer-urls="$peer"
    find_self || die 'the new member is not among the others'
  fi
  printf '%s\n' "$id" >"$replacing.new"
  put "$replacing.new" "$replacing"
  say "the others take $name as the new member $id"
}

# --- restore, anew ---------------------------------------------------------------------------------------------------

# The members' addresses as etcd wants them; $peer is this machine's.
membership() {
  local member ip all=''
  while read -r member ip; do
    all+=,$member=https://$ip:2380
    [[ $member != "$name" ]] || peer=https://$ip:2380
  done <"$config/members"
  printf -v initial '%s' "${all#,}"
}

# Every member from the same file makes the cluster of that moment, by an identity of its own: a member that still has
# its data does not join it. What clients have seen since is gone: revisions go far ahead and the old ones count as
# compacted, so that whoever watches reads everything again.
restore() { # SNAPSHOT
  local name peer='' initial owner aside=$data/ironkeel-restoring token said
  require_member
  [[ -f $1 ]] || die "there is no file $1"
  command -v etcdutl >/dev/null || die 'etcdutl is not installed yet: see journalctl -u ironkeel-install'
  ! has_data || die "$data holds data, which stays: move $data/member away first, if it is to be replaced"
  name=$(<"$root/etc/ironkeel/machine")
  membership
  [[ -n $peer ]] || die "$name is not in $config/members"
  token=$(cluster)-$(sha256sum <"$1" | cut -c 1-12)
  rm -rf -- "$aside" "$data/member"
  # etcdutl says much, most of it to the error output.
  said=$(etcdutl snapshot restore "$1" --data-dir="$aside" --name="$name" --initial-cluster="$initial" \
    --initial-cluster-token="$token" --initial-advertise-peer-urls="$peer" --bump-revision=1000000000 --mark-compacted 2>&1) \
    || { rm -rf -- "$aside"; die "$1 is not restored: ${said##*$'\n'}"; }
  owner=$(stat --format=%u:%g -- "$data")
  chown -R -- "$owner" "$aside"
  sync -- "$aside"/member/wal/* "$aside"/member/snap/*
  put "$aside/member" "$data/member"
  rm -rf -- "$aside" "$replacing" "$anew"
  say "$data holds what was in $1"
  (($(members) == 1)) || say 'run the same on every other controller, with the same file'
  guard
}

# Says yes to losing everything. For one member alone: of several with empty disks two could make a third give up
# its data.
begin_anew() {
  require_member
  ! has_data || die "$data holds data: there is a cluster to start with. See ironkeel-etcd status"
  (($(members) == 1)) || die 'several controllers begin anew as a new cluster only: move secrets.json, ironkeel.lock and inventory away, build, and give every machine an empty disk and its new drive'
  printf '%s\n' "$(cluster)" >"$anew.new"
  put "$anew.new" "$anew"
  guard
  say 'the cluster begins anew; once it is Ready, ironkeel wait --begun-anew records it'
}

# --- status ------------------------------------------------------------------------------------------------------------

status() {
  local name='' peer='' other=''
  [[ -f $config/pod.yaml ]] || { echo 'this machine has no member of etcd'; return; }
  printf 'state %s\n' "$(<"$config/state")"
  if has_data; then echo 'data yes'; else echo 'data no'; fi
  if [[ -f $joined ]]; then echo 'joined yes'; else echo 'joined no'; fi
  if [[ -f $replacing ]]; then printf 'replacing %s\n' "$(<"$replacing")"; fi
  if [[ -f $run/etcd-status ]]; then cat -- "$run/etcd-status"; fi
  ! command -v etcdctl >/dev/null || ctl https://127.0.0.1:2379 member list --write-out=table 2>/dev/null || echo 'the member does not answer'
}

case $#,${1:-} in
  1,guard) guard ;;
  1,joined) join ;;
  1,replace) replace ;;
  2,restore) restore "$2" ;;
  1,anew) begin_anew ;;
  1,status) status ;;
  *) die 'usage: ironkeel-etcd guard|joined|replace|restore SNAPSHOT|anew|status' ;;
esac
