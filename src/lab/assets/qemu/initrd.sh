#!/usr/bin/env bash
# Makes the initrd of one machine: that of its kind, and behind it the lab's files, which the kernel unpacks too:
#   initrd.sh BOOT FOLDER FILE    where BOOT is what disk.sh printed, and FOLDER holds `overlay/`
set -euo pipefail

boot=$1 folder=$2 file=$3
cp "$boot/initrd" "$file.new"
(cd "$folder" && find overlay | "$boot/busybox" cpio -o -H newc 2>/dev/null) >>"$file.new"
mv "$file.new" "$file"
