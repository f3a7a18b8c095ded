# Power on, reboot, power cut: each until the API server calls the node Ready in its new boot. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared
administer() { nsenter --net="/run/netns/$name-client" "$kubectl" --kubeconfig="$dir/bootstrap.yaml" --server=https://10.10.10.1:6443 --request-timeout=3s "$@"; }

# The guide's admin has no binding yet, so the one who may make it asks.
cp "$disk/var/lib/ironkeel/incoming/1/root/etc/kubernetes/kubeconfig/bootstrap.yaml" "$dir/bootstrap.yaml"

# What the API server knows from before a cut still says Ready: only the word of this boot counts.
boot=none
ready_in_new_boot() {
  local said
  said=$(administer get node controller -o 'jsonpath={.status.nodeInfo.bootID} {.status.conditions[?(@.type=="Ready")].status}')
  [[ $said == *' True' && $said != "$boot "* ]]
}
ready() { # WHAT SINCE
  wait_until 240 "the node, Ready after $1" ready_in_new_boot
  echo "$1 to Ready: $(seconds_since "$2") s"
  boot=$(administer get node controller -o 'jsonpath={.status.nodeInfo.bootID}')
  wait_until 60 "all of the control plane" control_plane_runs
  echo "  all four pods run: $(seconds_since "$2") s"
}
control_plane_runs() { [[ $(machine_exec "$dir" /opt/bin/crictl ps --state running --quiet | wc -l) == 4 ]]; }
container_runs() { [[ -n $(machine_exec "$dir" /opt/bin/crictl ps --state running --name "$1" --quiet) ]]; }
adopted() { machine_exec "$dir" test -e /run/ironkeel/adopted; }
serves() { administer get --raw /readyz; }

begun=$(now)
machine_start "$dir" "$name" "$image"
wait_until 60 "the adoption" adopted
echo "  adopted: $(seconds_since "$begun") s"
wait_until 120 "etcd" container_runs etcd
echo "  etcd runs: $(seconds_since "$begun") s"
wait_until 120 "the API server" serves
echo "  the API server serves: $(seconds_since "$begun") s"
ready "power on" "$begun"
administer get nodes -o wide
administer get pods -A

begun=$(now)
machine_exec "$dir" systemctl reboot
ready "reboot" "$begun"

begun=$(now)
machine_power_cut "$dir"
machine_start "$dir" "$name" "$image"
ready "power cut" "$begun"
administer get pods -A
administer create clusterrolebinding ironkeel:cluster-admins --clusterrole=cluster-admin --group=ironkeel:cluster-admins
nsenter --net="/run/netns/$name-client" "$kubectl" --kubeconfig="$folder/kubeconfig" get nodes
echo "memory of the machine: $(machine_memory "$name") MB"
