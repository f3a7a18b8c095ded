# Starts, cuts and removes one machine in systemd-nspawn. Sourced; every function is given the machine's folder,
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared
# which holds all of it: disk/ (what it writes), real/ (folders that may not lie on an overlay), its console and process ids.

# The child cgroup of the machine in every hierarchy. A shell that starts a machine moves there first: nspawn
# takes the cgroup it is in for its own.
machine_cgroups() { # NAME
  local id controllers path
  while IFS=: read -r id controllers path; do
    [[ $id == 0 ]] && controllers=unified
    [[ -d /sys/fs/cgroup/${controllers#name=} ]] && echo "/sys/fs/cgroup/${controllers#name=}${path%/}/ironkeel-lab-$1"
  done </proc/$$/cgroup
}

enter_cgroups() { # NAME
  local group
  for group in $(machine_cgroups "$1"); do
    mkdir -p "$group"
    # A new cpuset is empty, and an empty one takes no process.
    [[ $group != /sys/fs/cgroup/cpuset/* ]] || for file in cpuset.cpus cpuset.mems; do cat "$(dirname "$group")/$file" >"$group/$file"; done
    echo "$BASHPID" >"$group/cgroup.procs"
  done
}

# Ends every process in the machine's groups, which hold no others, and removes the groups.
remove_cgroups() { # DIR
  local group
  [[ -f $1/groups ]] || return 0
  wait_until 10 "the machine's processes to end" no_process_left "$1"
  while read -r group; do
    [[ ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} \;
  done <"$1/groups"
}

no_process_left() { # DIR
  local group pids=
  group=$(grep /pids/ "$1/groups")
  [[ -d $group ]] || return 0
  pids=$(find "$group" -name cgroup.procs -exec cat {} +)
  # shellcheck disable=SC2086 # numbers, one a line
  [[ -z $pids ]] || { kill -KILL $pids; false; }
}

# Powers the machine on. Its overlay and binds live in a mount namespace that ends with it.
machine_start() { # DIR NAME IMAGE
  local dir=$1 name=$2 image=$3
  mkdir -p "$dir"/{disk,work,root,real/containerd,real/kubelet,real/etcd}
  machine_cgroups "$name" >"$dir/groups"
  (
    enter_cgroups "$name"
    exec setsid unshare --mount --propagation private bash "$spike/power.sh" "$dir" "$name" "$image" >>"$dir/console" 2>&1
  ) &
  echo $! >"$dir/pid"
  disown # or bash would report each power cut
}

# The machine's first process as the host sees it, once it is there.
machine_leader() { # DIR
  local power nspawn
  power=$(cat "$1/pid")
  nspawn=$(pgrep -P "$power" -x systemd-nspawn) && pgrep -P "$nspawn"
}

machine_exec() { # DIR COMMAND…
  local leader
  leader=$(machine_leader "$1") || { echo "the machine is off" >&2; return 125; }
  nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup -- "${@:2}"
}

# What pulling the plug does: no process of the machine gets a word.
machine_power_cut() { # DIR
  local power
  power=$(cat "$1/pid")
  kill -KILL "$(machine_leader "$1")" || true
  wait_until 20 "the power to be off" process_gone "$power"
}

machine_remove() { # DIR
  [[ -d $1 ]] || return 0
  remove_cgroups "$1" && rm -rf --one-file-system "$1"
}

process_gone() { ! kill -0 "$1" 2>/dev/null; }

now() { date +%s%N; }
# Memory its processes hold, without the page cache, in MB.
machine_memory() { # NAME
  awk '$1 == "total_rss" {printf "%d", $2 / 1048576}' "$(machine_cgroups "$1" | grep /memory/)/memory.stat"
}
seconds_since() { awk -v a="$1" -v b="$(now)" 'BEGIN {printf "%.1f", (b - a) / 1e9}'; }

# Waits at most LIMIT seconds for a command to succeed.
wait_until() { # LIMIT WHAT COMMAND…
  local limit=$1 what=$2 start
  start=$(now)
  shift 2
  until "$@" >/dev/null 2>&1; do
    if awk -v s="$(seconds_since "$start")" -v l="$limit" 'BEGIN {exit !(s > l)}'; then
      echo "waited $limit s in vain for $what" >&2
      return 1
    fi
    sleep 0.2
  done
}
