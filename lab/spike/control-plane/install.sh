# One controller of the guide's cluster: its real generation, and a control plane of locally wrapped images. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared
source "$spike/static-pod/install.sh"
rm "$disk/etc/kubernetes/kubelet.yaml" "$disk/etc/kubernetes/manifests/hello.yaml" "$disk/opt/images/hello.tar"
cp -r "$spike/control-plane/root/." "$disk/"

# Wraps a program's image unless an older run did.
wrap() { # IMAGE PROGRAM
  local archive=$cache/images/$1-$(basename "$(dirname "$2")").tar
  mkdir -p "$cache/images"
  [[ -f $archive ]] || { "$spike/images/oci-archive.sh" "lab.local/$1:lab" "$2" "/$1" "$archive.new" && mv "$archive.new" "$archive"; }
  cp "$archive" "$disk/opt/images/$1.tar"
}
wrap etcd "$(build etcd server)"
for program in kube-apiserver kube-controller-manager kube-scheduler; do wrap "$program" "$(build kubernetes "$program")"; done
kubectl=$(build kubernetes kubectl)

# The user's folder, as its three commands make it.
ironkeel=${IRONKEEL:-$spike/../../bin/ironkeel.js}
folder=$dir/folder
mkdir -m 700 "$folder"
ssh-keygen -q -t ed25519 -N '' -f "$folder/id"
node "$ironkeel" init --example guide --ssh-key "$folder/id.pub" -C "$folder" >/dev/null
node "$ironkeel" build -C "$folder" >/dev/null

# What coreos-cloudinit does with the drive: the payload among what is waiting, and the unit that adopts it.
incoming=$disk/var/lib/ironkeel/incoming
mkdir -p "$incoming"
tar -xf "$folder/inventory/node-controller/cloud-config/ironkeel/payload.tar" -C "$incoming" --no-same-owner
install -D -m 755 "$incoming/1/root/opt/bin/ironkeel-adopt" "$disk/opt/bin/ironkeel-adopt"
install -D -m 644 "$incoming/1/root/etc/systemd/system/ironkeel-adopt.service" "$disk/etc/systemd/system/ironkeel-adopt.service"
ln -s ../ironkeel-adopt.service "$disk/etc/systemd/system/multi-user.target.wants/"
chmod 700 "$dir/real/etcd" 2>/dev/null || install -d -m 700 "$dir/real/etcd"
