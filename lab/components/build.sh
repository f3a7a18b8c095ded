#!/usr/bin/env bash
# Builds one program of a module beside this file into the user's cache, once per version, and prints its path:
#   lab/components/build.sh kubernetes kubelet
# The sources come through the Go module proxy and stay in Go's caches.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=${1:?usage: build.sh MODULE PROGRAM} program=${2:?usage: build.sh MODULE PROGRAM}
cd "$here/$module"

command -v go >/dev/null || { echo "Building $program needs Go 1.26 or later: install it from https://go.dev/doc/install" >&2; exit 1; }
# A program whose module is past version 1 may end in its major version: …/etcdctl/v3.
package=$(go list -f '{{.ImportPath}}' tool | grep -E "/$program(/v[0-9]+)?\$") || { echo "$module/go.mod has no tool $program" >&2; exit 1; }
version=$(go list -f '{{.Module.Version}}' "$package")
binary=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/components/$module-${version#v}/$program

if [[ ! -x $binary ]]; then
  echo "building $program $version; the first time takes some minutes" >&2
  flags='-s -w'
  if [[ $module == kubernetes ]]; then
    IFS=. read -r major minor _ <<<"${version#v}"
    # Without these the programs report a version that is no valid semver, and refuse to work together.
    for info in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
      flags+=" -X $info.gitVersion=$version -X $info.gitMajor=$major -X $info.gitMinor=$minor -X $info.gitTreeState=clean"
      flags+=" -X $info.gitCommit=0000000000000000000000000000000000000000 -X $info.buildDate=1970-01-01T00:00:00Z"
    done
  fi
  mkdir -p "$(dirname "$binary")"
  scratch=$(mktemp "$binary.XXXXXX")
  trap 'rm -f "$scratch"' EXIT
  CGO_ENABLED=0 go build -trimpath -mod=readonly -ldflags "$flags" -o "$scratch" "$package"
  chmod 755 "$scratch"
  mv "$scratch" "$binary"
fi
echo "$binary"
