// An HTTPS server on the controller's address that answers what `ironkeel status` asks of an API server, from what
// one said. Arguments: the cluster's folder, UID of kube-system. Prints a line when it listens.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [, , folder, uid] = process.argv;
const ssl = `${folder}/inventory/node-controller/ssl`;
const names = ['controller', 'worker1', 'worker2', 'example.com'];
const ready = [{ type: 'Ready', status: 'True', message: 'kubelet is posting ready status' }];

const nodes = names.map((name) => ({
  metadata: { name },
  spec: {},
  status: { conditions: ready, nodeInfo: { kubeletVersion: 'v1.36.4', bootID: 'boot-1' }, addresses: [] },
}));
const pods = ['kube-controller-manager', 'kube-scheduler'].map((name) => ({
  metadata: {
    name: `${name}-controller`,
    namespace: 'kube-system',
    annotations: { 'kubernetes.io/config.mirror': '1' },
  },
  spec: { nodeName: 'controller' },
  status: { conditions: ready },
}));
const proxy = {
  metadata: { name: 'kube-proxy', namespace: 'kube-system', generation: 1 },
  spec: { selector: { matchLabels: { 'k8s-app': 'kube-proxy' } } },
  status: { desiredNumberScheduled: 4, numberAvailable: 4, updatedNumberScheduled: 4, observedGeneration: 1 },
};
const answers = {
  '/readyz': 'ok',
  '/api/v1/namespaces/kube-system': { metadata: { uid } },
  '/api/v1/nodes': { items: nodes },
  '/apis/apps/v1/daemonsets': { items: [proxy] },
  '/apis/apps/v1/deployments': { items: [] },
  '/api/v1/namespaces/kube-system/pods': { items: pods },
};

const pem = (name) => readFileSync(`${ssl}/${name}.pem`);
const options = { cert: pem('apiserver'), key: pem('apiserver-key'), ca: readFileSync(`${folder}/ssl/ca.pem`) };
createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (request, response) => {
  const answer = answers[request.url.split('?')[0]];
  response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? 'no'));
}).listen(6443, '10.10.10.1', () => console.log('listening'));
