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
stamps=$state/stamps # what each artefact installed, as sha256sum wrote it
run=$root/run/ironkeel
watcher=''

say() { printf 'ironkeel-install: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }
status() { printf '%s\n' "$*" >"$run/install-status" 2>/dev/null || :; } # one line, for ironkeel status
fail() { # WHAT WENT WRONG: said, kept for ironkeel status, and false
  say "$name $version: $*" >&2
  problem="$name $version: $*"
  return 1
}
free() { df --block-size=1M --output=avail -- "$1" | tail -n 1 | tr -d ' '; }
size() { stat -c %s -- "$1" 2>/dev/null || echo 0; }
megabytes() { printf '%s' $((($1 + 524288) / 1048576)); }
sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
full() { fail "$1 cannot be written, $(free "${1%/*}") MB are free there: make room, nothing else is needed"; }
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
  local paths
  [[ -f $stamps/$name ]] || return 1
  { read -r paths && [[ $paths == "$sha256 ${to[*]}" ]] && sha256sum --check --status 2>/dev/null; } \
    < <(while read -r a b; do if [[ $b == /* ]]; then printf '%s  %s\n' "$a" "$root$b"; else printf '%s %s\n' "$a" "$b"; fi; done <"$stamps/$name")
}

# --- fetching -------------------------------------------------------------------------------------------------

source_of() { # URL: where it is fetched from, <mirror>/<host>/<path> when there is a mirror
  local base=${mirror%/}
  [[ $base != /* ]] || base=file://$base
  if [[ -n $base ]]; then printf '%s/%s' "$base" "${1#*://}"; else printf '%s' "$1"; fi
}

# watch PART HEADERS: says how far the download is, now and then, until it is killed.
watch() {
  local total done before=-1
  while sleep "${IRONKEEL_PROGRESS_SECONDS:-5}" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    done=$(size "$1")
    ((done != before)) || continue
    before=$done
    total=$(tail -n 20 -- "$2" 2>/dev/null | tr -d '\r' | while IFS=' :/' read -r key a b c d; do
      case ${key,,} in content-length) echo $((a)) ;; content-range) echo "range $d" ;; esac
    done | tail -n 1)
    [[ $total != range* ]] || total=${total#range }
    if [[ $total =~ ^[1-9][0-9]*$ && $total -ge $done ]]; then
      total="$((done * 100 / total)) %, $(megabytes "$done") of $(megabytes "$total") MB"
    else
      total="$(megabytes "$done") MB so far"
    fi
    say "$name $version: $total"
    status "downloading $name $version: $total"
  done
}

# fetch FROM PART: makes PART grow towards the whole file; says why when it could not.
fetch() {
  local from=$1 part=$2 host before code=0 said
  host=${from#*://} host=${host%%/*} before=$(size "$part")
  if [[ $from == file://* ]]; then
    [[ -f ${from#file://} ]] || { fail "the mirror folder has no ${from#file://}"; return 1; }
    cp -- "${from#file://}" "$part" || { full "$part"; return 1; }
    return 0
  fi
  if ((before > 0)); then say "$name $version: continuing after $(megabytes "$before") MB"; else say "$name $version: fetching $from"; fi
  status "downloading $name $version"
  : >"$part.headers"
  watch "$part" "$part.headers" &
  watcher=$!
  if command -v curl >/dev/null; then
    said=$(curl --fail --location --silent --show-error --continue-at - --connect-timeout 20 --speed-limit 1000 --speed-time 60 \
      --proto '=http,https' --dump-header "$part.headers" --output "$part" --write-out 'HTTP status %{http_code}' -- "$from" 2>&1) || code=$?
  elif command -v wget >/dev/null; then
    said=$(wget --no-verbose --continue --tries=1 --timeout=60 --output-document="$part" -- "$from" 2>&1) || code=wget$?
  else
    code=none
  fi
  kill "$watcher" 2>/dev/null || :
  wait "$watcher" 2>/dev/null || :
  watcher=''
  rm -f -- "$part.headers"
  explain "$code" "${said:-}"
}

# explain CODE SAID: the exit codes of curl and wget in plain words. Uses fetch's variables.
explain() {
  local now=$(($(size "$part")))
  case $1 in
    0) return 0 ;;
    none) fail 'this machine has neither curl nor wget: install one of them' ;;
    5 | 6) fail "the name of $host or of the proxy cannot be resolved: no network or no DNS yet" ;;
    7) fail "$host cannot be reached: no network yet, or it refuses connections" ;;
    35 | 51 | 58 | 60 | 77 | 91 | wget5)
      fail "no trusted connection to $host: ${2##*curl: }. This machine's clock says $(date -u '+%Y-%m-%d %H:%M UTC'); a wrong clock is the usual reason" ;;
    22 | wget8)
      # The part may be longer than the file, or of another file: it cannot be continued.
      [[ $2 != *416* ]] || rm -f -- "$part"
      fail "$host answered ${2##*HTTP status } for $from" ;;
    33) rm -f -- "$part"; fail "$host cannot continue a download: it starts anew" ;;
    23 | wget3) full "$part" ;;
    *)
      if ((now > before)); then fail "the download was cut after $(megabytes "$now") MB: it will be continued"; else
        fail "$host sent nothing (${2##*curl: })"; fi ;;
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
  local folder=$root${to[0]%/*} tmp members i found
  tmp=$folder/.$name.ironkeel-new.d
  for i in "${!to[@]}"; do mkdir -p -- "$root${to[i]%/*}" || { full "$root${to[i]}"; return 1; }; done
  if [[ $format == binary ]]; then
    cp --remove-destination -- "$1" "$(aside "${to[0]}")" || { rm -f -- "$(aside "${to[0]}")"; full "$root${to[0]}"; return 1; }
    return 0
  fi
  members=$(tar -tzf "$1") || { fail 'the archive cannot be read'; return 1; }
  local names=()
  for i in "${from[@]}"; do
    found=''
    for found in "./$i" "$i" ''; do [[ -z $found || $'\n'$members$'\n' != *$'\n'"$found"$'\n'* ]] || break; done
    [[ -n $found ]] || { fail "the archive holds no $i"; return 1; }
    names+=("$found")
  done
  rm -rf -- "$tmp" && mkdir -- "$tmp"
  if ! tar -xzf "$1" -C "$tmp" --no-same-owner -- "${names[@]}"; then rm -rf -- "$tmp"; full "$tmp/"; return 1; fi
  for i in "${!to[@]}"; do
    mv -f -- "$tmp/${from[i]}" "$(aside "${to[i]}")" || { rm -rf -- "$tmp"; full "$root${to[i]}"; return 1; }
  done
  rm -rf -- "$tmp"
}

# Puts the programs in place, each at once and durably, then the stamp that says so.
commit() {
  local i asides=() places=()
  for i in "${!to[@]}"; do
    chmod -- "${mode[i]}" "$(aside "${to[i]}")"
    asides+=("$(aside "${to[i]}")") places+=("$root${to[i]}")
  done
  ((EUID != 0)) || chown 0:0 -- "${asides[@]}"
  sync -- "${asides[@]}" || { full "${places[0]}"; return 1; }
  for i in "${!to[@]}"; do mv -T -- "${asides[i]}" "${places[i]}"; done
  sync -- "${places[@]%/*}"
  [[ -n $root ]] || ! command -v restorecon >/dev/null || restorecon "${places[@]}" || :
  { printf '%s %s\n' "$sha256" "${to[*]}" && sha256sum -- "${places[@]}" | while read -r a b; do printf '%s  %s\n' "$a" "${b#"$root"}"; done; } \
    >"$stamps/.$name.new"
  sync -- "$stamps/.$name.new"
  mv -T -- "$stamps/.$name.new" "$stamps/$name"
}

list() { printf '%s %s\n' "$name" "$version"; }

main() {
  local pause=${IRONKEEL_RETRY_SECONDS:-5} failed problem=''
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
    failed=''
    each_artefact install_artefact
    [[ -n $failed ]] || break
    status "waiting: $problem"
    [[ ${1:-} != --once ]] || die "not everything is installed on $machine: see above"
    say "trying again in $pause s"
    sleep "$pause"
    [[ -n ${IRONKEEL_RETRY_SECONDS:-} ]] || pause=$((pause < 160 ? pause * 2 : 300))
  done
  each_artefact list >"$state/installed.new"
  sync -- "$state/installed.new"
  mv -T -- "$state/installed.new" "$state/installed"
  status "done: everything is installed"
  say "everything is installed on $machine"
}

main "$@"
