import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SealedConfig } from '../../plan/types.js';
import { fixtureSealed } from '../testing/fixture.js';
import { flatcar } from './index.js';

// The rules are coreos-cloudinit's (its `config` and `config/validate` packages), as far as its documents show.
const KEYS: Record<string, readonly string[]> = {
  document: ['hostname', 'users', 'write_files', 'coreos'],
  users: ['name', 'groups', 'ssh_authorized_keys'],
  write_files: ['path', 'owner', 'permissions', 'encoding', 'content'],
  coreos: ['units'],
  units: ['name', 'enable', 'mask', 'runtime', 'command', 'content', 'drop_ins'],
  drop_ins: ['name', 'content'],
};

interface Document {
  hostname: string;
  users: { name: string; ssh_authorized_keys: string[] }[];
  write_files: { path: string; owner: string; permissions: string; encoding: string; content: string }[];
  coreos: {
    units: { name: string; content?: string; command?: string; enable?: boolean; runtime?: boolean; mask?: boolean }[];
  };
}

function document(sealed: SealedConfig): { text: string; value: Document } {
  const file = flatcar.render(sealed).find(({ path }) => path.endsWith('/user_data'));
  const text = Buffer.from(file?.content ?? []).toString();
  // The program's parser is YAML 1.1.
  return { text, value: parse(text, { version: '1.1' }) };
}

/** Every key outside those the program reads; it drops them without a word. */
function unknownKeys(value: unknown, place: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => unknownKeys(item, place));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(KEYS[place]?.includes(key) ? [] : [`${place}.${key}`]),
    ...unknownKeys(member, key),
  ]);
}

describe("Flatcar's #cloud-config", () => {
  const sealed = fixtureSealed(flatcar);
  const { text, value } = document(sealed);

  it('has no key that coreos-cloudinit does not read', () => {
    expect(unknownKeys(value, 'document')).toEqual([]);
    expect(unknownKeys({ coreos: { units: [{ 'drop-ins': [] }] } }, 'document')).toEqual(['units.drop-ins']);
  });

  it('has nothing that coreos-cloudinit would substitute', () => {
    expect(text).not.toMatch(/\$(?:private|public)_ipv[46]/);
  });

  it('holds every file of the payload byte for byte, for root alone', () => {
    const placed = new Map(value.write_files.map((file) => [file.path, file]));
    for (const { path, content } of sealed.files) {
      const file = placed.get(`/var/lib/ironkeel/incoming/7/root${path}`);
      expect(file).toMatchObject({ owner: 'root:root', permissions: '0600', encoding: 'b64' });
      expect(Buffer.from(file?.content ?? '', 'base64').equals(content), path).toBe(true);
    }
    expect(value.write_files).toHaveLength(sealed.files.length + 1);
    for (const { permissions } of value.write_files) expect(permissions).toMatch(/^0?[0-7]{3,4}$/);
  });

  it('starts adoption, and masks nothing that a later generation might unmask', () => {
    const [network, adopt] = value.coreos.units;
    expect(network).toMatchObject({ name: '90-ironkeel-first-boot.network', runtime: true });
    expect(adopt).toMatchObject({ name: 'ironkeel-adopt.service', enable: true, command: 'start' });
    expect(value.coreos.units.filter(({ mask }) => mask)).toEqual([]);
  });

  it('leaves the network to DHCP where nothing is static', () => {
    expect(document(fixtureSealed(flatcar, 'dhcp')).value.coreos.units.map(({ name }) => name)).toEqual([
      'ironkeel-adopt.service',
    ]);
  });
});
