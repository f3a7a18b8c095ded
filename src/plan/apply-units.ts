import { encodeUnit } from '../formats/systemd.js';
import type { HostUnit } from './types.js';

/**
 * Applies the cluster's manifests and labels its nodes, on a controller: at boot until it is done, then every ten
 * minutes, which takes three questions to the API server as long as nothing has changed. Nothing waits for it.
 */
export function applyUnits(programPath: string): HostUnit[] {
  return [serviceUnit(programPath), timerUnit()];
}

function serviceUnit(programPath: string): HostUnit {
  const content = encodeUnit({
    Unit: {
      Description: "Apply the cluster's manifests and the labels of its nodes",
      Documentation: 'https://ironkeel.dev/docs/guide/addons',
      After: ['network.target', 'ironkeel-adopt.service'],
      ConditionPathExists: '/run/ironkeel/adopted',
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: 'exec',
      ExecStart: `/usr/bin/bash ${programPath}`,
      Restart: 'on-failure',
      RestartSec: '10s',
    },
    Install: { WantedBy: 'multi-user.target' },
  });
  return { name: 'ironkeel-apply.service', content, dropIns: [], state: 'enabled' };
}

function timerUnit(): HostUnit {
  const content = encodeUnit({
    Unit: { Description: "Look every ten minutes whether the cluster's manifests are applied" },
    Timer: {
      OnActiveSec: '10min',
      OnUnitInactiveSec: '10min',
      // Several controllers do not ask at once.
      RandomizedDelaySec: '60s',
    },
    Install: { WantedBy: 'timers.target' },
  });
  return { name: 'ironkeel-apply.timer', content, dropIns: [], state: 'enabled' };
}
