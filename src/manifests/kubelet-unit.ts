import { encodeUnit } from '../formats/systemd.js';
import type { HostPaths, HostUnit } from '../plan/index.js';
import { ETCD, STATIC_PODS } from './paths.js';

/**
 * Starts the kubelet once the machine's configuration is adopted and its program installed; the installation
 * starts it where it was fetched after the boot. It never requires the adoption: a machine whose drive was
 * refused keeps running what it runs.
 *
 * @param etcd whether a member of etcd runs on the machine
 */
export function kubeletUnit({ binDir }: HostPaths, etcd: boolean): HostUnit {
  const program = `${binDir}/kubelet`;
  const guard = etcd ? `-/usr/bin/bash ${binDir}/ironkeel-etcd guard` : `-/usr/bin/rm -f ${LEFT_OVER}`;
  const content = encodeUnit({
    Unit: {
      Description: 'Run the pods of this machine (kubelet)',
      Documentation: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/',
      Wants: 'containerd.service',
      After: ['containerd.service', 'ironkeel-adopt.service'],
      // Images of an import that was cut may be torn: the installation mends them, then starts the kubelet.
      ConditionPathExists: ['/run/ironkeel/adopted', '!/var/lib/ironkeel/importing'],
      ConditionFileIsExecutable: program,
      StartLimitIntervalSec: 0,
    },
    Service: {
      // The programs of the installation come first.
      Environment: `PATH=${[...new Set([binDir, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'])].join(':')}`,
      EnvironmentFile: '/etc/kubernetes/kubelet.env',
      ExecStartPre: [`-/usr/bin/bash ${binDir}/ironkeel-kubelet`, guard],
      ExecStart: `${program} $KUBELET_ARGS`,
      Restart: 'always',
      RestartSec: '2s',
      // Its pods outlive it.
      KillMode: 'process',
    },
    Install: { WantedBy: 'multi-user.target' },
  });
  return { name: 'kubelet.service', content, dropIns: [], state: 'enabled' };
}

/** What the guard has placed, of a machine that has no member any more. */
const LEFT_OVER = `${STATIC_PODS}/${ETCD.podName}`;
