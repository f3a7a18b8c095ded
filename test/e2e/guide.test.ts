import { afterAll, beforeAll, describe, it } from 'vitest';
import { LabCluster } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { Story } from './support/story.js';

// One story, in order: each test starts from what the one before it left.
describe('the guide’s four machines', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.ironkeel('init', '--example', 'guide', '--ssh-key', cluster.sshKey);
  });
  afterAll(() => cluster?.leave());

  it('become a cluster by themselves, powered on in reverse order', () => {
    cluster.buildAndPowerOn('--order', 'reverse');
    cluster.waitReady();
  });

  const story = new Story(() => cluster, {
    controller: 'controller',
    workers: ['worker1', 'worker2'],
    addresses: ['10.10.10.2', '10.10.10.3'],
    edge: { name: 'example.com', address: '123.234.234.123' },
  });
  story.nodes();
  story.network();
  story.shells();
  story.volumes();
  story.policies();
  story.metrics();
  story.reboots();
  story.powerCut();
});
