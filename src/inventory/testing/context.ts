import { readComponentOptions } from '../component-options.js';
import type { FileReading, InventoryContext } from '../context.js';

/** A real ed25519 public key whose private half was thrown away. */
export const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK69XywWI+IJywKXFXGPTEkLdrhQk61/ZEADMHmc9H85 test@example';

/** A context with the given files and a fixed catalogue. */
export function testContext(
  files: Readonly<Record<string, string | Uint8Array>> = { 'id.pub': `${PUBLIC_KEY}\n` },
): InventoryContext {
  return {
    kubernetesVersions: ['1.36.4', '1.36.3', '1.35.8', '1.34.12'],
    kubernetesMinors: ['1.37', '1.36', '1.35'],
    isPinned: (version) => version === '1.37.1',
    defaultKubernetesVersion: '1.36.4',
    componentOptions: readComponentOptions,
    ironkeelVersion: '0.1.0',
    systems: [
      {
        name: 'flatcar',
        channels: ['stable', 'beta', 'alpha', 'lts'],
        defaultChannel: 'stable',
        architectures: ['amd64', 'arm64'],
      },
      {
        name: 'fedora-coreos',
        channels: ['stable', 'testing', 'next'],
        defaultChannel: 'stable',
        architectures: ['amd64', 'arm64'],
      },
      { name: 'debian', channels: ['12', '13'], defaultChannel: '13', architectures: ['amd64'] },
    ],
    readFile: (path): FileReading => {
      const content = files[path];
      if (content === undefined) return { error: 'there is no such file' };
      return { content: typeof content === 'string' ? new TextEncoder().encode(content) : content };
    },
  };
}
