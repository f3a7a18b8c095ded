import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Base64 } from './base64.js';
import { encodeCloudInit } from './cloud-init.js';
import { encodeMetadata, encodeNetworkData } from './config-drive.js';
import { type CoreosCloudConfig, encodeCoreosCloudConfig } from './coreos-cloudinit.js';
import { encodeIgnition, type IgnitionDocument } from './ignition.js';

const bytes = Uint8Array.of(0, 255, 10, 36);
const content = Base64.encode(bytes);

it('encodes a view of a larger buffer, not the buffer', () => {
  expect(Base64.encode(Uint8Array.of(1, 2, 3, 4).subarray(1, 3)).text).toBe('AgM=');
});

describe('encodeIgnition', () => {
  const empty: IgnitionDocument = { users: [], directories: [], files: [], links: [], units: [], kernelArguments: [] };
  const file = { path: '/etc/a', mode: 0o640, uid: 0, gid: 7, content };

  it('writes specification 3.3.0 and no key without need', () => {
    expect(JSON.parse(encodeIgnition(empty))).toEqual({ ignition: { version: '3.3.0' }, storage: {} });
  });

  it('overwrites files and links, with decimal modes and data URLs', () => {
    const document = JSON.parse(
      encodeIgnition({
        ...empty,
        files: [file],
        links: [{ path: '/etc/"b"', target: '../c' }],
        directories: [{ path: '/d', mode: 0o700, uid: 1, gid: 2 }],
        kernelArguments: ['quiet'],
      }),
    );
    expect(document.kernelArguments).toEqual({ shouldExist: ['quiet'] });
    expect(document.storage).toEqual({
      directories: [{ path: '/d', mode: 448, user: { id: 1 }, group: { id: 2 } }],
      files: [
        {
          path: '/etc/a',
          mode: 416,
          user: { id: 0 },
          group: { id: 7 },
          overwrite: true,
          contents: { source: 'data:;base64,AP8KJA==' },
        },
      ],
      links: [{ path: '/etc/"b"', target: '../c', overwrite: true }],
    });
  });

  it('has units with their drop-ins, enablement and masks', () => {
    const units = [
      {
        name: 'a.service',
        contents: '[Unit]\n',
        enabled: true,
        dropIns: [{ name: 'b.conf', contents: '[Service]\n' }],
      },
      { name: 'c.service', mask: true, dropIns: [] },
    ];
    expect(JSON.parse(encodeIgnition({ ...empty, units })).systemd.units).toEqual([
      {
        name: 'a.service',
        enabled: true,
        contents: '[Unit]\n',
        dropins: [{ name: 'b.conf', contents: '[Service]\n' }],
      },
      { name: 'c.service', mask: true },
    ]);
  });

  it.each([
    { files: [file, file] },
    { files: [file], links: [{ path: '/etc/a', target: 'b' }] },
    { users: [1, 2].map(() => ({ name: 'core', groups: [], sshAuthorizedKeys: [] })) },
    { units: [1, 2].map(() => ({ name: 'a.service', dropIns: [] })) },
    { units: [{ name: 'a.service', dropIns: [1, 2].map(() => ({ name: 'b.conf', contents: '' })) }] },
    { files: [{ ...file, path: 'etc/a' }] },
  ])('refuses duplicates and relative paths (%#)', (part) => {
    expect(() => encodeIgnition({ ...empty, ...part })).toThrow(RangeError);
  });
});

