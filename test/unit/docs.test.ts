import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, findDrift, readBlocks, readCommands } from './docs/blocks.js';
import { Terminal } from './docs/terminal.js';

const GUIDE = readdirSync('docs/guide')
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guide/${name}`);
const RUN_PAGES = ['README.md', ...GUIDE];
const ALL_PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

// Console blocks that no test can run, by their first command, each with what it would take. A block marked
// `no-run` that is not here fails, and so does a line here that no page has any more.
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': 'a clean checkout; .ci/run and the journey of test/conformance run it',
  'npm ci && npm test': 'a clean checkout; .ci/run runs it',
  'qm create 101 --name worker1 --memory 4096 --cores 2 --net0 virtio,bridge=vmbr0 --scsihw virtio-scsi-pci':
    'a Proxmox host',
  'flatcar-install -d /dev/disk/by-id/ata-EXAMPLE -C stable -i config.ign': 'a machine to install on',
  'dd if=inventory/node-worker1/config.iso of=/dev/disk/by-id/usb-EXAMPLE bs=1M conv=fsync': 'a USB stick to overwrite',
  'scp inventory/node-worker1/config.ign root@RESCUE:': 'a rented server',
  'ssh -o UserKnownHostsFile=known_hosts core@10.10.10.2': 'a machine that booted',
  'ironkeel bundle --out /srv/mirror': 'publishers and registries within reach',
  'ironkeel bundle && ironkeel build': 'publishers and registries within reach, then root; test/e2e runs the lab',
  'ironkeel edge test': 'a cluster with an edge; test/conformance/edge-test.test.ts runs it',
  'ironkeel wait': 'machines that booted; test/e2e waits for the lab’s',
  'kubectl get pods --all-namespaces --output wide': 'a cluster',
  'kubectl get all --all-namespaces --selector=ironkeel.dev/managed=true': 'a cluster',
  'kubectl -n kube-system create configmap default-http-backend-page --from-file=404.html':
    'a cluster; test/e2e does the same',
  'curl --cacert ssl/domains-ca.pem https://echo.example.com/': 'a cluster; test/e2e does the same',
  'kubectl -n kube-system logs daemonset/traefik': 'a cluster',
  'ssh core@123.234.234.123 ip -brief address': 'an edge that booted',
  'ironkeel dashboard': 'a cluster; test/e2e opens the lab’s',
  'kubectl get certificates': 'a cluster, and an ACME server; test/e2e/acme.test.ts has both',
  'kubectl --namespace cert-manager create secret generic cloudflare --from-file=token': 'a cluster',
  'ssh core@10.10.10.1 cat /run/ironkeel/apply-status': 'a machine that booted',
};

describe.each(RUN_PAGES)('%s', (page) => {
  const blocks = readBlocks(page, readFileSync(page, 'utf8'));
  let terminal: Terminal;
  beforeAll(() => {
    terminal = new Terminal();
  });
  afterAll(() => terminal.close());

  const runnable = blocks.filter(isRunnable);
  if (runnable.length === 0) it('has nothing to run', () => expect(runnable).toEqual([]));
  const cases = runnable.map((block) => [block.line, block] as const);
  // The passphrase of the secrets is stretched on purpose, which takes long on a busy machine.
  it.each(cases)('line %i shows what happens', { timeout: 120_000 }, (_line, block) => {
    const file = option(block, 'file');
    if (file !== undefined) return terminal.write(file, block.text);
    const commands = readCommands(block);
    expect(commands, `${page}:${block.line} has no command`).not.toEqual([]);
    for (const [index, { command, output, line }] of commands.entries()) {
      const { status, lines } = terminal.run(command);
      const wanted = index === commands.length - 1 ? Number(option(block, 'exit') ?? 0) : 0;
      const place = `${page}:${line}: $ ${command}`;
      expect(findDrift(output, lines), `${place}\n${lines.join('\n')}`).toBeUndefined();
      expect(status, `${place}\n${lines.join('\n')}`).toBe(wanted);
    }
  });

  it('has commands in console blocks only', () => {
    const strays = blocks.filter((block) => /^\$ /m.test(block.text) && block.language !== 'console');
    expect(strays.map((block) => `${page}:${block.line}`)).toEqual([]);
    expect(blocks.filter((block) => ['', 'sh', 'bash', 'shell'].includes(block.language))).toEqual([]);
  });
});

function isRunnable(block: Block): boolean {
  return (block.language === 'console' && !block.options.includes('no-run')) || option(block, 'file') !== undefined;
}

function option(block: Block, name: string): string | undefined {
  return block.options.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}

describe('the documentation', () => {
  it('names every block that is not run', () => {
    const marked = RUN_PAGES.flatMap((page) => readBlocks(page, readFileSync(page, 'utf8')))
      .filter((block) => block.language === 'console' && block.options.includes('no-run'))
      .map((block) => readCommands(block)[0]?.command ?? `${block.page}:${block.line}: no command`);
    expect([...new Set(marked)].sort()).toEqual(Object.keys(NOT_RUN).sort());
  });

  it('shows the commands that CI runs on a clean checkout', () => {
    const readme = readFileSync('README.md', 'utf8');
    const ci = readFileSync('.ci/run', 'utf8');
    for (const command of ['npm ci', 'npm run demo', 'npm test']) {
      expect(readme).toContain(command);
      expect(ci).toContain(`'${command}' ${command}`);
    }
  });

  it('has a reference that fits the code', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/generate-reference.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  it.each(ALL_PAGES)('%s links to files that exist', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(page), link)));
    expect(broken).toEqual([]);
  });
});

describe('the comparison of shown and actual output', () => {
  it.each([
    [['a'], ['a'], undefined],
    [['took … s'], ['took 1.5 s'], undefined],
    [['a', '…', 'z'], ['a', 'b', 'c', 'z'], undefined],
    [['a', '…'], ['a', 'b'], undefined],
    [[], ['a'], 'shown:  (nothing more)\nactual: a'],
    [['a', 'b'], ['a'], 'shown:  b\nactual: (nothing more)'],
    [['a.c'], ['abc'], 'shown:  a.c\nactual: abc'],
  ])('%j against %j', (shown, actual, drift) => {
    expect(findDrift(shown, actual)).toBe(drift);
  });

  it('reads commands that go on in the next line', () => {
    const [block] = readBlocks('p', 'text\n\n```console exit=2\n$ a \\\n  b\nout\n$ c\n```\n');
    expect(block?.options).toEqual(['exit=2']);
    expect(block && readCommands(block)).toEqual([
      { line: 4, command: 'a \\\n  b', output: ['out'] },
      { line: 7, command: 'c', output: [] },
    ]);
  });
});
