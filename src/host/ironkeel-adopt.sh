#!/usr/bin/env bash
# ironkeel-adopt: makes the newest configuration this machine was given the one it runs.
#
#   ironkeel-adopt            take what an attached drive offers, adopt the highest whole generation
#   ironkeel-adopt --status   show what is applied and what is waiting
#
# Exit 0: the newest generation offered is the one applied. Exit 1: something offered was not adopted, or
# nothing ever was; the lines above say what and why. Needs bash, coreutils, util-linux, tar and systemctl.
# The format of a generation and the order of the steps: docs/reference/generations.md.
set -euo pipefail
export LC_ALL=C
umask 077

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
state=$root/var/lib/ironkeel
incoming=$state/incoming
applied=$state/applied/manifest # what the machine runs
marker=$state/adopting          # while present, an adoption was begun and is not finished
run=$root/run/ironkeel
systemctl=${IRONKEEL_SYSTEMCTL:-systemctl}
problems=0 current=0 floor=0 ready='' redo='' chosen='' why='' mounted=''
staged=() changed=()
declare -A old=() new=() now=() folders=()

say() { printf 'ironkeel-adopt: %s\n' "$*"; }
warn() { say "warning: $*" >&2; }
complain() { say "$*" >&2; problems=1; }
die() { say "$*" >&2; exit 1; }
free() { df --block-size=1M --output=avail -- "$1" | tail -n 1 | tr -d ' '; }
# Whether the machine that runs this is the one configured; a scratch root with a systemctl of its own counts.
live() { [[ -z $root || -n ${IRONKEEL_SYSTEMCTL:-} ]]; }
unmount() { [[ -z $mounted ]] || umount -- "$run/drive" || umount --lazy -- "$run/drive"; mounted=''; }
trap '((${#staged[@]} == 0)) || rm -f -- "${staged[@]}"; unmount' EXIT

# --- manifests --------------------------------------------------------------------------------------------

# field NAME MANIFEST: the rest of the first line that starts with NAME.
field() {
  local key value
  while read -r key value; do
    [[ $key != "$1" ]] || { printf '%s' "$value"; return; }
  done <"$2"
}

same() { [[ $(field digest "$1") == "$(field digest "$2")" ]]; }

# load TABLE MANIFEST: adds each entry to the table, by its path or unit name: "kind mode uid gid sha256",
# "link target" or "unit state".
# shellcheck disable=SC2034 # what it refers to is used
load() {
  local -n table=$1
  local kind rest
  while read -r kind rest; do
    case $kind in
      directory | file) table[${rest##* }]="$kind ${rest% *}" ;;
      link) table[${rest%% *}]="link ${rest#* }" ;;
      unit) table[${rest#* }]="unit ${rest%% *}" ;;
    esac
  done <"$2"
}

# whole DIR GENERATION: whether the manifest is sealed and every file it names is there unharmed; if not, $why.
whole() {
  local manifest=$1/manifest sums='' bad kind rest
  why='it has no manifest'
  [[ -f $manifest ]] || return 1
  why='its manifest was cut short or changed'
  [[ $(tail -n 1 -- "$manifest") == "digest $(head -n -1 -- "$manifest" | sha256sum | cut -d ' ' -f 1)" ]] || return 1
  why="its manifest says format $(field ironkeel-manifest "$manifest"), generation $(field generation "$manifest")"
  [[ $(field ironkeel-manifest "$manifest") == 1 && $(field generation "$manifest") == "$2" ]] || return 1
  while read -r kind rest; do
    why="its manifest has entries this ironkeel-adopt does not know: $kind"
    case $kind in
      file) rest=${rest#* * * } sums+="${rest% *}  root${rest##* }"$'\n' ;;
      ironkeel-manifest | cluster | machine | generation | directory | link | unit | digest) ;;
      *) return 1 ;;
    esac
  done <"$manifest"
  [[ -n $sums ]] || return 0
  bad=$(cd -- "$1" && sha256sum --check --quiet 2>/dev/null <<<"${sums%$'\n'}") && return 0
  bad=${bad%%$'\n'*} bad=${bad#root}
  why="${bad%%: FAILED*} is missing or does not match its checksum"
  return 1
}

