import { describe, expect, it } from 'vitest';
import type { FileTree } from '../support/files.js';
import { instanceId } from './drive.js';
import { operatingSystem, operatingSystems } from './registry.js';
import { fixtureSealed } from './testing/fixture.js';

const LATEST = 'cloud-config/openstack/latest';

function text(tree: FileTree, path: string): string {
  const file = tree.find((entry) => entry.path === path);
  if (file === undefined) throw new Error(`there is no ${path}`);
  return Buffer.from(file.content).toString();
}

it('finds a system by its name and knows no other', () => {
  expect(operatingSystem('flatcar').title).toBe('Flatcar Container Linux');
  expect(() => operatingSystem('plan9')).toThrow(RangeError);
});

describe.each(operatingSystems)('$name', (system) => {
  it('has its own name once, and a default channel among its channels', () => {
    expect(operatingSystems.filter(({ name }) => name === system.name)).toHaveLength(1);
    expect(system.channels).toContain(system.defaultChannel);
  });

  it('writes metadata always, a network only where cloud-init can find the interface', () => {
    const paths = (addressing: 'static' | 'static-without-mac' | 'dhcp') =>
      system.render(fixtureSealed(system, addressing)).map(({ path }) => path);
    expect(paths('static')).toContain(`${LATEST}/network_data.json`);
    for (const addressing of ['static-without-mac', 'dhcp'] as const) {
      expect(paths(addressing)).toContain(`${LATEST}/meta_data.json`);
      expect(paths(addressing)).not.toContain(`${LATEST}/network_data.json`);
    }
  });

  it('keeps every document that carries the payload to its owner', () => {
    const key = Buffer.from('-----BEGIN PRIVATE KEY-----\nnot a key\n').toString('base64');
    const carriers = system.render(fixtureSealed(system)).filter(({ content }) => Buffer.from(content).includes(key));
    expect(carriers.length).toBeGreaterThan(0);
    expect(carriers.map(({ mode }) => mode)).toEqual(carriers.map(() => 0o600));
  });

  it('places the manifest behind all it names', () => {
    const userData = text(system.render(fixtureSealed(system)), `${LATEST}/user_data`);
    const places = [...userData.matchAll(/\/var\/lib\/ironkeel\/incoming\/7\/[^"\n]+/g)].map(([path]) => path);
    expect(places).toHaveLength(fixtureSealed(system).files.length + 1);
    expect(places.at(-1)).toBe('/var/lib/ironkeel/incoming/7/manifest');
  });

  it('is the same bytes every time', () => {
    expect(system.render(fixtureSealed(system))).toEqual(system.render(fixtureSealed(system)));
  });
});

describe('instanceId', () => {
  it("is a machine's own and a UUID of version 8", () => {
    const ids = [instanceId('a', 'worker1'), instanceId('a', 'worker2'), instanceId('b', 'worker1')];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
