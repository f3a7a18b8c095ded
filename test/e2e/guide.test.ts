import { afterAll, beforeAll, describe, it } from 'vitest';
import { LabCluster } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { GUIDE_CAST, Story } from './support/story.js';

// One story, in order: each test starts from what the one before it left.
describe('the guide’s four machines', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = LabCluster.ofGuide(labBundle());
  });
  afterAll(() => cluster?.leave());

  it('become a cluster by themselves, powered on in reverse order', () => {
    cluster.buildAndPowerOn('--order', 'reverse');
    cluster.waitReady();
  });

  const story = new Story(() => cluster, GUIDE_CAST);
  story.nodes();
  story.network();
  story.shells();
  story.volumes();
  story.policies();
  story.metrics();
  story.reboots();
  story.powerCut();
});
