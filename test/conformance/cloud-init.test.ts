import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, describe as suite } from 'vitest';
import { instanceId } from '../../src/os/drive.js';
import { networkFile } from '../../src/os/network.js';
import { fixtureSealed } from '../../src/os/testing/fixture.js';
import type { OperatingSystem } from '../../src/os/types.js';
import type { SealedConfig } from '../../src/plan/types.js';
import { unpackCloudInit } from './support/cloud-init.js';
import { systemsOf } from './support/consumers.js';
import { mustRun, run } from './support/run.js';
import { describe, expectedBeforeAdoption, listTree, seedAccounts, writeTree } from './support/tree.js';

const PROBE = fileURLToPath(new URL('support/cloud-init-probe.py', import.meta.url));
// The system's interpreter: the packages cloud-init depends on are Debian's.
const PYTHON = '/usr/bin/python3';

const systems = systemsOf('cloud-init');

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ironkeel-cloud-init-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

suite.each(['bookworm', 'trixie'])('cloud-init of Debian %s', (codename) => {
  let packages = '';
  beforeAll(async () => {
    packages = await unpackCloudInit(codename);
  });

  const checkSchema = (file: string) =>
    run(PYTHON, ['-m', 'cloudinit.cmd.main', 'schema', '--config-file', file], { PYTHONPATH: packages });

  it('finds no fault in the schema of any user_data', async () => {
    for (const system of systems) {
      const { code, output } = await checkSchema(
        join(await drive(fixtureSealed(system), system), 'openstack/latest/user_data'),
      );
      expect(output).toMatch(/^Valid (?:cloud-config:|schema) \S+\n$/);
      expect(code).toBe(0);
    }
  });

  it('would find a fault', async () => {
    const file = join(scratch, 'faulty');
    await writeFile(file, '#cloud-config\nwrite_files: [{path: /x, permissions: 0600}]\n');
    expect((await checkSchema(file)).code).not.toBe(0);
  });

  suite.each(systems)('for $title', (system) => {
    it('places exactly the files, modes and owners meant', async () => {
      const sealed = fixtureSealed(system);
      const { placed } = await probe(system, sealed);
      expect(placed).toEqual(expectedBeforeAdoption(sealed));
    });

    it('understands host, account, generation and commands', async () => {
      const sealed = fixtureSealed(system);
      const { understood } = await probe(system, sealed);
      const { clusterId, machine, hostname, users } = sealed.config;
      expect(understood.instanceId).toBe(instanceId(clusterId, machine));
      expect(understood.meta).toEqual({ 'ironkeel-generation': '7', 'ironkeel-digest': sealed.digest });
      expect(understood.hostname).toBe(hostname);
      expect(Object.keys(understood.users)).toEqual([system.loginUser]);
      expect(understood.users[system.loginUser]).toMatchObject({
        ssh_authorized_keys: users.flatMap(({ sshKeys }) => sshKeys),
      });
      expect(understood.commands).toMatch(
        /'systemctl' 'daemon-reload'\n'systemctl' 'enable' 'ironkeel-adopt.service'\n/,
      );
      expect(understood.commands).toMatch(/'systemctl' 'start' '--no-block' 'ironkeel-adopt.service'\n$/);
    });

    it('gives the interface with the MAC its static address', async () => {
      const { understood } = await probe(system, fixtureSealed(system));
      const [physical, ...servers] = understood.network?.config ?? [];
      expect(physical).toMatchObject({ type: 'physical', name: 'ens3', mac_address: '52:54:00:12:34:56', mtu: 1400 });
      expect(physical?.subnets).toMatchObject([
        {
          type: 'static',
          address: '10.10.10.2',
          netmask: '255.255.255.0',
          routes: [{ network: '0.0.0.0', gateway: '10.10.10.254' }],
        },
      ]);
      expect(servers.map(({ address }) => address)).toEqual(['10.10.10.254', '9.9.9.9']);
    });

    it('has no network of ours without a MAC: networkd gets the address from a file', async () => {
      const sealed = fixtureSealed(system, 'static-without-mac');
      const { understood, placed } = await probe(system, sealed);
      expect(understood.network).toBeNull();
      const { network } = sealed.config;
      const file = network === undefined ? undefined : networkFile(system, network);
      expect(placed[file?.path ?? '']).toBe(file && describe(file));
      expect(understood.commands).toContain("'networkctl' 'reload'\n");
    });

    it('takes its own network, DHCP, where nothing is static', async () => {
      const { understood } = await probe(system, fixtureSealed(system, 'dhcp'));
      expect(understood.network).toBeNull();
      expect(understood.commands).not.toContain('networkctl');
    });
  });

  interface Understood {
    readonly instanceId: string;
    readonly meta: Record<string, string>;
    readonly hostname: string;
    readonly users: Record<string, object>;
    readonly commands: string;
    readonly network: { config: { type: string; address?: string; subnets?: object[] }[] } | null;
  }

  /** What cloud-init read from a machine's drive, and the files it placed in an empty root. */
  async function probe(system: OperatingSystem, sealed: SealedConfig) {
    const root = await mkdtemp(join(scratch, 'root-'));
    await seedAccounts(root, [{ name: 'root', id: 0 }]);
    const seed = Object.keys(await listTree(root));
    const output = await mustRun(PYTHON, ['-W', 'ignore', PROBE, await drive(sealed, system), root], {
      PYTHONPATH: packages,
    });
    const placed = Object.entries(await listTree(root)).filter(([path]) => !seed.includes(path));
    return { understood: JSON.parse(output) as Understood, placed: Object.fromEntries(placed) };
  }
});

/** The folder that would be the drive's root. */
async function drive(sealed: SealedConfig, system: OperatingSystem): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'node-'));
  await writeTree(folder, system.render(sealed));
  return join(folder, 'cloud-config');
}
