#!/usr/bin/env bash
# Makes the image of a kind of machine once and prints its layers as overlayfs wants them, the topmost first:
#   image.sh flatcar|debian CACHE
# The lower layer is Debian's packages and nothing else, the upper one what makes it resemble the system it stands
# for. Neither holds a Kubernetes component.
set -euo pipefail
umask 022

kind=$1 cache=$2
suite=trixie
assets=$(cd "$(dirname "${BASH_SOURCE[0]}")/image" && pwd)

packages=$(grep -hv '^#' "$assets/common/packages" "$assets/$kind/packages" | sort -u | paste -sd,)
base=$cache/image-$suite-$(sha256sum <<<"$packages" | cut -c 1-12)
contents=$(cd "$assets" && find common "$kind" -type f -print0 | sort -z | xargs -0 sha256sum)
layer=$cache/image-$kind-$(sha256sum <<<"$base $contents" | cut -c 1-12)

# Interrupted runs leave a folder named after a process that is gone.
scratch=
trap '[[ -z $scratch ]] || rm -rf --one-file-system "$scratch"' EXIT
mkdir -p "$cache"
# Two labs that start at once make one image.
exec 9>"$cache/image.lock"
flock 9
for stale in "$cache"/image-*.new; do [[ ! -d $stale ]] || rm -rf --one-file-system "$stale"; done

if [[ ! -d $base ]]; then
  echo "making the machine image from Debian's packages; the first time takes one to two minutes" >&2
  scratch=$base.new
  # The archive is verified with the keyring the host's Debian ships.
  # Its mounts stay in a namespace of their own: an interrupted run must leave none under a folder that is removed.
  nice unshare --mount --propagation private mmdebstrap --quiet --variant=minbase --mode=root --include="$packages" \
    --dpkgopt=path-exclude=/usr/share/doc/* --dpkgopt=path-exclude=/usr/share/man/* --dpkgopt=path-exclude=/usr/share/locale/* \
    "$suite" "$scratch" http://deb.debian.org/debian >&2 9>&-
  # Host keys and the machine id are made at the first boot, as on metal; names are the network's to resolve.
  rm -f "$scratch"/etc/ssh/ssh_host_* "$scratch/etc/resolv.conf" "$scratch/etc/hostname"
  : >"$scratch/etc/machine-id"
  chmod 755 "$scratch"
  mv "$scratch" "$base"
  scratch=
fi

if [[ ! -d $layer ]]; then
  scratch=$layer.new
  mkdir -p "$scratch/disk" "$scratch/work" "$scratch/root"
  # shellcheck disable=SC2016 # the inner shell expands
  unshare --mount --propagation private bash -euc '
    mount -t overlay -o "lowerdir=$1,upperdir=$2/disk,workdir=$2/work" overlay "$2/root"
    for part in common "$4"; do
      [[ ! -d $3/$part/root ]] || cp -r --no-target-directory "$3/$part/root" "$2/root"
      [[ ! -f $3/$part/setup.sh ]] || chroot "$2/root" bash -eu -s <"$3/$part/setup.sh"
    done
  ' layer "$base" "$scratch" "$assets" "$kind" >"$scratch/log" 2>&1 9>&- || { cat "$scratch/log" >&2; exit 1; }
  mv "$scratch/disk" "$layer"
  chmod 755 "$layer"
fi
echo "$layer:$base"
