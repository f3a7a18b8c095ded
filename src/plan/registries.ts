import type { Registry } from '../inventory/types.js';
import { textFile } from '../support/files.js';
import type { HostFile } from './types.js';

/**
 * containerd's registry host configuration: one `hosts.toml` a registry, its mirrors in the order given,
 * the registry itself last. Source: containerd `docs/hosts.md`.
 */
export function registryFiles(registries: readonly Registry[]): HostFile[] {
  return registries.map(({ host, mirrors }) => ({
    ...textFile(`/etc/containerd/certs.d/${host}/hosts.toml`, hostsToml(host, mirrors)),
    uid: 0,
    gid: 0,
  }));
}

function hostsToml(host: string, mirrors: readonly string[]): string {
  // TOML's basic strings and JSON's agree on what URLs can hold.
  const server = `server = ${JSON.stringify(upstreamUrl(host))}\n`;
  const tables = mirrors.map((mirror) => `\n[host.${JSON.stringify(mirror)}]\ncapabilities = ["pull", "resolve"]\n`);
  return server + tables.join('');
}

/** Docker Hub answers on another host than the one its images are named by. */
function upstreamUrl(host: string): string {
  return `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`;
}
