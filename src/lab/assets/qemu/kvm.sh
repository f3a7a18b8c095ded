#!/usr/bin/env bash
# Prints `yes` where a guest really boots with KVM, else `no`; the device alone says nothing:
#   kvm.sh BOOT    where BOOT is what disk.sh printed
set -euo pipefail

boot=$1
[[ -c /dev/kvm ]] || { echo no; exit 0; }
said=$(timeout --signal=KILL 30 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -serial stdio -m 256 \
  -machine q35,sata=off -accel kvm -cpu host -kernel "$boot/vmlinuz" -initrd "$boot/initrd" \
  -append 'console=ttyS0 panic=-1 quiet lab.probe' </dev/null 2>&1) || :
if grep -q 'lab: it boots' <<<"$said"; then echo yes; else echo no; fi
