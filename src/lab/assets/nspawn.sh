#!/usr/bin/env bash
# Unpacks systemd-nspawn beside the host's own systemd, which stays as it is, and prints the folder holding it:
#   nspawn.sh CACHE
set -euo pipefail
umask 022

cache=$1
version=$(apt-cache policy systemd-container | awk '$1 == "Candidate:" {print $2}')
# A lab that is not online makes do with what an earlier run unpacked.
if [[ -z $version || $version == '(none)' ]]; then
  for kept in "$cache"/nspawn-*; do [[ ! -x $kept/usr/bin/systemd-nspawn ]] || { echo "$kept"; exit 0; }; done
  echo "apt knows no package systemd-container: run apt-get update" >&2
  exit 1
fi
tools=$cache/nspawn-$version

mkdir -p "$cache"
exec 9>"$cache/nspawn.lock"
flock 9
if [[ ! -d $tools ]]; then
  rm -rf "$tools.new"
  mkdir "$tools.new"
  cd "$tools.new"
  # Both at one version: nspawn refuses the shared library of another.
  apt-get download -qq "systemd-container=$version" "libsystemd-shared=$version" >&2
  for package in *.deb; do dpkg-deb -x "$package" . && rm "$package"; done
  chmod 755 .
  cd / && mv "$tools.new" "$tools"
fi
echo "$tools"
