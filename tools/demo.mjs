// `npm run demo`: the main job on the guide's four machines, in a scratch folder that stays for you to look at.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../bin/ironkeel.js', import.meta.url));
// Nobody has its private half: the machines of the demo are not meant to boot.
const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f demo@example';

// What each file is, by the end of its path; the first that fits is shown.
const MEANINGS = [
  ['cluster.yaml', 'the one file you edit'],
  ['cluster.schema.json', 'lets your editor complete and check it'],
  ['id.pub', 'who may log in'],
  ['.gitignore', 'keeps private keys out of Git'],
  ['secrets.json', 'every private key of the cluster: keep it, encrypt it'],
  ['ironkeel.lock', 'what was written last time: generations and digests'],
  ['kubeconfig', 'for kubectl'],
  ['break-glass.kubeconfig', 'for emergencies, beyond RBAC: keep it offline'],
  ['known_hosts', "the machines' SSH host keys, so ssh asks nothing"],
  ['ca.pem', "the cluster's certificate authority"],
  ['etcd-ca.pem', "etcd's certificate authority"],
  ['front-proxy-ca.pem', "the aggregation layer's certificate authority"],
  ['domains-ca.pem', "your domains' certificate authority, which can sign for nothing else"],
  ['ca-key.pem', 'its private key'],
  ['admin.pem', "the administrator's certificate"],
  ['admin-key.pem', 'its private key'],
  ['index.json', 'what build wrote, so that your edits are noticed'],
  ['payload.tar', 'the same configuration, for machines that read user_data only once'],
  ['config.iso', 'the drive: plug it in'],
  ['config.ign', 'the same for an installer or network boot'],
  ['user_data', 'the configuration on the drive'],
  ['meta_data.json', "the machine's identity, for cloud-init"],
  ['network_data.json', 'its network, for cloud-init'],
  ['install.sh', 'what the machine runs to get its programs'],
  ['.csr', 'certificate request'],
  ['-key.pem', 'private key'],
  ['.pem', 'certificate'],
];

const home = mkdtempSync(join(tmpdir(), 'ironkeel-demo-'));
const folder = join(home, 'guide');
mkdirSync(folder);
writeFileSync(join(folder, 'id.pub'), `${PUBLIC_KEY}\n`);

ironkeel('init', '--example', 'guide');
const seconds = ironkeel('build');
printTree(folder, '');
console.log(`
four machines in ${seconds.toFixed(2)} s, the start of Node included

Next: plug each config.iso into its machine and power on (docs/guide/platforms.md), or begin with your own machines:
  npm install --global . && mkdir my-cluster && cd my-cluster && ironkeel init

The demo's folder holds private keys of a cluster that does not exist: ${folder}
Remove it with: rm -r ${home}`);

/** Runs one command as a user types it; seconds it took. */
function ironkeel(...args) {
  console.log(`$ ironkeel ${args.join(' ')}`);
  const start = process.hrtime.bigint();
  const env = { ...process.env, HOME: home };
  const { status } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  console.log();
  if (status !== 0) process.exit(status ?? 1);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function printTree(path, indent) {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [index, entry] of entries.entries()) {
    const last = index === entries.length - 1;
    const file = join(path, entry.name);
    const label = `${indent}${last ? '└── ' : '├── '}${entry.name}`;
    console.log(
      entry.isDirectory() ? label : `${label.padEnd(52)}${describe(entry.name, statSync(file).size)}`.trimEnd(),
    );
    if (entry.isDirectory()) printTree(file, `${indent}${last ? '    ' : '│   '}`);
  }
}

function describe(name, bytes) {
  const size = bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(0)} KB`;
  const meaning = MEANINGS.find(([end]) => name === end) ?? MEANINGS.find(([end]) => name.endsWith(end));
  return `${size.padStart(8)}  ${meaning?.[1] ?? ''}`;
}
