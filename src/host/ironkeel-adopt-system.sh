# The second half of ironkeel-adopt; the first is ironkeel-adopt.sh, and machines have them as one program.

# --- the running system ---------------------------------------------------------------------------------------------

# The system read these files before they arrived: they take effect now. What fails is said and no more.
activate() {
  local name key value list=" ${changed[*]} ${redo:+/etc/ironkeel/firewall /etc/systemd/network/ /etc/NetworkManager/ /etc/ssh/ /etc/containerd/}"
  live || return 0
  [[ ! -f $root/etc/modules-load.d/ironkeel.conf ]] || while read -r name; do
    [[ -z $name ]] || modprobe -- "$name" || warn "the kernel module $name could not be loaded"
  done <"$root/etc/modules-load.d/ironkeel.conf"
  [[ ! -f $root/etc/sysctl.d/90-ironkeel.conf ]] || while IFS=' =' read -r key value; do
    [[ -z $key ]] || kernel "${key//.//}" "$value" || warn "$key could not be set to $value"
  done <"$root/etc/sysctl.d/90-ironkeel.conf"
  [[ ! -f $root/etc/hostname ]] || kernel kernel/hostname "$(<"$root/etc/hostname")" || warn 'the hostname could not be set'
  [[ $list != *' /etc/systemd/network/'* ]] || ! command -v networkctl >/dev/null || timeout 20 networkctl reload \
    || warn 'networkd did not read its files again'
  # Two commands, one for its configuration and one for connections: without the first it would take pods' interfaces
  # for its own until the next boot, ask for an address there and, in vain, remove their routes.
  [[ $list != *' /etc/NetworkManager/'* ]] || ! command -v nmcli >/dev/null \
    || { timeout 20 nmcli general reload conf && timeout 20 nmcli connection reload; } \
    || warn 'NetworkManager did not read its files again'
  # Neither ends a session nor a container; only what runs already is asked.
  [[ $list != *' /etc/ironkeel/firewall'* ]] || again try-reload-or-restart ironkeel-firewall
  [[ $list != *' /etc/ssh/'* ]] || for name in ssh sshd; do again try-reload-or-restart "$name"; done
  [[ $list != *' /etc/containerd/'* && $list != *'/containerd.service'[\ .]* ]] || again try-restart containerd
}

again() { "$systemctl" "$1" --no-block "$2.service" 2>/dev/null </dev/null || :; } # VERB UNIT, if there is one

kernel() { { printf '%s\n' "$2" >"$root/proc/sys/$1"; } 2>/dev/null; }

# start_units all|changed: without waiting, so that a slow start does not hold up the boot.
start_units() {
  local name start=() keep=() list=" ${changed[*]} "
  live || return 0
  for name in "${!new[@]}"; do
    [[ ${new[$name]} == 'unit enabled' && $name != *@.* && $name != ironkeel-adopt.service ]] || continue
    if [[ $1 == all || ${old[$name]:-} != 'unit enabled' ]]; then start+=("$name")
    elif [[ $list == *"/systemd/system/$name"[\ .]* ]]; then keep+=("$name"); fi
  done
  ((${#start[@]} == 0)) || "$systemctl" start --no-block "${start[@]}" </dev/null || warn 'a unit could not be started'
  # Fetching again harms nobody; what else runs is restarted by whoever knows that it may be.
  [[ $1 == all || $list != *'/ironkeel-install '* ]] || "$systemctl" restart --no-block ironkeel-install.service </dev/null || :
  ((${#keep[@]} == 0)) || say "these units changed and run as before until they are restarted: ${keep[*]}"
}

# The digest that ironkeel.lock has of it: of everything but the generation, as `build` counts it.
configuration() { # MANIFEST
  { printf '%s\n' "$(field cluster "$1")" "$(field machine "$1")" && sed -e 1,4d -e '$d' -- "$1"; } | sha256sum | cut -d ' ' -f 1
}

status() {
  local highest
  highest=$(generations | head -n 1)
  if [[ -f $applied ]]; then
    printf 'applied %s\ndigest %s\n' "$(field generation "$applied")" "$(field digest "$applied")"
    printf 'configuration %s\n' "$(configuration "$applied")"
  fi
  printf 'incoming %s\n' "${highest:-none}"
  [[ ! -e $marker ]] || printf 'adopting %s\n' "$(field generation "$marker")"
  if [[ -e $run/adopted ]]; then echo 'ready yes'; else echo 'ready no'; fi
}

main() {
  local generation
  case $# in 0) ;; 1) [[ $1 == --status ]] || die 'usage: ironkeel-adopt [--status]'; status; return ;; esac
  ((EUID == 0)) || [[ -n $root ]] || die 'only root can do this'
  mkdir -p -- "$state/applied" "$incoming" "$run" && chmod 0755 "$run"
  exec 9>"$run/adopt.lock"
  flock -w 120 9 || die 'another ironkeel-adopt has been running for two minutes: try again when it is done'
  [[ ! -f $applied ]] || { current=$(field generation "$applied") floor=$current; }
  [[ ! -e $run/adopted ]] || ready=yes
  if [[ -e $marker ]]; then
    redo=yes ready='' floor=$(field generation "$marker")
    rm -f -- "$run/adopted"
    say "the adoption of generation $floor was cut short"
    load old "$marker" # what it placed; how things were before is in the applied one
  fi
  [[ ! -f $applied ]] || load old "$applied"
  take_drives
  choose
  if [[ -n $chosen ]]; then
    load new "$incoming/$chosen/manifest"
    if stage "$incoming/$chosen"; then adopt "$chosen"; else
      complain "generation $chosen was not adopted: $why ($(free "$root/etc") MB free). Nothing was changed; run ironkeel-adopt again when that is solved"
    fi
  fi
  [[ ! -e $marker ]] || die "the adoption of generation $floor is not finished, and the machine stays out of service." \
    "Attach a drive with generation $floor or a newer one, then run ironkeel-adopt"
  [[ -f $applied ]] || die "$incoming holds no whole configuration for this machine. Attach its drive, then run ironkeel-adopt"
  if [[ -z $ready ]]; then
    [[ $current == "$chosen" ]] || { new=() changed=(); load new "$applied"; activate; }
  fi
  : >"$run/adopted"
  if [[ -z $ready ]]; then start_units all; elif [[ $current == "$chosen" ]]; then start_units changed; fi
  for generation in $(generations); do
    ((generation < current)) || continue
    say "generation $generation is older than $current: it is removed"
    rm -rf -- "${incoming:?}/$generation"
  done
  return "$problems"
}

main "$@"
