#!/usr/bin/env bash
# Boots one machine, says how long it takes until it does its work, and removes it: run.sh [static-pod|control-plane]
# `run.sh clean` removes what a killed run left behind.
set -euo pipefail

spike=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034,SC1090 # the sourced scenarios use what is set here
components=$spike/../components
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/lab
name=ironkeel-spike
dir=$cache/run/$name
scenario=${1:-static-pod}

[[ $(id -u) == 0 ]] || { echo "The lab needs root: it makes network namespaces and machines" >&2; exit 1; }
for program in ip nsenter unshare jq gcc pgrep; do
  command -v "$program" >/dev/null || { echo "The lab needs $program: apt-get install iproute2 util-linux jq gcc procps" >&2; exit 1; }
done
[[ $scenario == clean || -f $spike/$scenario/install.sh ]] || { echo "no scenario $scenario" >&2; exit 1; }
[[ $scenario == clean || ! -e $dir ]] || { echo "a spike is running already, or was killed: $0 clean removes it" >&2; exit 1; }

source "$spike/machine.sh"
source "$spike/network.sh"

clean_up() {
  local status=$?
  set +e
  if [[ $status != 0 && -d $dir ]]; then
    cp "$dir/console" "$cache/last-console"
    machine_exec "$dir" journalctl --no-pager -b >"$cache/last-journal" 2>&1
    echo "failed: see $cache/last-console and $cache/last-journal" >&2
  fi
  machine_remove "$dir"
  network_remove "$name"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
[[ $scenario != clean ]] || exit 0

image=$("$spike/image.sh")
mkdir -p "$dir/disk"
source "$spike/$scenario/install.sh"
source "$spike/overlay.sh"

network_make "$name"
source "$spike/$scenario/measure.sh"
