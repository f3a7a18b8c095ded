// Asks an API server, five times a second, how far the cluster is, and prints once everything is so, as JSON, when each
// thing was first seen. Runs on a host beside the machines:
//   node poll.mjs KUBECONFIG SERVER SECONDS DNS [OLD-BOOT-ID…]
// KUBECONFIG may come to be later. DNS is `dns` when CoreDNS has to be available too. Nodes of an old boot do not count.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

const NODES = 4;
const PAUSE = 200;
const [kubeconfig, server, seconds, dns, ...oldBoots] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;
const seen = { registered: {}, ready: {} };
let agent;

while (Date.now() < end && !isDone()) {
  await look().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
console.log(JSON.stringify(seen));
process.exit(isDone() ? 0 : 1);

function isDone() {
  return seen.allReady !== undefined && (dns !== 'dns' || seen.dns !== undefined);
}

async function look() {
  agent ??= login();
  if (seen.api === undefined) {
    await get('/readyz');
    seen.api = Date.now();
  }
  if (seen.allReady === undefined) lookAtNodes(JSON.parse(await get('/api/v1/nodes')).items);
  if (dns !== 'dns' || seen.dns !== undefined) return;
  const { status } = JSON.parse(await get('/apis/apps/v1/namespaces/kube-system/deployments/coredns'));
  if (status.conditions?.some(({ type, status }) => type === 'Available' && status === 'True')) seen.dns = Date.now();
}

function lookAtNodes(items) {
  const now = Date.now();
  const current = items.filter(({ status }) => !oldBoots.includes(status.nodeInfo.bootID));
  for (const { metadata, status } of current) {
    seen.registered[metadata.name] ??= now;
    const ready = status.conditions.find(({ type }) => type === 'Ready')?.status === 'True';
    if (ready) seen.ready[metadata.name] ??= now;
    // What was Ready and is no longer is not Ready.
    else delete seen.ready[metadata.name];
  }
  if (current.length >= NODES) seen.allRegistered ??= now;
  if (Object.keys(seen.ready).length < NODES) return;
  seen.allReady = now;
  seen.bootIds = current.map(({ status }) => status.nodeInfo.bootID);
}

/** Logs in with the administrator's certificate; both ways write it into the kubeconfig itself. */
function login() {
  const text = readFileSync(kubeconfig, 'utf8');
  const part = (name) => Buffer.from(new RegExp(`${name}: *"?([A-Za-z0-9+/=]+)`).exec(text)[1], 'base64');
  const [ca, cert, key] = ['certificate-authority-data', 'client-certificate-data', 'client-key-data'].map(part);
  return new Agent({ keepAlive: true, maxSockets: 1, ca, cert, key, servername: 'kubernetes' });
}

function get(path) {
  return new Promise((resolve, reject) => {
    const asked = request(`https://${server}${path}`, { agent, timeout: 2000 }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${path}: ${answer.statusCode}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
    asked.on('error', reject);
    asked.end();
  });
}
