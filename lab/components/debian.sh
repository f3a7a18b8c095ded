#!/usr/bin/env bash
# Unpacks Debian packages with everything they depend on into a folder of the cache and prints its path; none of
# them is installed. For the programs that images need and that are not built here:
#   lab/components/debian.sh haproxy nftables
set -euo pipefail

suite=trixie keyring=/usr/share/keyrings/debian-archive-keyring.gpg
(($#)) || { echo 'usage: debian.sh PACKAGE...' >&2; exit 1; }
for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null || { echo "The images' Debian programs need $tool: use Debian or Ubuntu, or a container of one" >&2; exit 1; }
done
[[ -e $keyring ]] || { echo "The images' Debian programs need $keyring: apt-get install debian-archive-keyring" >&2; exit 1; }

wanted=$(printf '%s\n' "$suite" "$@" | sort -u)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ironkeel/debian
root=$cache/$suite-$(sha256sum <<<"$wanted" | cut -c1-12)

if [[ ! -d $root ]]; then
  echo "fetching $* from Debian $suite" >&2
  mkdir -p "$cache"
  scratch=$(mktemp -d "$root.XXXXXX")
  trap 'rm -rf --one-file-system "$scratch"' EXIT
  mkdir -p "$scratch"/{lists,cache/archives}/partial "$scratch/root"
  : >"$scratch/status"
  for archive in "debian $suite" "debian-security $suite-security"; do
    echo "deb [signed-by=$keyring] http://deb.debian.org/$archive main"
  done >"$scratch/sources.list"
  # A package database of its own, and an empty one, so that what the host has installed is fetched too.
  options=(
    -qq -o "Dir::Etc::SourceList=$scratch/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$scratch/lists"
    -o "Dir::State::Status=$scratch/status" -o "Dir::Cache=$scratch/cache" -o Debug::NoLocking=1 -o Acquire::Languages=none
    -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Install-Recommends=false -o APT::Sandbox::User=root
  )
  apt-get "${options[@]}" update >&2
  apt-get "${options[@]}" install --download-only --yes "$@" >&2
  for package in "$scratch"/cache/archives/*.deb; do dpkg -x "$package" "$scratch/root"; done
  # What was fetched, in words for the images' labels.
  # shellcheck disable=SC2016 # the fields are dpkg's
  for package in "$@"; do
    dpkg-deb -W --showformat='${Package} ${Version}\n' "$scratch/cache/archives/${package}"_*.deb
  done >"$scratch/root/packages"
  chmod 755 "$scratch/root"
  mv "$scratch/root" "$root"
fi
echo "$root"
