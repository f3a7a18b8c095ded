import { describe, expect, it } from 'vitest';
import { networkFile, systemFiles } from './network.js';

const NETWORK = {
  address: '10.10.10.2/24',
  gateway: '10.10.10.254',
  dns: ['9.9.9.9', '1.1.1.1'],
  mac: '52:54:00:12:34:56',
  mtu: 9000,
};
const text = (content: Uint8Array) => Buffer.from(content).toString();

describe('networkFile', () => {
  it('is a .network file for networkd', () => {
    expect(text(networkFile({ networkManager: 'networkd' }, NETWORK).content)).toBe(
      '[Match]\nType=ether\nMACAddress=52:54:00:12:34:56\n\n[Link]\nMTUBytes=9000\n\n' +
        '[Network]\nDHCP=no\nAddress=10.10.10.2/24\nGateway=10.10.10.254\nDNS=9.9.9.9\nDNS=1.1.1.1\n',
    );
  });

  it('takes any physical interface where no MAC is known', () => {
    const { content } = networkFile({ networkManager: 'networkd' }, { address: '10.10.10.2/24', dns: [] });
    expect(text(content)).toBe('[Match]\nType=ether\nKind=!*\n\n[Network]\nDHCP=no\nAddress=10.10.10.2/24\n');
  });

  it('is a connection that root alone may read for NetworkManager', () => {
    const file = networkFile({ networkManager: 'NetworkManager' }, NETWORK);
    expect(file.mode).toBe(0o600);
    expect(text(file.content)).toContain(
      '[ethernet]\nmac-address=52:54:00:12:34:56\nmtu=9000\n\n[ipv4]\nmethod=manual\naddress1=10.10.10.2/24\ngateway=10.10.10.254\ndns=9.9.9.9;1.1.1.1;\n',
    );
  });
});

describe('systemFiles', () => {
  it('leaves pod networks and their routes alone on networkd', () => {
    const files = systemFiles({ networkManager: 'networkd', timeService: 'timesyncd' }, undefined, []);
    const all = files.map(({ content }) => text(content)).join('');
    expect(all).toContain('Unmanaged=yes\n');
    expect(all).toContain('ManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\n');
    expect(files.map(({ path }) => path)).not.toContain('/etc/systemd/network/10-ironkeel.network');
  });

  it('leaves pod networks alone on NetworkManager', () => {
    const files = systemFiles({ networkManager: 'NetworkManager', timeService: 'chrony' }, undefined, []);
    expect(files).toHaveLength(1);
    expect(files.map(({ content }) => text(content)).join('')).toContain('interface-name:cali*;');
  });

  it('names the time servers to the service that is there', () => {
    const timesyncd = systemFiles({ networkManager: 'networkd', timeService: 'timesyncd' }, undefined, ['a', 'b']);
    expect(text(timesyncd.at(-1)?.content ?? new Uint8Array())).toBe('[Time]\nNTP=a b\n');
    const chrony = systemFiles({ networkManager: 'NetworkManager', timeService: 'chrony' }, undefined, ['a', 'b']);
    expect(text(chrony.at(-1)?.content ?? new Uint8Array())).toMatch(/^server a iburst\nserver b iburst\n/);
  });
});
