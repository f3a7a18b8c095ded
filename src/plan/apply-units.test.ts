import { describe, expect, it } from 'vitest';
import { applyUnits } from './apply-units.js';

describe('applyUnits', () => {
  const [service, timer] = applyUnits('/opt/bin/ironkeel-apply');

  it('starts with the machine, and nothing waits until it is done', () => {
    expect(service).toMatchObject({ name: 'ironkeel-apply.service', state: 'enabled' });
    expect(service?.content).toContain('Type=exec\n');
    expect(service?.content).toContain('WantedBy=multi-user.target\n');
    expect(service?.content).toContain('ExecStart=/usr/bin/bash /opt/bin/ironkeel-apply\n');
    expect(service?.content).not.toContain('TimeoutStartSec');
  });

  it('looks again by a timer, whether the service has ever run or not', () => {
    expect(timer).toMatchObject({ name: 'ironkeel-apply.timer', state: 'enabled' });
    expect(timer?.content).toContain('OnActiveSec=10min\nOnUnitInactiveSec=10min\n');
  });
});
