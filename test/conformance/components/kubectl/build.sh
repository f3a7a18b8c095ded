#!/usr/bin/env bash
# Builds the kubectl that go.mod names, once per version, into the user's cache, and prints its path.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's#^\(require\)*[[:space:]]*k8s.io/kubernetes \(v[0-9.]*\).*#\2#p' "$here/go.mod" | head -n 1)
[[ -n $version ]] || { echo "$here/go.mod names no version of k8s.io/kubernetes" >&2; exit 1; }
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/tools
binary=$cache/kubectl-$version

if [[ ! -x $binary ]]; then
  command -v go >/dev/null || {
    echo 'Building kubectl needs Go 1.26 or later: install it from https://go.dev/doc/install' >&2
    exit 1
  }
  echo "building kubectl $version; the first time takes some minutes" >&2
  IFS=. read -r major minor _ <<<"${version#v}"
  flags='-s -w'
  # Without these, `kubectl version` reports a version that is no valid semver.
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
    flags+=" -X $package.gitTreeState=clean -X $package.buildDate=1970-01-01T00:00:00Z"
  done
  mkdir -p "$cache"
  scratch=$(mktemp "$binary.XXXXXX")
  trap 'rm -f "$scratch"' EXIT
  (cd "$here" && CGO_ENABLED=0 go build -trimpath -mod=readonly -ldflags "$flags" -o "$scratch" k8s.io/kubernetes/cmd/kubectl)
  chmod 755 "$scratch"
  mv "$scratch" "$binary"
  trap - EXIT
fi
echo "$binary"
