#!/usr/bin/env bash
# Becomes a program of the lab, after recording which process that is:
#   service.sh RECORD PROGRAM…
# The record is "PID START": a process id alone may belong to another process by the time it is read.
set -euo pipefail

record=$1
shift
stat=$(<"/proc/$BASHPID/stat")
# The name may hold spaces and brackets; the fields behind the last bracket do not. The start is field 22.
read -ra fields <<<"${stat##*) }"
echo "$BASHPID ${fields[19]}" >"$record.new"
mv "$record.new" "$record"
exec "$@"
