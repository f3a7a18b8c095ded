import { afterAll, beforeAll, describe, it } from 'vitest';
import { KUBERNETES } from '../support/kubernetes.js';
import { LabCluster } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { GUIDE_CAST, Story } from './support/story.js';

// `npm run e2e:minors` tells this for every minor but the default one, which the other stories are about.
describe(`the guide’s four machines with Kubernetes ${KUBERNETES.version}`, () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = LabCluster.ofGuide(labBundle(KUBERNETES.version));
    cluster.edit((text) => text.replace(/^name: .*$/m, `$&\nkubernetes: {version: "${KUBERNETES.version}"}`));
  }, 5_400_000);
  afterAll(() => cluster?.leave());

  it('become a cluster by themselves', () => {
    cluster.buildAndPowerOn();
    cluster.waitReady();
  });

  const story = new Story(() => cluster, GUIDE_CAST);
  story.nodes();
  story.network();
  story.shells();
  story.volumes();
  story.policies();
  story.metrics();
});
