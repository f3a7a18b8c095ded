#!/usr/bin/env bash
# Unpacks systemd-nspawn beside the host's own systemd, which stays as it is, and prints the folder holding it.
set -euo pipefail

version=$(apt-cache policy systemd-container | awk '$1 == "Candidate:" {print $2}')
[[ -n $version && $version != '(none)' ]] || { echo "apt knows no systemd-container: run apt-get update" >&2; exit 1; }
tools=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/lab/nspawn-$version

if [[ ! -d $tools ]]; then
  mkdir -p "$(dirname "$tools")"
  scratch=$(mktemp -d "$tools.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  cd "$scratch"
  # Both at one version: nspawn refuses the shared library of another.
  apt-get download -qq "systemd-container=$version" "libsystemd-shared=$version" >&2
  for package in *.deb; do dpkg -x "$package" . && rm "$package"; done
  chmod 755 .
  cd / && mv "$scratch" "$tools"
  trap - EXIT
fi
echo "$tools"