describe('encodeCoreosCloudConfig', () => {
  const config: CoreosCloudConfig = {
    hostname: 'worker1',
    users: [{ name: 'core', groups: [], sshKeys: ['ssh-ed25519 AAAA'] }],
    files: [{ path: '/etc/a', mode: 0o600, content }],
    units: [
      {
        name: 'a.service',
        enable: true,
        command: 'start',
        content: '[Unit]\n',
        dropIns: [{ name: 'b.conf', content: 'c' }],
      },
    ],
  };

  it('begins with the header the program looks for', () => {
    const text = encodeCoreosCloudConfig(config);
    expect(text.split('\n', 1)).toEqual(['#cloud-config']);
    expect(parse(text, { version: '1.1' })).toEqual({
      hostname: 'worker1',
      users: [{ name: 'core', ssh_authorized_keys: ['ssh-ed25519 AAAA'] }],
      write_files: [{ path: '/etc/a', owner: 'root:root', permissions: '0600', encoding: 'b64', content: 'AP8KJA==' }],
      coreos: {
        units: [
          {
            name: 'a.service',
            enable: true,
            command: 'start',
            content: '[Unit]\n',
            drop_ins: [{ name: 'b.conf', content: 'c' }],
          },
        ],
      },
    });
  });

  it.each(['$private_ipv4', '$public_ipv4', '\\$private_ipv6'])('refuses %s where it would be replaced', (variable) => {
    const unit = { name: 'a.service', content: `[Service]\nExecStart=/bin/echo ${variable}\n`, dropIns: [] };
    expect(() => encodeCoreosCloudConfig({ ...config, units: [unit] })).toThrow(RangeError);
    expect(() =>
      encodeCoreosCloudConfig({ ...config, files: [{ path: `/${variable}`, mode: 0o600, content }] }),
    ).toThrow(RangeError);
    expect(() =>
      encodeCoreosCloudConfig({
        ...config,
        files: [{ path: '/a', mode: 0o600, content: Base64.encode(Buffer.from(variable)) }],
      }),
    ).not.toThrow();
  });

  it.each([-1, 0o10000, 1.5])('refuses the mode %d', (mode) => {
    expect(() => encodeCoreosCloudConfig({ ...config, files: [{ path: '/a', mode, content }] })).toThrow(RangeError);
  });
});

describe('encodeCloudInit', () => {
  const config = { users: [], files: [{ path: '/etc/a', mode: 0o4755, content }], commands: [['a', 'b c']] };

  it('keeps a hostname with dots whole', () => {
    expect(parse(encodeCloudInit({ ...config, hostname: 'example.com' }))).toMatchObject({
      hostname: 'example.com',
      fqdn: 'example.com',
      prefer_fqdn_over_hostname: true,
    });
    expect(parse(encodeCloudInit({ ...config, hostname: 'worker1' }))).not.toHaveProperty('fqdn');
  });

  it('has quoted permissions, owners by name and commands as lists', () => {
    const text = encodeCloudInit({ ...config, hostname: 'worker1' });
    expect(text).toMatch(/^#cloud-config\n/);
    expect(parse(text, { version: '1.1' })).toMatchObject({
      write_files: [{ path: '/etc/a', owner: 'root:root', permissions: '4755', encoding: 'b64', content: 'AP8KJA==' }],
      runcmd: [['a', 'b c']],
    });
  });
});

describe("the config drive's files", () => {
  it('name the machine', () => {
    const text = encodeMetadata({ uuid: 'u', hostname: 'worker1', meta: { a: 'b' } });
    expect(JSON.parse(text)).toEqual({ uuid: 'u', name: 'worker1', hostname: 'worker1', meta: { a: 'b' } });
  });

  it.each([
    ['10.0.0.1/0', '0.0.0.0'],
    ['10.0.0.1/8', '255.0.0.0'],
    ['10.0.0.1/23', '255.255.254.0'],
    ['10.0.0.1/31', '255.255.255.254'],
    ['10.0.0.1/32', '255.255.255.255'],
  ])('write %s with the mask %s', (address, netmask) => {
    const { networks } = JSON.parse(encodeNetworkData({ mac: '52:54:00:00:00:01', address, dns: [] }));
    expect(networks).toEqual([
      expect.objectContaining({ ip_address: '10.0.0.1', netmask, routes: [], dns_nameservers: [] }),
    ]);
  });
});
