#!/usr/bin/env bash
# Makes the machine image once and prints its folder: a Debian of packages alone, holding no Kubernetes component.
set -euo pipefail

suite=trixie
packages=systemd,systemd-sysv,dbus,udev,runc,iptables,nftables,iproute2,kmod,conntrack,ethtool,socat,procps,mount,openssh-server,ca-certificates
image=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/lab/image-$suite-$(sha256sum <<<"$packages" | cut -c1-12)

if [[ ! -d $image ]]; then
  command -v mmdebstrap >/dev/null || { echo "The image needs mmdebstrap: apt-get install mmdebstrap" >&2; exit 1; }
  echo "making the $suite image; the first time takes about two minutes" >&2
  mkdir -p "$(dirname "$image")"
  scratch=$(mktemp -d "$image.XXXXXX")
  trap 'rm -rf --one-file-system "$scratch"' EXIT
  # The archive is verified with the keyring the host's Debian ships.
  # Its mounts stay in a namespace of their own: an interrupted run must leave none under a folder that is removed.
  nice unshare --mount --propagation private mmdebstrap --quiet --variant=minbase --mode=root --include="$packages" \
    --dpkgopt=path-exclude=/usr/share/doc/* --dpkgopt=path-exclude=/usr/share/man/* --dpkgopt=path-exclude=/usr/share/locale/* \
    "$suite" "$scratch" http://deb.debian.org/debian >&2
  # Host keys and the machine id are made at the first boot, as on metal.
  rm -f "$scratch"/etc/ssh/ssh_host_*
  : >"$scratch/etc/machine-id"
  chmod 755 "$scratch"
  mv "$scratch" "$image"
  trap - EXIT
fi
echo "$image"
