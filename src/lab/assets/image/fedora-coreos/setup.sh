# shellcheck shell=bash
# Runs inside the image's layer. The user core is Ignition's to make.
chmod 600 /usr/lib/NetworkManager/system-connections/lab.nmconnection
printf 'core ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/core
chmod 440 /etc/sudoers.d/core
cat >/usr/lib/os-release <<'RELEASE'
NAME="Machine of the Ironkeel lab like Fedora CoreOS"
ID=fedora-coreos-like
ID_LIKE=debian
VERSION_ID=13
PRETTY_NAME="Machine of the Ironkeel lab like Fedora CoreOS (Debian 13)"
RELEASE
systemctl disable containerd.service systemd-networkd.service systemd-networkd.socket
systemctl enable NetworkManager.service
# These are below /var there, as /usr is read-only.
mv /usr/local /var/usrlocal
ln -s ../var/usrlocal /usr/local
mv /opt /var/opt.new
rm -rf /var/opt
mv /var/opt.new /var/opt
ln -s var/opt /opt
