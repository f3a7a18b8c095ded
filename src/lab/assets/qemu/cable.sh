#!/usr/bin/env bash
# Leads the cable that ends in this network namespace on to a machine in QEMU:
#   cable.sh plug|unplug
# The machine has the cable's own address, so the cable gets another; nothing in between has one of IP.
set -euo pipefail

if [[ $1 == unplug ]]; then
  for link in tap0 lab0; do ip link delete "$link" 2>/dev/null || :; done
  exit 0
fi
bash "${BASH_SOURCE[0]}" unplug
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
# Not from /sys, which is that of the host's namespace here.
address=$(ip -oneline link show eth0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')
ip link add lab0 type bridge forward_delay 0 mcast_snooping 0
ip link set eth0 address "02:1a:b0:${address#*:*:*:}"
ip link set eth0 master lab0 up
ip tuntap add tap0 mode tap
ip link set tap0 master lab0 up
ip link set lab0 up