# ours MANIFEST: whether it is for this machine, and of the cluster the machine belongs to; if not, $why.
ours() {
  local machine
  machine=$(field machine "$1")
  why="it is for the machine $machine, which this is not"
  [[ ! -f $root/etc/ironkeel/machine || $(<"$root/etc/ironkeel/machine") == "$machine" ]] || return 1
  why="it is of the cluster $(field cluster "$1"), this machine of another one; to hand it over, remove $state/applied"
  [[ ! -f $applied || $(field cluster "$applied") == "$(field cluster "$1")" ]]
}

# --- what is offered ------------------------------------------------------------------------------------------

take_drives() {
  local label device options
  if [[ -n ${IRONKEEL_DRIVE_DIR:-} ]]; then take "$IRONKEEL_DRIVE_DIR"; return; fi
  [[ -n $root ]] || udevadm settle --timeout=5 2>/dev/null || :
  for label in config-2 CONFIG-2 cidata CIDATA; do
    device=$root/dev/disk/by-label/$label
    [[ -b $device ]] || continue
    options=ro,nodev,nosuid,noexec
    [[ $(blkid -o value -s TYPE -- "$device") != vfat ]] || options+=,umask=0077
    mkdir -p -- "$run/drive"
    mount -o "$options" -- "$device" "$run/drive" || { complain "the drive $label could not be mounted"; continue; }
    mounted=yes
    take "$run/drive"
    unmount
  done
}

# take FOLDER: unpacks the generation a drive holds into incoming, unless the machine has it or a newer one.
take() {
  local payload=$1/ironkeel/payload.tar names types generation name aside
  [[ -f $payload ]] || { say 'the attached drive holds no ironkeel/payload.tar: it is not for us'; return 0; }
  names=$(tar -tf "$payload" 2>/dev/null) || { complain "the drive's payload.tar is damaged: it is ignored"; return 0; }
  types=$(tar -tvf "$payload" | cut -c 1 | sort -u | tr -d '\n')
  generation=${names%%/*}
  [[ $generation =~ ^[1-9][0-9]{0,14}$ && ($types == - || $types == -d) ]] \
    || { complain "the drive's payload.tar is not a generation's: it is ignored"; return 0; }
  while read -r name; do
    [[ $name =~ ^$generation/((manifest|root/[A-Za-z0-9._@:+/-]*)?)$ && /$name/ != */../* ]] \
      || { complain "the drive's payload.tar holds $name, which is outside of its generation: it is ignored"; return 0; }
  done <<<"$names"
  ((generation >= floor)) || { say "the drive holds generation $generation, older than $floor: it is ignored"; return 0; }
  if [[ -z $redo && $generation == "$current" ]]; then
    name=$(tar -xOf "$payload" "$generation/manifest" 2>/dev/null | tail -n 1)
    [[ $name == "digest $(field digest "$applied")" ]] || refuse_twin "$generation"
    return 0
  fi
  ! whole "$incoming/$generation" "$generation" || return 0
  aside=$incoming/.$generation.tmp
  rm -rf -- "$aside" && mkdir -p -- "$aside"
  if ! tar -xmf "$payload" -C "$aside" --strip-components=1 --no-same-owner --no-same-permissions; then
    complain "generation $generation could not be unpacked into $incoming ($(free "$incoming") MB free)"
  elif ! whole "$aside" "$generation"; then
    complain "generation $generation on the drive is damaged: $why"
  elif ! ours "$aside/manifest"; then
    complain "generation $generation on the drive is refused: $why"
  else
    sync -f -- "$aside"
    rm -rf -- "${incoming:?}/$generation"
    mv -T -- "$aside" "$incoming/$generation"
    sync -f -- "$incoming"
    say "the drive brought generation $generation"
  fi
  rm -rf -- "$aside"
}

refuse_twin() {
  complain "another configuration is also called generation $1: refused. Build again with the cluster's own" \
    "ironkeel.lock, so that it gets a number of its own"
}

generations() { # highest first
  local folder
  for folder in "$incoming"/*; do
    [[ ! ${folder##*/} =~ ^[1-9][0-9]{0,14}$ ]] || printf '%s\n' "${folder##*/}"
  done | sort -rn
}

