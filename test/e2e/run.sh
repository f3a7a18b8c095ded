#!/usr/bin/env bash
# The checks by foreign tools (test/conformance, user journeys included) and the clusters in the lab (test/e2e):
# installs those tools, builds, runs. Needs root on Debian, since the tests use chroots, mounts and machines.
#   run.sh [conformance|lab] [VITEST-ARGUMENT…]    both unless told
#   run.sh minors [MINOR…]                          the other minors of Kubernetes: their programs, and a cluster of each
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ $(id -u) != 0 ]]; then
  echo "npm run e2e installs packages and works in chroots, so it needs root: run \`sudo npm run e2e\`, or in a container" >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  echo 'npm run e2e installs its tools with apt-get: run it on Debian or Ubuntu, or in a container of one' >&2
  exit 1
fi

suites=(conformance lab)
case ${1:-} in conformance | lab | minors) suites=("$1"); shift ;; esac

install_packages() {
  local wanted missing=()
  mapfile -t wanted < <(sed 's/#.*//' test/conformance/packages.txt | awk 'NF {print $1}' | sort -u)
  for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || missing+=("$package")
  done
  # The lists are needed even when no package is: a test takes cloud-init's archives out of them.
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt-get update -qq
  ((${#missing[@]})) || return 0
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_packages
[[ -d node_modules ]] || npm ci
npm run --silent build

# One folder for all that the tests make, removed whatever happens; what they start ends with their session.
scratch=$(mktemp -d /tmp/ironkeel-e2e.XXXXXX)
chmod 711 "$scratch" # the Ignition engine writes a user's files as that user
cleanup() {
  local status=$?
  # What an interrupted test left running.
  for folder in "$scratch"/ironkeel-lab-*/cluster; do
    [[ ! -f $folder/cluster.yaml ]] || node bin/ironkeel.js -C "$folder" lab down || true
  done
  mapfile -t mounts < <(awk -v root="$scratch/" 'index($2, root) == 1 {print $2}' /proc/mounts | sort -r)
  for mount in "${mounts[@]}"; do umount -l "$mount" || true; done
  rm -rf --one-file-system "$scratch"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# suite NAME VITEST-CONFIGURATION [ARGUMENT…]
suite() {
  local name=$1 configuration=$2 reporters=(--reporter=default)
  shift 2
  [[ -z ${IRONKEEL_RESULTS:-} ]] || reporters+=(--reporter=json --outputFile.json="$IRONKEEL_RESULTS/$name.json")
  TMPDIR=$scratch npx --no-install vitest run -c "$configuration" "${reporters[@]}" "$@" || failed=yes
}

failed=''
for name in "${suites[@]}"; do
  case $name in
    conformance) suite conformance vitest.conformance.config.ts "$@" ;;
    lab)
      # What the machines download; kept in the user's cache.
      bash lab/components/bundle.sh "${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/lab/bundle-default"
      # Without a choice the stories that have been seen to pass; docs/skips.md names the others and why.
      (($#)) || set -- test/e2e/{guide,controllers,operating-systems,drives,faults,edge,outside,nat,external-etcd,own-network,lab}.test.ts
      suite lab vitest.e2e.config.ts "$@"
      ;;
    minors)
      (($#)) || set -- 1.35 1.37
      for minor; do
        export IRONKEEL_TEST_KUBERNETES=$minor
        # First, since building takes longer the first time than a test waits.
        version=$(sed -n 's|^\s*k8s.io/kubernetes v\(\S*\).*|\1|p' "lab/components/kubernetes-$minor/go.mod")
        bash lab/components/bundle.sh "${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/lab/bundle-$version" "$version"
        suite "conformance-$minor" vitest.conformance.config.ts \
          test/conformance/{control-plane,node-programs,addons}.test.ts
        suite "lab-$minor" vitest.e2e.config.ts test/e2e/minors.test.ts
      done
      ;;
  esac
done
[[ -z $failed ]]
