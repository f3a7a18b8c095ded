#!/usr/bin/env bash
# A machine's power supply, in its own mount namespace and cgroups: runs it until it is shut down or its power cut.
set -euo pipefail

dir=$1 name=$2 image=$3
spike=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$("$spike/tools.sh")

mount -t overlay -o "lowerdir=$image,upperdir=$dir/disk,workdir=$dir/work" overlay "$dir/root"
install -m 755 "$spike/labinit" "$dir/root/sbin/labinit"

export LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu/systemd
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0 SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 SYSTEMD_SECCOMP=0
machine=(
  --directory="$dir/root" --machine="$name" --register=no --keep-unit --private-users=no
  # Not the clock: it is the host's.
  --capability=all --drop-capability=CAP_SYS_TIME
  --bind=/dev/kmsg --bind=/dev/fuse --bind=/dev/net/tun
  # These hold overlays of their own, which the kernel refuses on an overlay.
  --bind="$dir/real/containerd:/var/lib/containerd" --bind="$dir/real/kubelet:/var/lib/kubelet" --bind="$dir/real/etcd:/var/lib/etcd"
  --console=pipe --resolv-conf=off --timezone=off --link-journal=no --kill-signal=SIGRTMIN+3
)
first=(/sbin/labinit systemd.show_status=no)

# A machine that lost its power leaves its groups behind; one that boots on metal finds none.
clear_cgroups() {
  local id controllers path
  while IFS=: read -r id controllers path; do
    [[ $id == 0 ]] && controllers=unified
    find "/sys/fs/cgroup/${controllers#name=}$path" -mindepth 1 -depth -type d -exec rmdir {} \;
  done </proc/self/cgroup
}

# 133 is a reboot asked for from inside.
while
  status=0
  clear_cgroups
  nsenter --net="/run/netns/$name" "$tools/usr/bin/systemd-nspawn" "${machine[@]}" "${first[@]}" </dev/null || status=$?
  [[ $status == 133 ]]
do echo "rebooting"; done
exit "$status"
