#!/usr/bin/env bash
# The guide's way, for comparison: a shell loop of openssl and genisoimage, one certificate, one user_data and one
# ISO a machine, with today's key type (EC P-256). `shell-way.sh FOLDER COUNT`
set -euo pipefail

mkdir -p "$1/ssl" && cd "$1"
count=$2

openssl ecparam -name prime256v1 -genkey -noout -out ssl/ca-key.pem
openssl req -x509 -new -key ssl/ca-key.pem -days 3650 -out ssl/ca.pem -subj /CN=kube-ca
openssl ecparam -name prime256v1 -genkey -noout -out ssl/admin-key.pem
openssl req -new -key ssl/admin-key.pem -out ssl/admin.csr -subj /CN=kube-admin
openssl x509 -req -in ssl/admin.csr -CA ssl/ca.pem -CAkey ssl/ca-key.pem -CAcreateserial -out ssl/admin.pem -days 365 2>/dev/null

for ((i = 0; i < count; i++)); do
  ip=10.10.$((i / 250)).$((i % 250 + 1))
  node=inventory/node-machine$i
  mkdir -p "$node/ssl" "$node/cloud-config/openstack/latest"
  cat >"$node/openssl.cnf" <<EOF
[req]
req_extensions = v3_req
distinguished_name = req_distinguished_name
[req_distinguished_name]
[v3_req]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
subjectAltName = @alt_names
[alt_names]
DNS.1 = kubernetes.default.svc.cluster.local
IP.1 = 10.3.0.1
IP.2 = $ip
EOF
  openssl ecparam -name prime256v1 -genkey -noout -out "$node/ssl/worker-key.pem"
  openssl req -new -key "$node/ssl/worker-key.pem" -out "$node/ssl/worker.csr" -subj "/CN=machine$i" -config "$node/openssl.cnf"
  openssl x509 -req -in "$node/ssl/worker.csr" -CA ssl/ca.pem -CAkey ssl/ca-key.pem -CAcreateserial \
    -out "$node/ssl/worker.pem" -days 365 -extensions v3_req -extfile "$node/openssl.cnf" 2>/dev/null
  cat >"$node/install.sh" <<EOF
#!/bin/bash
export CONTROLLER_ENDPOINT=https://10.10.0.1
export ADVERTISE_IP=$ip
exec /opt/bin/worker-install.sh
EOF
  cat >"$node/cloud-config/openstack/latest/user_data" <<EOF
#cloud-config
hostname: machine$i
write_files:
  - path: /etc/kubernetes/ssl/ca.pem
    encoding: b64
    content: $(base64 -w0 ssl/ca.pem)
  - path: /etc/kubernetes/ssl/worker.pem
    encoding: b64
    content: $(base64 -w0 "$node/ssl/worker.pem")
  - path: /etc/kubernetes/ssl/worker-key.pem
    encoding: b64
    content: $(base64 -w0 "$node/ssl/worker-key.pem")
  - path: /opt/bin/install.sh
    permissions: "0755"
    encoding: b64
    content: $(base64 -w0 "$node/install.sh")
coreos:
  units:
    - name: install.service
      command: start
      content: |
        [Service]
        Type=oneshot
        ExecStart=/opt/bin/install.sh
EOF
  genisoimage -quiet -R -J -V config-2 -o "$node/config.iso" "$node/cloud-config"
done
