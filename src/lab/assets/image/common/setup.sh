# shellcheck shell=bash
# Runs inside the image's layer.
chmod 755 /usr/sbin/mount.iso9660
ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
# Ignition writes a user's keys into a folder of parts; Flatcar and Fedora CoreOS let sshd look there in ways of their own.
mkdir -p /etc/ssh/sshd_config.d
printf 'AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys.d/ignition\nPasswordAuthentication no\n' >/etc/ssh/sshd_config.d/50-lab.conf
systemctl enable systemd-networkd.service systemd-resolved.service ssh.service
# Each boot waits for these alone, not for whatever else has an interface.
systemctl disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer 2>/dev/null || true
# The keys of sshd are made at the first boot, as the systems do that this image stands for.
cat >/usr/lib/systemd/system/lab-host-keys.service <<'UNIT'
[Unit]
Description=Make the SSH host keys
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable lab-host-keys.service
