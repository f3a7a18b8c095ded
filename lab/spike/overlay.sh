# What the lab changes on a machine for its own sake, one line each; never a default of the product. Sourced.
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared
put() { mkdir -p "$(dirname "$dir/disk$1")" && cat >"$dir/disk$1"; }

# cgroup v1: version 2 has no memory or cpu controller on a host that binds them to version 1.
put /etc/kubernetes/kubelet.conf.d/90-lab.conf <<<'{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "failCgroupV1": false}'
# The host's own limits forbid a lower score than its shell has.
put /etc/containerd/conf.d/90-lab.toml <<<'plugins."io.containerd.cri.v1.runtime".restrict_oom_score_adj = true'
# The host's kernel has them built in and no package describes it, so modprobe would call them missing.
put "/usr/lib/modules/$(uname -r)/modules.builtin" < <(printf 'kernel/%s.ko\n' overlay br_netfilter nf_conntrack) && depmod -b "$dir/disk/usr" 2>/dev/null
# A stuck program is not worth a minute and a half at each shutdown.
put /etc/systemd/system.conf.d/90-lab.conf <<<$'[Manager]\nDefaultTimeoutStopSec=5s'
# /dev/kmsg is the host's: its messages are not the machine's.
put /etc/systemd/journald.conf.d/90-lab.conf <<<$'[Journal]\nReadKMsg=no'
# Settings and devices of the whole kernel, which is the host's.
for unit in systemd-sysctl systemd-modules-load systemd-udevd systemd-udev-trigger systemd-timesyncd; do mkdir -p "$dir/disk/etc/systemd/system" && ln -s /dev/null "$dir/disk/etc/systemd/system/$unit.service"; done
