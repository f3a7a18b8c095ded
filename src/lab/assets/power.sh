#!/usr/bin/env bash
# A machine's power supply: runs it until it is shut down or its power cut.
#   power.sh DIR    where DIR/power.env says what the machine is (see drivers/nspawn.ts)
# It lives in a mount namespace and cgroups of its own; the overlay, the binds and the drive's loop device end with it.
set -euo pipefail

if [[ $1 != --inside ]]; then
  # Mounts made here stay here; namespaces that the host gets later are seen. 7 is the way back to the host's mounts.
  exec 7</proc/self/ns/mnt
  exec unshare --mount --propagation slave bash "$0" --inside "$1"
fi
dir=$2
# shellcheck disable=SC1091 # written by the driver
source "$dir/power.env" # machine_id, group_name, netns, layers, tools, drive, ignition, read_only_usr
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# nspawn takes the cgroups it is in for its own, so this process moves to child groups first, in every hierarchy.
groups=()
while IFS=: read -r id controllers path; do
  [[ $id == 0 ]] && controllers=unified
  mount=/sys/fs/cgroup/${controllers#name=}
  # On a host with the unified hierarchy alone there is no folder of that name.
  [[ $id != 0 || -d $mount ]] || mount=/sys/fs/cgroup
  [[ ! -d $mount ]] || groups+=("$mount${path%/}/$group_name")
done </proc/self/cgroup
printf '%s\n' "${groups[@]}" >"$dir/groups"
for group in "${groups[@]}"; do
  mkdir -p "$group"
  # A new cpuset is empty, and an empty one takes no process.
  [[ $group != /sys/fs/cgroup/cpuset/* ]] || for file in cpuset.cpus cpuset.mems; do cat "${group%/*}/$file" >"$group/$file"; done
  echo $BASHPID >"$group/cgroup.procs"
done

mount -t overlay -o "lowerdir=$layers,upperdir=$dir/disk,workdir=$dir/work" overlay "$dir/root"
install -m 755 "$here/labinit" "$dir/root/usr/sbin/lab-init"
kernel=$(uname -r)
[[ -e $dir/disk/usr/lib/modules/$kernel/modules.builtin.bin ]] || chroot "$dir/root" depmod "$kernel" 2>/dev/null || :

architecture=$(uname -m)
export LD_LIBRARY_PATH=$tools/usr/lib/$architecture-linux-gnu/systemd
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 SYSTEMD_SECCOMP=0
[[ $(stat --file-system --format=%T /sys/fs/cgroup) == cgroup2fs ]] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0
machine=(
  --directory="$dir/root" --machine="$machine_id" --register=no --keep-unit --private-users=no
  # Not the clock: it is the host's.
  --capability=all --drop-capability=CAP_SYS_TIME
  --bind=/dev/kmsg --bind=/dev/fuse --bind=/dev/net/tun
  --setenv=LAB_READ_ONLY_USR="$read_only_usr" --setenv=LAB_DRIVE_LABEL=config-2
  --console=pipe --resolv-conf=off --timezone=off --link-journal=no --kill-signal=SIGRTMIN+3
)
# These hold overlays of their own, which the kernel refuses on an overlay.
for folder in "$dir"/real/*; do machine+=(--bind="$folder:/var/lib/$(basename "$folder")"); done

# A machine that lost its power leaves groups behind; one that boots on metal finds none.
clear_cgroups() {
  local group
  for group in "${groups[@]}"; do find "$group" -mindepth 1 -depth -type d -exec rmdir {} \; 2>/dev/null || :; done
}

# The drive as it is now, read-only, for as long as this process or the machine holds it: closing the last of them
# detaches it, whatever ends them.
plug_drive() {
  local device
  exec 8>&-
  drive_bind=()
  [[ -n $drive && -f $drive ]] || { rm -f "$dir/drive"; return 0; }
  device=$(losetup --find --show --read-only -- "$drive")
  exec 8<"$device"
  losetup --detach "$device"
  echo "$device $(sha256sum <"$device" | cut -d ' ' -f 1)" >"$dir/drive"
  drive_bind=(--bind-ro="$device:/dev/sr0")
}

# What the initial ramdisk does at the first boot: Ignition's engine, then the presets it wrote.
ignite() {
  [[ -n $ignition && ! -e $dir/ignited ]] || return 0
  local stage
  export IGNITION_CONFIG_FILE=$ignition
  mkdir -p "$dir/ignition"
  # Relabelling needs a kernel with SELinux.
  printf '#!/bin/sh\nexit 0\n' >"$dir/ignition/setfiles"
  chmod 755 "$dir/ignition/setfiles"
  mkdir -p "$dir/root/etc/selinux/targeted/contexts/files"
  printf 'SELINUX=disabled\nSELINUXTYPE=targeted\n' >"$dir/root/etc/selinux/config"
  : >"$dir/root/etc/selinux/targeted/contexts/files/file_contexts"
  # The engine writes a user's keys as that user, who could not get through the folders above the machine's. This
  # mount, too, is in the power supply's own namespace.
  mount --bind "$dir/root" /mnt
  for stage in fetch files; do
    PATH=$dir/ignition:$PATH /usr/lib/dracut/modules.d/30ignition/ignition -platform file -stage "$stage" -root /mnt \
      -config-cache "$dir/ignition/config.json" -state-file "$dir/ignition/state" -neednet "$dir/ignition/neednet" -log-to-stdout
  done
  umount /mnt
  awk '$1 == "enable" {print $2}' "$dir/root/etc/systemd/system-preset/20-ignition.preset" |
    xargs --no-run-if-empty chroot "$dir/root" systemctl preset
  rm -r "$dir/ignition" "$dir/root/etc/selinux"
  touch "$dir/ignited"
}

ignite
# 133 is a reboot asked for from inside.
while
  status=0
  clear_cgroups
  plug_drive
  nsenter --net="/run/netns/$netns" "$tools/usr/bin/systemd-nspawn" "${machine[@]}" "${drive_bind[@]}" \
    /usr/sbin/lab-init systemd.show_status=no </dev/null 7<&- 8<&- || status=$?
  [[ $status == 133 ]]
do
  echo "rebooting"
  nsenter --mount="/proc/$$/fd/7" bash -e "$dir/cable.sh" 7<&- 8<&-
done
exit "$status"
