import { describe, expect, it } from 'vitest';
import type { Lab, LabMachine, LabPlan } from '../../types.js';
import { qemu } from './index.js';
import { qemuOverlay } from './overlay.js';

const machine = { name: 'c1', os: 'flatcar', role: 'controller' } as LabMachine;
const plan = { segments: [{ name: 'lan0', public: false, routers: ['10.10.10.254'] }] } as unknown as LabPlan;
const lab = { plan, kubeProxy: 'kind: ConfigMap' } as Lab;

describe('what the lab changes on a machine in QEMU', () => {
  it('is the mirror and the other end of lab exec, nothing that a container needs', () => {
    expect(qemuOverlay({ ...lab, bundle: '/bundle' }).map(({ path }) => path)).toEqual([
      '/etc/systemd/system/ironkeel-install.service.d/90-lab.conf',
      '/etc/lab/agent.py',
      '/etc/systemd/system/lab-agent.service',
      '/etc/systemd/system/sysinit.target.wants/lab-agent.service',
    ]);
  });

  it('names the mirror where there is one alone', () => {
    const [mirror] = qemuOverlay({ ...lab, bundle: '/bundle' });
    expect(mirror?.content).toContain('IRONKEEL_MIRROR=http://10.10.10.254:8080');
    expect(qemuOverlay(lab).every(({ content }) => !content.includes('IRONKEEL_MIRROR'))).toBe(true);
  });
});

describe('machines that QEMU is asked to boot', () => {
  const ask = (os: string, provision: 'drive' | 'ignition') => () =>
    qemu.requirements({ ...plan, machines: [{ ...machine, os }] }, provision);

  it('may have any system that boots from a drive', () => {
    expect(ask('flatcar', 'drive')).not.toThrow(/from no drive/);
    expect(ask('debian', 'drive')).not.toThrow(/from no drive/);
  });

  it('may not be set up by Ignition', () => {
    expect(ask('fedora-coreos', 'drive')).toThrow(/boots fedora-coreos from no drive/);
    expect(ask('flatcar', 'ignition')).toThrow(/boots flatcar from no drive/);
  });
});
