"""Lets cloud-init read a config drive and, in a scratch root, apply what it can apply there.

Arguments: the drive's folder, the scratch root. Prints what cloud-init understood, as JSON. Run with the
release's packages in PYTHONPATH, as root.
"""

import json
import logging
import os
import sys

from cloudinit import distros, util
from cloudinit.config import cc_write_files
from cloudinit.distros import ug_util
from cloudinit.sources import DataSourceConfigDrive
from cloudinit.sources.helpers import openstack

KNOWN_MACS = {"52:54:00:12:34:56": "ens3", "52:54:00:65:43:21": "ens4"}


def users_of(config):
    """The accounts cloud-init would make, defaults of the distribution included."""
    distro = distros.fetch("debian")("debian", {}, None)
    users, _ = ug_util.normalize_users_groups(config, distro)
    return users


def hostname_of(config):
    """What the machine would be called."""
    seen = util.get_hostname_fqdn(config, cloud=None)
    prefer_fqdn = util.get_cfg_option_bool(config, "prefer_fqdn_over_hostname", False)
    return seen[1] if prefer_fqdn else seen[0]


def main():
    drive, root = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    results = DataSourceConfigDrive.read_config_drive(drive)
    config = util.load_yaml(results["userdata"])
    network = results.get("networkdata")
    understood = {
        "instanceId": results["metadata"]["instance-id"],
        "meta": results["metadata"]["meta"],
        "hostname": hostname_of(config),
        "users": users_of(config),
        "commands": util.shellify(config["runcmd"]),
        "network": network and openstack.convert_net_json(network, known_macs=KNOWN_MACS),
    }
    os.chroot(root)
    cc_write_files.write_files("write_files", config["write_files"], "root:root")
    print(json.dumps(understood))


main()
