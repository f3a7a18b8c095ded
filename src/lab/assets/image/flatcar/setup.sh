# shellcheck shell=bash
# Runs inside the image's layer.
chmod 755 /usr/bin/coreos-cloudinit
groupadd --gid 500 core
useradd --uid 500 --gid core --create-home --shell /bin/bash --password '*' core
usermod --append --groups sudo,systemd-journal,adm core
printf 'core ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/core
chmod 440 /etc/sudoers.d/core
# Quoted values, as Flatcar's are.
cat >/usr/lib/os-release <<'RELEASE'
NAME="Flatcar-like machine of the Ironkeel lab"
ID="flatcar-like"
ID_LIKE="debian"
VERSION_ID="13"
PRETTY_NAME="Flatcar-like machine of the Ironkeel lab (Debian 13)"
RELEASE
# Flatcar starts containerd when something asks for it.
systemctl disable containerd.service
systemctl enable user-configdrive.service
mkdir -p /opt/bin /media/configdrive
