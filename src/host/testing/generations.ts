import type { PayloadFixture } from './payload.js';

/** A first configuration with one of everything an adoption does. */
export const FIRST: PayloadFixture = {
  generation: 1,
  directories: { '/etc/kubernetes': 0o755, '/etc/kubernetes/manifests': 0o700 },
  files: {
    '/etc/hostname': 'worker1\n',
    '/etc/ironkeel/machine': 'worker1\n',
    '/etc/kubernetes/manifests/old.yaml': 'kind: Pod\n',
    '/etc/kubernetes/pki/kubelet.key': ['secret one', 0o600],
    '/etc/modules-load.d/ironkeel.conf': 'br_netfilter\n',
    '/etc/sysctl.d/90-ironkeel.conf': 'net.ipv4.ip_forward = 1\n',
    '/etc/systemd/system/kubelet.service': '[Service]\nExecStart=/opt/bin/kubelet\n',
    '/opt/bin/ironkeel-install': ['#!/bin/sh\n', 0o755],
  },
  links: { '/etc/kubernetes/current': 'pki' },
  units: { 'kubelet.service': 'enabled', 'locksmithd.service': 'masked' },
};

/** Its successor: something new, changed, gone and kept of every kind. */
export const SECOND: PayloadFixture = {
  ...FIRST,
  generation: 2,
  files: {
    ...omit(FIRST.files ?? {}, '/etc/kubernetes/manifests/old.yaml'),
    '/etc/kubernetes/pki/kubelet.key': ['secret two', 0o600],
    '/etc/systemd/system/node-helper.service': '[Service]\nExecStart=/bin/true\n',
    '/etc/systemd/network/10-ironkeel.network': '[Match]\n',
  },
  links: { '/etc/kubernetes/current': 'manifests' },
  units: { 'kubelet.service': 'enabled', 'node-helper.service': 'enabled' },
};

/** A record without one of its entries. */
export function omit<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
