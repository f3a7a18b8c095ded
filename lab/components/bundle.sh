#!/usr/bin/env bash
# Makes or refreshes the folder with everything a cluster of the lab downloads, from programs that are built here:
#   lab/components/bundle.sh FOLDER [KUBERNETES_VERSION] [--with acme]
# `--with acme` adds cert-manager, which takes as long again to build and which few clusters of the lab run.
# The first time takes a quarter of an hour of building on two quiet cores and some 10 GB of caches; after that a second or two.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=${1:?usage: bundle.sh FOLDER [KUBERNETES_VERSION] [--with acme]}
shift

need() { # TOOL REMEDY
  command -v "$1" >/dev/null || missing+=("$1: $2")
}
missing=()
need go 'install Go 1.26 or later from https://go.dev/doc/install'
need gcc 'apt-get install gcc libc6-dev'
need node 'install Node.js 20.19 or later from https://nodejs.org'
need pip3 'apt-get install python3-pip'
need apt-get 'run on Debian or Ubuntu, or in a container of one'
[[ -e /usr/include/seccomp.h ]] || missing+=('libseccomp: apt-get install libseccomp-dev')
if ((${#missing[@]})); then
  echo 'The lab builds its components with tools that are missing here:' >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi

if [[ ! -e $root/dist/artifacts/oci.js || ! -e $root/dist/releases/bundle.js ]]; then
  (cd "$root" && npm run --silent build)
fi
exec node "$root/lab/components/bundle/main.mjs" "$folder" "$@"
