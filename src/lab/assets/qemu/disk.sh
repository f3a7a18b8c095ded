#!/usr/bin/env bash
# Makes what QEMU boots a kind of machine from, once, and prints the folder of kernel, initrd and disk:
#   disk.sh KIND LAYERS CACHE    where LAYERS is what image.sh printed
# The disk holds the machine image, the modules of Debian's kernel for virtual machines, and nothing of any cluster.
set -euo pipefail
umask 022

kind=$1 layers=$2 cache=$3
suite=trixie
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Extracted and never configured; busybox is the initrd's.
packages=busybox-static,linux-image-cloud-$(dpkg --print-architecture)
kernel=$cache/kernel-$suite-$(sha256sum <<<"$packages" | cut -c 1-12)
boot=$cache/boot-$kind-$(cat "$here/disk.sh" "$here/init" - <<<"$layers $kernel" | sha256sum | cut -c 1-12)
# What the initrd needs to reach the disk, the drive and the host; udev loads the rest from the disk.
modules=(virtio_pci virtio_blk ext4 virtio_console virtio_scsi sr_mod isofs)

scratch=
trap '[[ -z $scratch ]] || rm -rf --one-file-system "$scratch"' EXIT
mkdir -p "$cache"
exec 9>"$cache/boot.lock"
flock 9
for stale in "$cache"/boot-*.new "$cache"/kernel-*.new; do [[ ! -d $stale ]] || rm -rf --one-file-system "$stale"; done

if [[ ! -d $kernel ]]; then
  echo "unpacking Debian's kernel; the first time takes half a minute" >&2
  scratch=$kernel.new
  nice unshare --mount --propagation private mmdebstrap --quiet --variant=extract --mode=root --include="$packages" \
    "$suite" "$scratch" http://deb.debian.org/debian >&2 9>&-
  mv "$scratch" "$kernel"
  scratch=
fi

version=$(basename "$kernel"/usr/lib/modules/*)

make_initrd() {
  local root=$scratch/initrd module file
  mkdir -p "$root"/{bin,dev,proc,sys,disk,modules}
  cp "$kernel/usr/bin/busybox" "$root/bin/"
  install -m 755 "$here/init" "$root/init"
  for module in "${modules[@]}"; do
    modprobe --dirname="$scratch/root/usr" --set-version="$version" --show-depends "$module" |
      awk '$1 == "insmod" {print $2}'
  done | awk '!seen[$0]++' | while read -r file; do
    # Unpacked here: it costs a guest without KVM seconds.
    case $file in
    *.xz) xz --decompress --stdout "$file" >"$root/modules/$(basename "$file" .xz)" ;;
    *) cp "$file" "$root/modules/" ;;
    esac
    basename "$file" .xz >>"$root/modules/order"
  done
  (cd "$root" && find . | "$kernel/usr/bin/busybox" cpio -o -H newc 2>/dev/null) >"$scratch/files/initrd"
}

# What differs from the image in a container: a kernel of its own with modules, which mounts an ISO by itself, and udev.
make_disk() {
  local root=$scratch/root
  rm -f "$root/usr/sbin/mount.iso9660"
  mkdir -p "$root/usr/lib/modules" "$root/usr/lib/udev/rules.d"
  cp -r "$kernel/usr/lib/modules/$version" "$root/usr/lib/modules/"
  cp "$kernel/boot/config-$version" "$root/boot/"
  depmod --basedir="$root/usr" "$version"
  # Flatcar looks at the drive when it appears.
  [[ $kind != flatcar ]] || echo 'SUBSYSTEM=="block", ENV{ID_FS_LABEL}=="config-2", TAG+="systemd", ENV{SYSTEMD_WANTS}+="user-configdrive.service"' \
    >"$root/usr/lib/udev/rules.d/90-configdrive.rules"
  make_initrd
  mke2fs -q -t ext4 -L ROOT -m 0 -d "$root" "$scratch/files/disk" 16G
}

if [[ ! -d $boot ]]; then
  echo "making the disk of $kind machines" >&2
  scratch=$boot.new
  mkdir -p "$scratch"/{upper,work,root,files}
  cp "$kernel/boot/vmlinuz-$version" "$scratch/files/vmlinuz"
  cp "$kernel/usr/bin/busybox" "$scratch/files/"
  export kind kernel version scratch here
  export -f make_disk make_initrd
  modules_list=${modules[*]}
  export modules_list layers
  # shellcheck disable=SC2016 # the inner shell expands
  nice unshare --mount --propagation private bash -euc '
    read -ra modules <<<"$modules_list"
    mount -t overlay -o "lowerdir=$layers,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
    make_disk
  ' >&2 9>&-
  mv "$scratch/files" "$boot"
fi
echo "$boot"
