// What a new user types for the guide's example, in a scratch folder, and what comes of it; no machine is booted.
// `npm run demo`; builds dist/ first when it is not there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ironkeel-demo-')));

if (!existsSync(join(project, 'dist/program/main.js'))) run('tools/build.mjs');

const started = performance.now();
for (const args of [['init', '--example', 'guide'], ['build'], ['kubeconfig']]) {
  console.log(`\n$ ironkeel ${args.join(' ')}`);
  run('bin/ironkeel.js', ...args);
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);

console.log(`\nWhat is in ${folder} now:\n`);
for (const line of tree(folder, '')) console.log(line);
console.log(`
Done in ${seconds} s, with nothing but Node: one drive for each machine, the whole PKI and a kubeconfig.

Next: attach inventory/node-NAME/config.iso to the machine of that name and switch it on (docs/guide/platforms.md);
they become a cluster by themselves, and \`ironkeel wait\` says when. Without machines: \`ironkeel lab\` (docs/guide/lab.md).
The folder is yours to play with; it holds the keys of a cluster that does not exist. To remove it:
  rm -r ${folder}`);

/** Runs one of the project's programs in the scratch folder; the demo ends where it fails. */
function run(program, ...args) {
  const cwd = program.startsWith('tools/') ? project : folder;
  const { status } = spawnSync(process.execPath, [join(project, program), ...args], { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** The folder as lines of a tree, each file with what it is; machines after the first of their kind are cut short. */
function tree(path, below, indent = '') {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const name = below + entry.name;
    const line = `${indent}${entry.name}${entry.isDirectory() ? '/' : ''}`;
    const note = describe(name);
    const shown = note === undefined ? line : `${line.padEnd(44)} ${note}`;
    if (!entry.isDirectory() || name === '.ironkeel' || /^inventory\/node-(worker2|example\.com)$/.test(name))
      return [shown];
    return [shown, ...tree(join(path, entry.name), `${name}/`, `${indent}  `)];
  });
}

/** What a file or folder is for. */
function describe(name) {
  const notes = [
    [/^cluster\.yaml$/, 'the one file you edit'],
    [/^cluster\.schema\.json$/, 'lets your editor complete and check it'],
    [/^\.gitignore$/, 'keeps keys out of version control'],
    [/^\.ironkeel$/, 'a cache; may be deleted'],
    [/^id$/, 'private SSH key, made because ~/.ssh had none'],
    [/^id\.pub$/, 'who may log in to the machines'],
    [/^ironkeel\.lock$/, 'versions and generations; commit it'],
    [/^known_hosts$/, 'the machines’ SSH identities, known before they boot'],
    [/^kubeconfig$/, 'for kubectl, as administrator'],
    [/^secrets\.json$/, 'every private key: keep it, and to yourself'],
    [/^ssl$/, 'authorities and the administrator’s certificate'],
    [/^ssl\/ca-key\.pem$/, 'signs for the cluster; with it one owns everything'],
    [/^inventory$/, 'a folder for each machine'],
    [/^inventory\/node-(worker2|example\.com)$/, 'the same as worker1'],
    [/user_data$/, 'the machine’s configuration, as its OS reads it'],
    [/meta_data\.json$/, 'its identity for cloud-init'],
    [/payload\.tar$/, 'the same once more, for a running machine'],
    [/config\.ign$/, 'the same as Ignition, for network boot'],
    [/config\.iso$/, 'THE DRIVE: attach it and switch the machine on'],
    [/install\.sh$/, 'what the machine runs to get its programs'],
    [/^inventory\/[^/]+\/ssl$/, 'the machine’s own certificates, keys and requests'],
  ];
  return notes.find(([pattern]) => pattern.test(name))?.[1];
}
