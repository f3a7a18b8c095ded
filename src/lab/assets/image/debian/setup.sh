# shellcheck shell=bash
# Runs inside the image's layer. cloud-init's default user is debian, as in Debian's cloud images.
mkdir -p /opt/bin
