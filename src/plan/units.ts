import { encodeUnit } from '../formats/systemd.js';
import type { HostUnit } from './types.js';

/**
 * Adopts the newest configuration before anything that uses it starts. It also runs on each later boot,
 * where it finds nothing newer and returns at once. Until the program is adopted itself it is run from the
 * payload; after that the adopted one goes first, whatever an old drive places again.
 */
export function adoptUnit(programPath: string): HostUnit {
  const places = `${programPath} /var/lib/ironkeel/incoming/*/root${programPath}`;
  const search = `for p in ${places}; do if [ -f "$$p" ]; then exec /usr/bin/bash "$$p"; fi; done; exit 1`;
  const content = encodeUnit({
    Unit: {
      Description: "Adopt this machine's newest Ironkeel configuration",
      Documentation: 'https://ironkeel.dev/docs/reference/generations',
      After: 'local-fs.target',
      Before: ['kubelet.service', 'ironkeel-install.service'],
    },
    Service: {
      Type: 'oneshot',
      // Through the interpreter: SELinux refuses systemd a program it does not know, never /usr/bin/bash.
      ExecStart: `/usr/bin/bash -c '${search}'`,
      TimeoutStartSec: '5min',
    },
    Install: { WantedBy: 'multi-user.target' },
  });
  return { name: 'ironkeel-adopt.service', content, dropIns: [], state: 'enabled' };
}

/** A unit of the operating system that would get in our way. */
export function maskedUnit(name: string): HostUnit {
  return { name, dropIns: [], state: 'masked' };
}

/** Fetches the pinned programs. Never in the way of the boot: no start timeout, and nothing waits for it. */
export function installUnit(scriptPath: string): HostUnit {
  const content = encodeUnit({
    Unit: {
      Description: 'Install the pinned Kubernetes programs of this machine',
      Wants: 'network-online.target',
      After: ['network-online.target', 'ironkeel-adopt.service'],
      ConditionPathExists: '/run/ironkeel/adopted',
    },
    Service: {
      Type: 'oneshot',
      RemainAfterExit: 'yes',
      ExecStart: `/usr/bin/bash ${scriptPath}`,
      TimeoutStartSec: 'infinity',
      Restart: 'on-failure',
      RestartSec: '15s',
    },
    Install: { WantedBy: 'multi-user.target' },
  });
  return { name: 'ironkeel-install.service', content, dropIns: [], state: 'enabled' };
}
