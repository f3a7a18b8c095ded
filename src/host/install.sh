#   install.sh          keeps trying until everything is installed (what ironkeel-install.service runs)
#   install.sh --once   tries everything once; exit 1 when something is missing
#
# Every download is checked against its SHA-256 before it replaces anything, and continues where it was cut.
# Needs bash, coreutils, flock, tar with gzip, and curl or wget. See docs/reference/generations.md.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C
umask 022

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
state=$root/var/lib/ironkeel
downloads=$state/downloads
stamps=$state/stamps # by artefact: its SHA-256 and places, then what sha256sum says of them
run=$root/run/ironkeel
watcher=''

say() { printf 'ironkeel-install: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }
status() { printf '%s\n' "$*" 2>/dev/null >"$run/install-status" || :; } # one line, for ironkeel status
fail() { # WHAT WENT WRONG: said, kept for ironkeel status, and false
  say "$name $version: $*" >&2
  problem="$name $version: $*"
  return 1
}
free() { df --block-size=1M --output=avail -- "$1" | tail -n 1 | tr -d ' '; }
size() { stat -c %s -- "$1" 2>/dev/null || echo 0; }
megabytes() { printf '%s' $((($1 + 524288) / 1048576)); }
sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
full() { fail "$1 cannot be written, $(free "${1%/*}") MB are free there: make room, the rest goes by itself"; }
trap '[[ -z $watcher ]] || kill "$watcher" 2>/dev/null || :' EXIT

# Sets name, version, format, sha256, url, and mode[], to[], from[] for one row of the table and its programs.
each_artefact() { # COMMAND
  local kind a b c d e
  name=''
  while read -r kind a b c d e; do
    if [[ $kind == program ]]; then mode+=("$a") to+=("$b") from+=("$c"); continue; fi
    [[ -z $name ]] || "$1" || failed=yes
    name=$a version=$b format=$c sha256=$d url=$e mode=() to=() from=()
  done <<<"$artefacts"
  [[ -z $name ]] || "$1" || failed=yes
}

# Whether the artefact's programs are in place, unharmed and of this version.
installed() {
  [[ -f $stamps/$name && $(head -n 1 -- "$stamps/$name") == "$sha256 ${to[*]}" ]] || return 1
  tail -n +2 -- "$stamps/$name" | (cd -- "$root/" && sha256sum --check --status 2>/dev/null)
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
  local part=$downloads/$sha256.part got
  installed && return 0
  if [[ ! -f $part || $(sum "$part") != "$sha256" ]]; then
    fetch "$(source_of "$url")" "$part" || return 1
    got=$(sum "$part")
    if [[ $got != "$sha256" ]]; then
      rm -f -- "$part"
      fail "the download is refused: its SHA-256 should be $sha256 and is $got. What was installed before stays"
      return 1
    fi
  fi
  unpack "$part" && commit && rm -f -- "$part" && say "$name $version: installed"
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
  { printf '%s %s\n' "$sha256" "${to[*]}" && (cd -- "$root/" && sha256sum -- "${to[@]/#/.}"); } >"$stamps/.$name.new" \
    || { full "$stamps/$name"; return 1; }
  put "$stamps/.$name.new" "$stamps/$name"
}

put() { sync -- "$1" && mv -T -- "$1" "$2" && sync -- "${2%/*}"; } # NEW PATH

list() { printf '%s %s\n' "$name" "$version"; }

main() {
  local pause=5 failed='' progress='' problem=''
  local name version format sha256 url mode=() to=() from=()
  [[ $# -eq 0 || ($# -eq 1 && $1 == --once) ]] || die 'usage: install.sh [--once]'
  ((EUID == 0)) || [[ -n $root ]] || die 'only root can do this'
  [[ -z $http_proxy_url ]] || export http_proxy=$http_proxy_url
  [[ -z $https_proxy_url ]] || export https_proxy=$https_proxy_url
  [[ -z $no_proxy_hosts ]] || export no_proxy=$no_proxy_hosts
  mkdir -p -- "$downloads" "$stamps" "$run"
  exec 9>"$run/install.lock"
  flock -n 9 || { say 'waiting for another run to end'; flock 9; }
  while :; do
    failed='' progress=''
    each_artefact install_artefact
    [[ -n $failed ]] || break
    status "waiting: $problem"
    [[ ${1:-} != --once ]] || die "not everything is installed: see above"
    [[ -z $progress ]] || pause=5
    say "trying again in ${IRONKEEL_RETRY_SECONDS:-$pause} s"
    sleep "${IRONKEEL_RETRY_SECONDS:-$pause}"
    pause=$((pause < 160 ? pause * 2 : 300))
  done
  each_artefact list >"$state/installed.new"
  put "$state/installed.new" "$state/installed"
  rm -rf -- "$downloads" # of versions that were given up
  status "done: everything is installed"
  say "everything is installed"
}

main "$@"
