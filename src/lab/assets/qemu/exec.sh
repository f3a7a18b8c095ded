#!/usr/bin/env bash
# Runs a command on a machine, over a port of its console that nobody else is using:
#   exec.sh DIR PORTS NODE CLIENT COMMAND…
set -euo pipefail

dir=$1 ports=$2 node=$3 client=$4
shift 4
# A path of a socket may have 107 characters, which those of the cache come close to.
cd "$dir"
for ((port = 0; port < ports; port++)); do
  exec 7>"port$port.lock"
  # The lock goes when the client does.
  ! flock --nonblock 7 || exec "$node" "$client" "port$port" "$@"
done
echo 'too many commands run on this machine at once' >&2
exit 125