# Sets $chosen to the generation to adopt; leaves it empty when the machine runs the best one already.
choose() {
  local generation at_rest
  for generation in $(generations); do
    at_rest=''
    [[ -n $redo || $generation != "$current" ]] || at_rest=yes
    if ((generation < floor)); then
      return
    elif ! whole "$incoming/$generation" "$generation"; then
      [[ -n $at_rest ]] || complain "generation $generation is damaged: $why. It is ignored"
    elif [[ -n $at_rest ]]; then
      same "$incoming/$generation/manifest" "$applied" || refuse_twin "$generation"
      return
    elif ours "$incoming/$generation/manifest"; then
      chosen=$generation
      return
    else
      complain "generation $generation is refused: $why"
    fi
  done
}

# --- adopting -----------------------------------------------------------------------------------------------------

# survey: fills $now with what is at the place of each entry, in the words of the manifest.
survey() {
  local path kind mode uid gid sum places=()
  for path in "${!new[@]}"; do [[ $path != /* ]] || places+=("$root$path"); done
  while read -r path mode uid gid kind; do
    path=${path#"$root"}
    ((EUID == 0)) || read -r _ _ uid gid _ <<<"${new[$path]}" # nobody else can set an owner: taken as right
    case $kind in
      directory) now[$path]="directory $mode $uid $gid" ;;
      regular*) now[$path]="file $mode $uid $gid" ;;
      *) now[$path]="link $(readlink -- "$root$path" || :)" ;;
    esac
  done < <(stat -c '%n %04a %u %g %F' -- "${places[@]}" 2>/dev/null)
  while read -r sum path; do
    [[ ${now[${path#"$root"}]:-} != file* ]] || now[${path#"$root"}]+=" $sum"
  done < <(sha256sum -- "${places[@]}" 2>/dev/null)
}

folder() { [[ -d $1 ]] || (umask 022 && mkdir -p -- "$1"); }

# stage DIR: writes what differs beside its final place. Nothing the machine uses changes yet, so that a full
# disk or a power cut here leaves it as it was.
stage() {
  local path target aside kind mode uid gid owner=()
  ((${#new[@]} == 0)) || survey
  for path in $(printf '%s\n' "${!new[@]}" | sort); do # folders before what is in them
    [[ ${new[$path]} != "${now[$path]:-}" && ${new[$path]} != unit* ]] || continue
    read -r kind mode uid gid _ <<<"${new[$path]}"
    target=$root$path aside=$root${path%/*}/.${path##*/}.ironkeel-new
    why="$path is in the way: a $kind belongs there"
    [[ $kind == directory || ! -d $target || -L $target ]] || return 1
    [[ $kind != directory || -d $target || ! -e $target ]] || return 1
    why="$path cannot be written"
    folder "${target%/*}" || return 1
    if [[ $kind == directory ]]; then
      [[ -d $target ]] || mkdir -m "$mode" -- "$target" || return 1 # never open to more than it is to be
      continue
    fi
    staged+=("$aside") changed+=("$path") folders[${target%/*}]=yes
    if [[ $kind == link ]]; then
      ln -sfn -- "$mode" "$aside" || return 1
    else
      ((EUID != 0)) || owner=(-o "$uid" -g "$gid")
      install "${owner[@]}" -m "$mode" -- "$1/root$path" "$aside" || return 1
    fi
  done
  why='the disk refused to write'
  flush
}

flush() { # every file system with a folder in which something changed, once
  local place said places=() first=()
  for place in "${!folders[@]}"; do [[ ! -d $place ]] || places+=("$place"); done
  ((${#places[@]} > 0)) || return 0
  first=("${places[@]}")
  said=$(stat -c '%d %n' -- "${places[@]}" | sort -u -k 1,1 | cut -d ' ' -f 2-) || said=''
  [[ -z $said ]] || mapfile -t first <<<"$said"
  sync -f -- "${first[@]}"
}

# From here on a cut adoption is finished by the next run. What the cut one placed stays on record in the marker.
begin() {
  rm -f -- "$run/adopted"
  [[ ! -e $marker ]] || ! same "$marker" "$1" || return 0
  { cat -- "$1" && if [[ -e $marker ]]; then cat -- "$marker"; fi; } >"$marker.new"
  put "$marker.new" "$marker"
}

put() { # NEW PATH: durably
  sync -- "$1"
  mv -T -- "$1" "$2"
  sync -f -- "${2%/*}"
}

place() {
  local path kind mode uid gid
  for path in "${!new[@]}"; do
    [[ ${new[$path]} == directory* && ${new[$path]} != "${now[$path]:-}" ]] || continue
    read -r kind mode uid gid <<<"${new[$path]}"
    ((EUID != 0)) || chown -- "$uid:$gid" "$root$path"
    chmod -- "$mode" "$root$path" # last: a new owner clears some bits
    folders[$root$path]=yes
  done
  for path in "${changed[@]}"; do
    mv -T -- "$root${path%/*}/.${path##*/}.ironkeel-new" "$root$path"
  done
  staged=()
  ! live || ((${#changed[@]} == 0)) || ! command -v restorecon >/dev/null || restorecon "${changed[@]/#/$root}" || :
}

# Removes what an earlier generation placed and this one does not hold; never a folder that is not empty.
remove_stale() {
  local path
  for path in $(printf '%s\n' "${!old[@]}" | sort -r); do # what is inside comes before its folder
    [[ $path == /* && -z ${new[$path]:-} ]] || continue
    case ${old[$path]} in
      directory*) rmdir -- "$root$path" 2>/dev/null || : ;;
      *)
        [[ -f $root$path || -L $root$path ]] || continue
        rm -f -- "$root$path"
        folders[$root${path%/*}]=yes
        ;;
    esac
  done
}

units() { # VERB NAME…: at once; where that fails, one by one
  local verb=$1 name said
  shift
  (($# == 0)) || change_units "$verb" "$@" >/dev/null 2>&1 || for name; do
    # A unit the system does not have is said, and no reason to stay out of service.
    said=$(change_units "$verb" "$name" 2>&1) || warn "$verb $name: $said"
  done
}

change_units() { (umask 022 && "$systemctl" ${root:+"--root=$root"} "$1" --no-reload --quiet "${@:2}" </dev/null); }

stop() { ! live || "$systemctl" stop --no-block "$1" 2>/dev/null </dev/null || :; }

# While their files are still there: units that leave or are no longer enabled are let go.
release_units() {
  local name now unmasked=() disabled=()
  for name in "${!old[@]}"; do
    [[ ${old[$name]} == unit* ]] || continue
    now=${new[$name]:-gone}
    # An adoption that was cut may have masked what an even newer one does not.
    [[ $now == 'unit masked' || (${old[$name]} != 'unit masked' && -z $redo) ]] || unmasked+=("$name")
    case "${old[$name]}, $now" in
      'unit enabled, unit enabled') ;;
      'unit enabled, '* | 'unit disabled, gone') disabled+=("$name") ;;
    esac
  done
  units unmask "${unmasked[@]}"
  units disable "${disabled[@]}"
  for name in "${disabled[@]}"; do stop "$name"; done
}

set_units() {
  local name enabled=() disabled=() masked=()
  for name in "${!new[@]}"; do
    case ${new[$name]} in
      'unit enabled') enabled+=("$name") ;;
      'unit disabled') disabled+=("$name") ;;
      'unit masked') masked+=("$name") ;;
    esac
  done
  units enable "${enabled[@]}"
  units disable "${disabled[@]}"
  units mask "${masked[@]}"
  for name in "${masked[@]}"; do [[ ${old[$name]:-} == 'unit masked' ]] || stop "$name"; done
}

adopt() { # GENERATION, which is staged
  local manifest=$incoming/$1/manifest
  begin "$manifest"
  release_units
  place
  remove_stale
  set_units
  flush
  ! live || "$systemctl" daemon-reload </dev/null || warn 'systemd did not read its units again'
  activate
  mkdir -p -- "$state/applied"
  printf '%s\n' "$1" >"$state/applied/generation.new"
  put "$state/applied/generation.new" "$state/applied/generation"
  cp -- "$manifest" "$applied.new"
  put "$applied.new" "$applied"
  rm -f -- "$marker"
  sync -f -- "$state"
  current=$1
  say "generation $1 is adopted, ${#changed[@]} files changed"
}

