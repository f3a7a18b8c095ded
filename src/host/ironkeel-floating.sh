#!/bin/sh
# Runs keepalived in its container, with the interface that has the machine's own address: which one that is only the
# machine knows.
#   run.sh ADDRESS CONFIGURATION
# Needs sh, cat, sleep, ip and keepalived of the image, and a folder /run to write to.
set -eu

own=$1 configuration=$2 waited=''

# With DHCP the address comes when it comes.
until interface=$(ip -o -4 address show to "$own/32" | { read -r _ name _ && echo "$name"; }); do
  [ -n "$waited" ] || echo "no interface has the address $own yet"
  waited=yes
  sleep 1
done

{ echo "\$INTERFACE=$interface" && cat "$configuration"; } >/run/keepalived.conf
exec keepalived --dont-fork --log-console --vrrp --use-file=/run/keepalived.conf
