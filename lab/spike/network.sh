# The lab's network: the machine's namespace and a client's, joined by one cable, with no route out. Sourced.
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared

network_make() { # NAME
  ip netns add "$1"
  ip netns add "$1-client"
  ip link add eth0 netns "$1" type veth peer name eth0 netns "$1-client"
  ip -n "$1" address add 10.10.10.1/24 dev eth0
  ip -n "$1-client" address add 10.10.10.254/24 dev eth0
  for end in "$1" "$1-client"; do
    ip -n "$end" link set lo up
    ip -n "$end" link set eth0 up
  done
  # The machine's way to its own neighbours, and nothing behind: the client forwards nothing.
  ip -n "$1" route add default via 10.10.10.254
  network_is_closed "$1" || { echo "the lab's network has a way out" >&2; return 1; }
}

# The client's end has a cable to the machine and nothing else.
network_is_closed() { # NAME
  [[ -z $(ip -n "$1-client" route show default) && $(ip -n "$1-client" -json link | jq -c '[.[].ifname] | sort') == '["eth0","lo"]' ]]
}

network_remove() { # NAME
  for end in "$1" "$1-client"; do
    [[ ! -e /run/netns/$end ]] || ip netns del "$end"
  done
}
