import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, describe as suite } from 'vitest';
import { networkFile } from '../../src/os/network.js';
import { operatingSystems } from '../../src/os/registry.js';
import { fixtureSealed } from '../../src/os/testing/fixture.js';
import type { OperatingSystem } from '../../src/os/types.js';
import type { SealedConfig } from '../../src/plan/types.js';
import { systemsOf } from './support/consumers.js';
import { mustRun, run } from './support/run.js';
import {
  describe,
  describeFile,
  expectedBeforeAdoption,
  type Listing,
  listTree,
  seedAccounts,
} from './support/tree.js';

// Ignition's own validator and engine, from Debian's package `ignition`.
const ENGINE = '/usr/lib/dracut/modules.d/30ignition/ignition';

const systems = systemsOf('ignition');

/** Every Ignition document of a system: its `config.ign`, and a `user_data` that is one. */
function documents(system: OperatingSystem, sealed: SealedConfig): { path: string; text: string }[] {
  return system
    .render(sealed)
    .map(({ path, content }) => ({ path, text: Buffer.from(content).toString() }))
    .filter(({ path, text }) => path === 'config.ign' || (path.endsWith('/user_data') && text.startsWith('{')));
}

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ironkeel-ignition-'));
  // The engine writes a user's keys as that user, who has to get through to them.
  await chmod(scratch, 0o755);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it('covers every system that renders an Ignition document', () => {
  const rendering = operatingSystems.filter((system) => documents(system, fixtureSealed(system)).length > 0);
  expect(systems).toEqual(rendering);
});

suite.each(systems)('$title', (system) => {
  it('has documents the validator says nothing about', async () => {
    for (const sealed of [fixtureSealed(system), fixtureSealed(system, 'dhcp')]) {
      for (const { path, text } of documents(system, sealed)) {
        const file = join(scratch, 'validated.ign');
        await writeFile(file, text);
        expect(await run('ignition-validate', [file]), path).toEqual({ code: 0, output: '' });
      }
    }
  });

  it('gets exactly its configuration from the engine', async () => {
    const sealed = fixtureSealed(system);
    for (const { text } of documents(system, sealed)) {
      const root = await runEngine(text, system.name === 'flatcar');
      const seen = await listTree(root);
      const keys = Object.keys(seen).filter((path) => path.startsWith('/home/'));
      const placed = Object.entries(seen).filter(([path]) => !SEED_ONLY.test(path) && !keys.includes(path));
      expect(Object.fromEntries(placed)).toEqual(expectedTree(system, sealed));
      expect(keys).toContain(`/home/${system.loginUser}/.ssh/authorized_keys.d/ignition`);
      const authorized = await readFile(join(root, `home/${system.loginUser}/.ssh/authorized_keys.d/ignition`), 'utf8');
      expect(authorized.trim().split('\n')).toEqual(sealed.config.users.flatMap(({ sshKeys }) => sshKeys));
      expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toContain(`\n${system.loginUser}:`);
    }
  });
});

it('is told by the validator about a key that does not exist', async () => {
  const file = join(scratch, 'unknown.ign');
  await writeFile(file, JSON.stringify({ ignition: { version: '3.3.0' }, storage: { filez: [] } }));
  expect((await run('ignition-validate', [file])).output).not.toBe('');
});

/** Runs the fetch and files stages on a new root folder. */
async function runEngine(document: string, userExists: boolean): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'run-'));
  await chmod(folder, 0o755);
  const root = join(folder, 'root');
  await seedRoot(root, userExists);
  await writeFile(join(folder, 'config.ign'), document);
  // Relabelling needs a kernel with SELinux; everything before it is what is checked here.
  await writeFile(join(folder, 'setfiles'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const state = [
    '-config-cache',
    join(folder, 'cache'),
    '-state-file',
    join(folder, 'state'),
    '-neednet',
    join(folder, 'net'),
  ];
  for (const stage of ['fetch', 'files']) {
    await mustRun(ENGINE, ['-platform', 'file', '-stage', stage, '-root', root, ...state, '-log-to-stdout'], {
      IGNITION_CONFIG_FILE: join(folder, 'config.ign'),
      PATH: `${folder}:${process.env.PATH}`,
    });
  }
  return root;
}

const SEED_ONLY =
  /^\/etc\/(?:passwd|group|shadow|gshadow|subuid|subgid|login\.defs|selinux\/.*|\.ignition-result\.json|\.pwd\.lock)-?$/;

async function seedRoot(root: string, userExists: boolean): Promise<void> {
  const accounts = [{ name: 'root', id: 0 }, ...(userExists ? [{ name: 'core', id: 500 }] : [])];
  await mkdir(join(root, 'etc/selinux/targeted/contexts/files'), { recursive: true });
  await mkdir(join(root, 'home'));
  await seedAccounts(root, accounts);
  await writeFile(join(root, 'etc/login.defs'), '');
  await writeFile(join(root, 'etc/selinux/config'), 'SELINUX=disabled\nSELINUXTYPE=targeted\n');
  await writeFile(join(root, 'etc/selinux/targeted/contexts/files/file_contexts'), '');
  if (!userExists) return;
  await mkdir(join(root, 'home/core'));
  await chown(join(root, 'home/core'), 500, 500);
}

function expectedTree(system: OperatingSystem, sealed: SealedConfig): Listing {
  const { config, bootUnits } = sealed;
  const presets = bootUnits.map(({ name, state }) => `${state === 'enabled' ? 'enable' : 'disable'} ${name}\n`);
  const listing: Listing = {
    ...expectedBeforeAdoption(sealed),
    '/etc/hostname': describeFile(0o644, 0, 0, Buffer.from(`${config.hostname}\n`)),
    '/etc/systemd/system-preset/20-ignition.preset': describeFile(0o644, 0, 0, Buffer.from(presets.join(''))),
  };
  for (const name of system.maskedUnits) listing[`/etc/systemd/system/${name}`] = '-> /dev/null';
  if (config.network !== undefined) {
    const file = networkFile(system, config.network);
    listing[file.path] = describe(file);
  }
  return listing;
}
