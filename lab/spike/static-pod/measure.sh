# Power on, reboot, power cut: each until crictl calls the pod's container running. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared
pod_runs() { [[ $(machine_exec "$dir" /opt/bin/crictl ps --state running --name hello --quiet | wc -l) == 1 ]]; }

booted=$(now)
machine_start "$dir" "$name" "$image"
wait_until 120 "a static pod" pod_runs
echo "power on to a running static pod: $(seconds_since "$booted") s"
machine_exec "$dir" /opt/bin/crictl pods
machine_exec "$dir" /opt/bin/crictl ps

machine_power_cut "$dir"
booted=$(now)
machine_start "$dir" "$name" "$image"
wait_until 120 "the static pod after a power cut" pod_runs
echo "power cut to a running static pod: $(seconds_since "$booted") s"
echo "memory of the machine: $(machine_memory "$name") MB"
