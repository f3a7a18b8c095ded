#   install.sh          keeps trying until everything is installed (what ironkeel-install.service runs)
#   install.sh --once   tries everything once; exit 1 when something is missing
#
# Every download is checked against its SHA-256 before it replaces anything, and continues where it was cut. Images
# are imported into containerd and pinned, so that they are never collected. In the end the kubelet is started; what
# runs already is restarted only when its own program was replaced. IRONKEEL_MIRROR, when set, goes before the mirror
# above. Needs bash, coreutils, flock, tar with gzip, and curl or wget. See docs/reference/generations.md.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C
umask 022

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
state=$root/var/lib/ironkeel
downloads=$state/downloads
stamps=$state/stamps # by artefact: its SHA-256 and places, then what sha256sum says of them
run=$root/run/ironkeel
importing=$state/importing # the boot in which images are imported, until they have reached the disk
containers=$root/var/lib/containerd
systemctl=${IRONKEEL_SYSTEMCTL:-systemctl}
mirror=${IRONKEEL_MIRROR:-$mirror}
PATH=$PATH:$root/usr/local/bin:$root/opt/bin
watcher='' importer='' containerd='' store='' restart=()

say() { printf 'ironkeel-install: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }
status() { printf '%s\n' "$*" 2>/dev/null >"$run/install-status" || :; } # one line, for ironkeel status
fail() { # WHAT WENT WRONG: said, kept for ironkeel status, and false
  say "$name $version: $*" >&2
  problem="$name $version: $*"
  [[ $format == image ]] || lacking=yes # a program; without an image the kubelet can still ask the registry
  return 1
}
# Whether the machine that runs this is the one installed; a scratch root with a systemctl of its own counts.
live() { [[ -z $root || -n ${IRONKEEL_SYSTEMCTL:-} ]]; }
active() { live && "$systemctl" is-active --quiet "$1" 2>/dev/null; }
free() { df --block-size=1M --output=avail -- "$1" | tail -n 1 | tr -d ' '; }
size() { stat -c %s -- "$1" 2>/dev/null || echo 0; }
megabytes() { printf '%s' $((($1 + 524288) / 1048576)); }
sum() { sums "$1" | cut -d ' ' -f 1; }
# As sha256sum prints them. OpenSSL uses the processor's own instructions, which some sha256sum do not: six times faster.
sums() { if command -v openssl >/dev/null; then openssl dgst -sha256 -r -- "$@" | sed 's/ \*/  /'; else sha256sum -- "$@"; fi; }
no_room() { printf '%s cannot be written, %s MB are free there: make room, the rest goes by itself' "$1" "$(free "${1%/*}")"; }
full() { fail "$(no_room "$1")"; }
give_up() { # PLACE: nothing goes on without it; systemd begins anew after a while
  status "waiting: $(no_room "$1")"
  die "$(no_room "$1")"
}
trap '[[ -z $watcher ]] || kill "$watcher" 2>/dev/null || :' EXIT

# Sets name, version, format, sha256, url, and mode[], to[], from[] for one row of the table and its programs. A row
# whose address has no scheme is on the mirror alone.
each_artefact() { # COMMAND
  local kind a b c d e
  name=''
  while read -r kind a b c d e; do
    if [[ $kind == program ]]; then mode+=("$a") to+=("$b") from+=("$c"); continue; fi
    [[ -z $name ]] || "$1" || failed=yes
    name=$a version=$b format=$c sha256=$d url=$e mode=() to=() from=()
    [[ $url == *://* || -n $mirror ]] || name=''
  done <<<"$artefacts"
  [[ -z $name ]] || "$1" || failed=yes
}

# Whether the artefact's programs are in place, unharmed and of this version.
installed() {
  [[ -f $stamps/$name && $(head -n 1 -- "$stamps/$name") == "$sha256 ${to[*]}" ]] || return 1
  [[ $(tail -n +2 -- "$stamps/$name") == "$(cd -- "$root/" && sums "${to[@]/#/.}" 2>/dev/null)" ]]
}

# --- fetching -------------------------------------------------------------------------------------------------

source_of() { # URL: where it is fetched from, <mirror>/<host>/<path> when there is a mirror
  local base=${mirror%/}
  [[ $base != /* ]] || base=file://$base
  if [[ -n $base ]]; then printf '%s/%s' "$base" "${1#*://}"; else printf '%s' "$1"; fi
}

# watch PART HEADERS HAD: says how far the download is, now and then, until it is killed.
watch() {
  local total now before=$3
  while sleep "${IRONKEEL_PROGRESS_SECONDS:-5}" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    now=$(size "$1")
    ((now > before)) || continue
    before=$now
    # The length of the last answer, after redirections; of a continued download it is that of the rest.
    total=$(tr -d '\r' <"$2" | while read -r key value; do [[ ${key,,} != content-length: ]] || echo "$value"; done | tail -n 1)
    if [[ $total =~ ^[1-9][0-9]*$ ]]; then
      total=$((total + $3))
      total="$((now * 100 / total)) %, $(megabytes "$now") of $(megabytes "$total") MB"
    else
      total="$(megabytes "$now") MB so far"
    fi
    say "$name $version: $total"
    status "downloading $name $version: $total"
  done
}

# fetch SOURCE PART: makes PART the whole file; says why when it could not.
fetch() {
  local source=$1 part=$2 host before code=0 said=''
  host=${source#*://} host=${host%%/*} before=$(size "$part")
  if [[ $source == file://* ]]; then
    [[ -f ${source#file://} ]] || { fail "the mirror folder has no ${source#file://}"; return 1; }
    cp -- "${source#file://}" "$part" || full "$part"
    return
  fi
  if ((before > 0)); then say "$name $version: continuing after $(megabytes "$before") MB"; else say "$name $version: fetching $source"; fi
  status "downloading $name $version"
  : >"$part.headers"
  watch "$part" "$part.headers" "$before" 9>&- &
  watcher=$!
  if command -v curl >/dev/null; then
    said=$(curl --fail --location --silent --show-error --continue-at - --connect-timeout 20 --speed-limit 1000 --speed-time 60 \
      --proto '=http,https' --dump-header "$part.headers" --output "$part" --write-out ' HTTP %{http_code}' -- "$source" 2>&1) || code=$?
  elif command -v wget >/dev/null; then
    said=$(wget --no-verbose --continue --tries=1 --timeout=60 --output-document="$part" -- "$source" 2>&1) || code=wget$?
  else
    code=none
  fi
  kill "$watcher" 2>/dev/null || :
  wait "$watcher" 2>/dev/null || :
  watcher=''
  rm -f -- "$part.headers"
  explain
}

# The exit codes of curl and wget in plain words. Uses what fetch knows.
explain() {
  local http='an error' now
  [[ ! $said =~ (HTTP|ERROR)\ ([0-9]{3}) ]] || http=${BASH_REMATCH[2]}
  said=${said%$'\n'* HTTP *} said=${said##*curl: } now=$(size "$part")
  case $code in
    0) return 0 ;;
    none) fail 'this machine has neither curl nor wget: install one of them' ;;
    5 | 6) fail "no network or no DNS yet: the name of $host, or of the proxy, is not known ($said)" ;;
    7) fail "no network yet, or $host refuses connections ($said)" ;;
    35 | 51 | 58 | 60 | 77 | 91 | wget5)
      fail "$host cannot be trusted ($said). This machine's clock says $(date -u '+%Y-%m-%d %H:%M') UTC; a wrong clock is the usual reason"
      ;;
    22 | wget8)
      [[ $http != 416 ]] || rm -f -- "$part" # it is longer than the file: begin anew
      fail "$host answers $http for $source"
      ;;
    33) rm -f -- "$part"; fail "$host cannot continue a download: it begins anew" ;;
    23 | wget3) full "$part" ;;
    *)
      ((now <= before)) || progress=yes
      fail "the download was cut after $(megabytes "$now") MB and will be continued ($said)"
      ;;
  esac
}

# --- installing ----------------------------------------------------------------------------------------------

install_artefact() {
  local part=$downloads/$sha256.part
  if [[ $format == image ]]; then install_image "$part"; return; fi
  installed && return 0
  obtain "$part" && unpack "$part" || return 1
  case $name in containerd | kubelet) ! active "$name.service" || restart+=("$name.service") ;; esac
  commit && rm -f -- "$part" && say "$name $version: installed"
}

# obtain PART: makes PART the whole file and checks it.
obtain() {
  local got
  [[ ! -f $1 || $(sum "$1") != "$sha256" ]] || return 0
  fetch "$(source_of "$url")" "$1" || return 1
  got=$(sum "$1")
  [[ $got != "$sha256" ]] || return 0
  rm -f -- "$1"
  fail "the download is refused: its SHA-256 should be $sha256 and is $got. What was installed before stays"
}

aside() { printf '%s/.%s.ironkeel-new' "$root${1%/*}" "${1##*/}"; }

# unpack PART: puts every program beside its place.
unpack() {
  local tmp=$root${to[0]%/*}/.$name.ironkeel-new.d i found members wanted=()
  for i in "${!to[@]}"; do mkdir -p -- "$root${to[i]%/*}" || { fail "the folder of ${to[i]} cannot be made"; return 1; }; done
  if [[ $format == binary ]]; then
    cp --remove-destination -- "$1" "$(aside "${to[0]}")" || { rm -f -- "$(aside "${to[0]}")"; full "$root${to[0]}"; }
    return
  fi
  members=$'\n'$(tar -tzf "$1")$'\n' || { fail 'the archive cannot be read'; return 1; }
  for i in "${from[@]}"; do
    for found in "./$i" "$i" ''; do [[ $members != *$'\n'"$found"$'\n'* ]] || break; done
    [[ -n $found ]] || { fail "the archive holds no $i"; return 1; }
    wanted+=("$found")
  done
  rm -rf -- "$tmp"
  if ! mkdir -- "$tmp" || ! tar -xzf "$1" -C "$tmp" --no-same-owner -- "${wanted[@]}"; then
    rm -rf -- "$tmp"
    full "$root${to[0]}"
    return 1
  fi
  for i in "${!to[@]}"; do
    mv -f -- "$tmp/${from[i]}" "$(aside "${to[i]}")" || { rm -rf -- "$tmp"; full "$root${to[i]}"; return 1; }
  done
  rm -rf -- "$tmp"
}

# Puts the programs in place, each at once and durably, then the stamp that says so.
commit() {
  local i asides=() places=() folders=()
  for i in "${!to[@]}"; do
    asides+=("$(aside "${to[i]}")") places+=("$root${to[i]}") folders+=("$root${to[i]%/*}")
    chmod -- "${mode[i]}" "${asides[i]}" || return 1
  done
  ((EUID != 0)) || chown -- 0:0 "${asides[@]}" || return 1
  sync -- "${asides[@]}" || { full "${places[0]}"; return 1; }
  for i in "${!to[@]}"; do mv -T -- "${asides[i]}" "${places[i]}" || { fail "${places[i]} is in the way"; return 1; }; done
  sync -- "${folders[@]}"
  [[ -n $root ]] || ! command -v restorecon >/dev/null || restorecon -- "${places[@]}" || :
  { printf '%s %s\n' "$sha256" "${to[*]}" && (cd -- "$root/" && sums "${to[@]/#/.}"); } >"$stamps/.$name.new" \
    || { full "$stamps/$name"; return 1; }
  put "$stamps/.$name.new" "$stamps/$name"
}

put() { sync -- "$1" && mv -T -- "$1" "$2" && sync -- "${2%/*}"; } # NEW PATH

# --- images ---------------------------------------------------------------------------------------------------

# Warnings come before what went wrong, so the last line is the complaint.
images() { timeout "${IRONKEEL_IMPORT_SECONDS:-1800}" ctr --namespace k8s.io images "$@" 2>"$run/ctr-said" </dev/null; }
complaint() { tail -n 1 -- "$run/ctr-said" 2>/dev/null; }
this_boot() { cat -- "$root/proc/sys/kernel/random/boot_id" 2>/dev/null || echo unknown; }
holds() { [[ $'\n'$1$'\n' == *$'\n'"$2"$'\n'* ]]; } # LINES LINE

# Fetches an archive while the one before it is imported.
install_image() { # PART
  open_store || return 1
  imported && return 0
  obtain "$1" || return 1
  await_import
  [[ -e $importing ]] || { this_boot >"$importing.new" && put "$importing.new" "$importing"; } || { full "$importing"; return 1; }
  { import_image "$1" || { printf '%s' "$problem" >"$run/import-problem"; exit 1; }; } &
  importer=$!
}

await_import() {
  [[ -n $importer ]] || return 0
  wait "$importer" || failed=yes problem=$(<"$run/import-problem")
  importer=''
}

# Sets $store to the names of the images that containerd holds, once a round; containerd is started where it is not.
open_store() {
  [[ $containerd != up ]] || return 0
  [[ $containerd != down ]] || return 1 # said already
  local said=''
  containerd=down
  status 'starting containerd'
  if live && ! said=$(timeout 120 "$systemctl" start containerd.service 2>&1); then
    fail "cannot be imported: containerd does not start (${said##*$'\n'}). See journalctl -u containerd"
    return 1
  fi
  store=$(images ls -q) || { fail "cannot be imported: containerd does not answer ($(complaint))"; return 1; }
  containerd=up
  [[ ! -e $importing || $(<"$importing") == "$(this_boot)" ]] || drop_torn_images
}

# Power failed during an import: containerd may know images whose files never reached the disk. What no stamp
# vouches for goes; containerd then reads anew what is left.
drop_torn_images() {
  local ref vouched
  say 'the last import was cut: its images are imported again'
  vouched=$(cat -- "$stamps"/image-* 2>/dev/null || :)
  for ref in $store; do holds "$vouched" "$ref" || images rm --sync "$ref" >/dev/null || :; done
  ! live || timeout 120 "$systemctl" restart containerd.service || :
  store=$(images ls -q) || :
  rm -f -- "$importing"
}

# Whether every image of the archive really is in containerd.
imported() {
  local ref
  [[ -f $stamps/image-$sha256 ]] || return 1
  while read -r ref; do holds "$store" "$ref" || return 1; done <"$stamps/image-$sha256"
}

# Prints what it does in the same form in containerd 1.7 and 2: "unpacking NAME (DIGEST)...".
import_image() { # PART
  local said ref refs
  status "importing $name $version"
  said=$(images import --local "$1") || { explain_import "$(complaint)"; return 1; }
  refs=$(while read -r said ref _; do [[ $said != unpacking ]] || printf '%s\n' "$ref"; done <<<"$said")
  [[ -n $refs ]] || { fail 'the archive holds no named image for this kind of machine'; return 1; }
  for ref in $refs; do
    images label "$ref" io.cri-containerd.pinned=pinned >/dev/null || { fail "$ref cannot be pinned ($(complaint))"; return 1; }
  done
  printf '%s\n' "$refs" >"$stamps/.image-$sha256.new" || { full "$stamps/image-$sha256"; return 1; }
  say "$name $version: imported"
}

explain_import() { # WHAT CTR SAID
  if [[ $1 == *'no space left'* ]]; then full "$containers/images"; else fail "the archive cannot be imported ($1)"; fi
}

# What was imported reaches the disk; then the archives go, and the stamps say so.
settle_images() {
  local stamp news=()
  await_import
  [[ -e $importing ]] || return 0
  [[ ! -d $containers ]] || sync -f -- "$containers"
  for stamp in "$stamps"/.image-*.new; do [[ ! -f $stamp ]] || news+=("$stamp"); done
  if ((${#news[@]} > 0)); then
    sync -- "${news[@]}"
    for stamp in "${news[@]}"; do
      sha256=${stamp##*/.image-} sha256=${sha256%.new}
      mv -T -- "$stamp" "$stamps/image-$sha256"
      rm -f -- "$downloads/$sha256.part"
    done
    sync -- "$stamps"
  fi
  rm -f -- "$importing"
}

# Images that are wanted no more may be collected like any other.
release_images() {
  local stamp ref kept wanted
  wanted=$(each_artefact list_image)
  kept=$(while read -r stamp; do cat -- "$stamps/image-$stamp"; done <<<"$wanted" 2>/dev/null) || :
  for stamp in "$stamps"/image-*; do
    if [[ ! -f $stamp ]] || holds "$wanted" "${stamp##*/image-}"; then continue; fi
    open_store 2>/dev/null || return 0
    while read -r ref; do
      ! holds "$store" "$ref" || holds "$kept" "$ref" || images label "$ref" io.cri-containerd.pinned= >/dev/null || :
    done <"$stamp"
    rm -f -- "$stamp"
  done
}

list_image() { [[ $format != image ]] || printf '%s\n' "$sha256"; }

# --- services -------------------------------------------------------------------------------------------------

# Without waiting. What runs goes on running, unless its own program was replaced.
start_services() {
  local said unit
  live && [[ -z $lacking ]] || return 0
  for unit in "${restart[@]}"; do
    say "restarting $unit, whose program is new"
    said=$("$systemctl" restart --no-block "$unit" 2>&1) || say "$unit cannot be restarted ($said)" >&2
  done
  restart=()
  active kubelet.service || said=$("$systemctl" start --no-block kubelet.service 2>&1) || say "the kubelet cannot be started ($said)" >&2
}

list() { printf '%s %s\n' "$name" "$version"; }

main() {
  local pause=5 failed='' progress='' problem='' lacking=''
  local name version format sha256 url mode=() to=() from=()
  [[ $# -eq 0 || ($# -eq 1 && $1 == --once) ]] || die 'usage: install.sh [--once]'
  ((EUID == 0)) || [[ -n $root ]] || die 'only root can do this'
  [[ -z $http_proxy_url ]] || export http_proxy=$http_proxy_url
  [[ -z $https_proxy_url ]] || export https_proxy=$https_proxy_url
  [[ -z $no_proxy_hosts ]] || export no_proxy=$no_proxy_hosts
  mkdir -p -- "$run"
  mkdir -p -- "$downloads" "$stamps" || give_up "$downloads"
  exec 9>"$run/install.lock"
  flock -n 9 || { say 'waiting for another run to end'; flock 9; }
  while :; do
    failed='' progress='' lacking='' containerd=''
    each_artefact install_artefact
    settle_images
    start_services
    [[ -n $failed ]] || break
    status "waiting: $problem"
    [[ ${1:-} != --once ]] || die "not everything is installed: see above"
    [[ -z $progress ]] || pause=5
    say "trying again in ${IRONKEEL_RETRY_SECONDS:-$pause} s"
    sleep "${IRONKEEL_RETRY_SECONDS:-$pause}"
    pause=$((pause < 160 ? pause * 2 : 300))
  done
  { each_artefact list >"$state/installed.new" && [[ -z $failed ]] && put "$state/installed.new" "$state/installed"; } \
    || give_up "$state/installed"
  release_images
  rm -rf -- "$downloads" # of versions that were given up
  status "done: everything is installed"
  say "everything is installed"
}

main "$@"
