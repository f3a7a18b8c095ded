#!/usr/bin/env bash
# ironkeel-kubelet: readies what the kubelet needs; kubelet.service runs it before each start.
#
# It names a clock before all certificates, seeds the kubelet's client certificate where there is none that serves,
# chooses the name servers that pods ask, and waits a little for the machine's address. Never in the way: what fails
# is said, and the kubelet starts.
# Needs bash and coreutils; openssl and iproute2 where there are.
set -uo pipefail
export LC_ALL=C
umask 077

root=${IRONKEEL_ROOT:-} # a scratch root, in tests
pki=$root/var/lib/kubelet/pki
current=$pki/kubelet-client-current.pem
owner=$pki/ironkeel-owner # the cluster and the node the certificate was seeded for
seed=$root/etc/kubernetes/pki/kubelet-client-seed.pem
authority=$root/etc/kubernetes/pki/ca.pem
run=$root/run/ironkeel

say() { printf 'ironkeel-kubelet: %s\n' "$*"; }

# --- the client certificate --------------------------------------------------------------------------------------

# who: the cluster and the node this machine is configured for.
who() {
  local key value
  while read -r key value; do [[ $key != cluster ]] || printf '%s ' "$value"; done 2>/dev/null <"$root/var/lib/ironkeel/applied/manifest"
  cat -- "$root/etc/ironkeel/node-name"
}

# A certificate and its key, both to their last line.
whole() {
  local text
  text=$(<"$1") && [[ $text == *'END CERTIFICATE-----'* && $text == *'PRIVATE KEY-----'*'-----END '*'PRIVATE KEY-----'* ]]
} 2>/dev/null

alive() { openssl x509 -noout -checkend 0 -in "$1" >/dev/null 2>&1; } # not expired, by this machine's clock

# Why the kubelet's certificate does not serve; false when it does. The kubelet renews it by itself, and what it
# renewed is never replaced by the older seed while it is good.
unfit() {
  [[ -e $current ]] || { echo 'it has none yet'; return; }
  [[ ! -f $owner || $(<"$owner") == "$(who)" ]] || { echo 'the one it has is of another node or cluster'; return; }
  whole "$current" || { echo 'the one it has is damaged'; return; }
  command -v openssl >/dev/null || return 1
  if ! alive "$current" && alive "$seed"; then echo 'the one it has is expired'; return; fi
  # The clock may be wrong; whose certificate it is does not depend on it.
  openssl verify -no_check_time -CAfile "$authority" "$current" >/dev/null 2>&1 && return 1
  openssl verify -no_check_time -CAfile "$authority" "$seed" >/dev/null 2>&1 || return 1
  echo 'the one it has was issued by an authority that is no longer accepted'
}

seed_certificate() {
  local reason
  mkdir -p -- "$pki" || return 1
  reason=$(unfit) || return 0
  install -m 0600 -- "$seed" "$pki/.seed.new" && sync -- "$pki/.seed.new" \
    && mv -T -- "$pki/.seed.new" "$pki/kubelet-client-seed.pem" || return 1
  # A link, since the kubelet replaces nothing else when it renews.
  ln -sfn -- kubelet-client-seed.pem "$pki/.current.new" && mv -T -- "$pki/.current.new" "$current" || return 1
  who >"$owner"
  sync -- "$pki"
  say "the kubelet gets the client certificate of the configuration: $reason"
}

# --- name servers ---------------------------------------------------------------------------------------------------

# Whether a file names a server that a pod can reach too.
has_server() {
  local key value
  while read -r key value _; do
    [[ $key == nameserver && -n $value && $value != 127.* && $value != ::1 ]] && return
  done 2>/dev/null <"$root$1"
  return 1
}

# The stub on 127.0.0.53 is no use to pods: cluster DNS would ask itself.
choose_resolv_conf() {
  local file found=''
  for file in /run/systemd/resolve/resolv.conf /run/NetworkManager/no-stub-resolv.conf /etc/resolv.conf; do
    [[ -e $root$file ]] || continue
    [[ -n $found ]] || found=$file # it may get a server later
    if has_server "$file"; then found=$file; break; fi
  done
  mkdir -p -- "$run" && chmod 0755 "$run"
  if [[ -z $found ]]; then
    say 'this machine knows no name server: pods cannot look up names outside the cluster'
    [[ -e $run/resolv.conf ]] || (umask 022 && : >"$run/resolv.conf")
    return
  fi
  ln -sfn -- "$found" "$run/.resolv.new" && mv -T -- "$run/.resolv.new" "$run/resolv.conf"
}

# --- the address ----------------------------------------------------------------------------------------------------

# What listens on the machine's address fails without it, and then waits longer than its coming takes.
wait_for_address() {
  local ip='' what='a route to others' tries=$((${IRONKEEL_WAIT_SECONDS:-20} * 5))
  [[ ! $(<"$root/etc/kubernetes/kubelet.env") =~ --node-ip=([0-9.]+) ]] || ip=${BASH_REMATCH[1]} what="its address ${BASH_REMATCH[1]}"
  command -v ip >/dev/null || return 0
  while ((tries-- > 0)); do
    if [[ -n $ip ]]; then
      [[ -z $(ip -o address show to "$ip" 2>/dev/null) ]] || return 0
    else
      [[ -z $(ip route show default 2>/dev/null) ]] || return 0
    fi
    sleep 0.2
  done
  say "this machine does not have ${what} yet: the kubelet starts all the same"
}

# --- the clock ------------------------------------------------------------------------------------------------------

# The second at which a certificate begins; nothing where nobody can tell.
begins() {
  local said
  said=$(openssl x509 -noout -startdate -in "$1" 2>/dev/null) && [[ $said == notBefore=?* ]] && date -d "${said#*=}" +%s 2>/dev/null
}

# The kubelet itself would only say that nobody answers.
check_clock() {
  local file second since=0
  for file in "$authority" "$seed"; do
    second=$(begins "$file") && ((second > since)) && since=$second
  done
  (($(date +%s) >= since)) && return
  say "this machine's clock is wrong: it says $(date -u '+%Y-%m-%d %H:%M') UTC, and the cluster's certificates are not yet" \
    "valid before $(date -u -d "@$since" '+%Y-%m-%d %H:%M') UTC. Set it, or give the machine a time server (ntp in cluster.yaml)"
}

check_clock
seed_certificate || say 'the client certificate could not be put in place' >&2
choose_resolv_conf || say 'the name servers of pods could not be chosen' >&2
wait_for_address
