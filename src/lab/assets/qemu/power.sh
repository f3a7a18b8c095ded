#!/usr/bin/env bash
# A machine's power supply: runs it until it is shut down or its power cut.
#   power.sh DIR    where DIR/power.env says what the machine is (see drivers/qemu)
# It runs in the machine's network namespace, whose cable it leads on to the machine's own interface.
# shellcheck disable=SC2154 # power.env assigns them
set -euo pipefail

dir=$1
# shellcheck disable=SC1091 # written by the driver
source "$dir/power.env" # boot, drive, mac, clock, memory, kvm, read_only_usr, ports
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$dir"

bash "$here/cable.sh" plug
trap 'bash "$here/cable.sh" unplug' EXIT

arguments=(console=ttyS0 panic=-1 mitigations=off net.ifnames=0 quiet systemd.show_status=no)
[[ $read_only_usr == no ]] || arguments+=(lab.read_only_usr)
# Without KVM an old processor costs a quarter less than one with every extension, whose registers are saved at each
# switch between programs. cx16 ends Debian's kernel under QEMU 7.2, and programs such as HAProxy need it: the kernel is
# told to leave it alone.
if [[ $kvm == yes ]]; then processor=(-accel kvm -cpu host)
else processor=(-accel 'tcg,thread=multi,tb-size=512' -cpu Nehalem) arguments+=(clearcpuid=cx16); fi
machine=(
  -machine 'q35,sata=off' "${processor[@]}" -nodefaults -no-user-config -display none -action reboot=shutdown -smp 2 -m "$memory"
  -kernel "$boot/vmlinuz" -initrd initrd -append "${arguments[*]}"
  -chardev 'file,id=console,path=console.log,append=on' -serial chardev:console
  # Not synced: the host keeps running. What the machine has written is in the file once QEMU has.
  -drive 'file=disk,if=virtio,format=raw,cache=unsafe'
  -netdev 'tap,id=cable,ifname=tap0,script=no,downscript=no' -device "virtio-net-pci,netdev=cable,mac=$mac"
  -device virtio-rng-pci -device virtio-scsi-pci -device virtio-serial-pci
)
[[ -z $clock ]] || machine+=(-rtc "base=$clock")
for ((port = 0; port < ports; port++)); do
  machine+=(-chardev "socket,id=port$port,path=port$port,server=on,wait=off")
  machine+=(-device "virtserialport,chardev=port$port,name=lab.exec.$port")
done

# The drive as it is now: a file that takes its place later is for the next boot.
plug_drive() {
  drive_arguments=()
  rm -f drive
  [[ -f $drive ]] || return 0
  exec 8<"$drive"
  echo "$drive $(sha256sum <&8 | cut -d ' ' -f 1)" >drive.new
  mv drive.new drive
  drive_arguments=(
    -add-fd 'fd=8,set=1' -drive 'file=/dev/fdset/1,if=none,id=drive,format=raw,readonly=on,media=cdrom'
    -device 'scsi-cd,drive=drive'
  )
}

# Says why the machine stopped; reading its answers takes no program of the host's.
rm -f control && mkfifo -m 600 control
exec 9<>control
while
  plug_drive
  begin=$(stat -c %s console.log 2>/dev/null || echo 0)
  echo '{"execute": "qmp_capabilities"}' >&9
  status=0
  qemu-system-x86_64 "${machine[@]}" "${drive_arguments[@]}" -qmp stdio <&9 >qmp.log || status=$?
  if tail --bytes="+$((begin + 1))" console.log | grep -q 'Kernel panic'; then
    echo 'the kernel panicked: see above'
    exit 1
  fi
  [[ $status == 0 ]] && grep -q '"guest-reset"' qmp.log
do echo rebooting; done
exit "$status"
