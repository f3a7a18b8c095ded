#!/usr/bin/env bash
# Wraps one static program as an image of one layer, as an OCI archive that `ctr images import` takes:
#   oci-archive.sh registry.k8s.io/pause:3.10.2 PROGRAM /pause OUT.tar
set -euo pipefail

name=${1:?} program=${2:?} entrypoint=${3:?} out=${4:?}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
blobs=layout/blobs/sha256
mkdir -p "$blobs" "root$(dirname "$entrypoint")" root/tmp
chmod 1777 root/tmp
install -m 755 "$program" "root$entrypoint"

# Moves a file among the blobs and prints its descriptor.
descriptor() { # MEDIA-TYPE FILE
  local digest size
  digest=$(sha256sum "$2" | cut -d' ' -f1) size=$(stat -c %s "$2")
  mv "$2" "$blobs/$digest"
  jq -cn --arg type "$1" --arg digest "sha256:$digest" --argjson size "$size" '{mediaType: $type, digest: $digest, size: $size}'
}

plain_tar() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar -c "$@"; }

plain_tar -f layer -C root .
diff_id=sha256:$(sha256sum layer | cut -d' ' -f1)
layer=$(descriptor application/vnd.oci.image.layer.v1.tar layer)
jq -cn --arg entrypoint "$entrypoint" --arg diff "$diff_id" '{
  architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [$diff]},
  config: {Entrypoint: [$entrypoint], Env: ["PATH=/usr/local/bin:/usr/bin:/bin"]}}' >config
config=$(descriptor application/vnd.oci.image.config.v1+json config)
jq -cn --argjson config "$config" --argjson layer "$layer" '{
  schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: [$layer]}' >manifest
jq -cn --arg name "$name" --argjson manifest "$(descriptor application/vnd.oci.image.manifest.v1+json manifest)" '{
  schemaVersion: 2, manifests: [$manifest + {annotations: {"io.containerd.image.name": $name}}]}' >layout/index.json
echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
plain_tar -C layout . >"$out"
