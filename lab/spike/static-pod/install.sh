# containerd, a kubelet without an API, and one static pod. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154 # run.sh sets what is shared
disk=$dir/disk
build() { "$components/build.sh" "$@"; }

install -D -t "$disk/opt/bin" "$(build containerd containerd)" "$(build containerd containerd-shim-runc-v2)" \
  "$(build containerd ctr)" "$(build crictl crictl)" "$(build kubernetes kubelet)"
install -D -t "$disk/opt/cni/bin" "$(build cni-plugins loopback)" "$(build cni-plugins bridge)" "$(build cni-plugins host-local)"
cp -r "$spike/static-pod/root/." "$disk/"

mkdir -p "$disk/opt/images"
for program in pause hello; do
  gcc -Os -static -s -o "$dir/$program" "$spike/images/$program.c"
done
"$spike/images/oci-archive.sh" registry.k8s.io/pause:3.10.2 "$dir/pause" /pause "$disk/opt/images/pause.tar"
"$spike/images/oci-archive.sh" lab.local/hello:1 "$dir/hello" /hello "$disk/opt/images/hello.tar"
mkdir -p "$disk/etc/systemd/system/multi-user.target.wants"
for unit in containerd kubelet; do ln -s "../$unit.service" "$disk/etc/systemd/system/multi-user.target.wants/"; done
