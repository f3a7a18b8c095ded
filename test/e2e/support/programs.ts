import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Role } from '../../../src/inventory/types.js';
import { parseBundle } from '../../../src/releases/bundle.js';
import { KUBERNETES } from '../../support/kubernetes.js';

let known: { readonly kubectl: string; readonly etcdctl: string } | undefined;

/** Programs of the operator, built like those of the machines. */
export function clientPrograms(): { readonly kubectl: string; readonly etcdctl: string } {
  known ??= { kubectl: labProgram(KUBERNETES.module, 'kubectl'), etcdctl: labProgram('etcd', 'etcdctl') };
  return known;
}

/** The folder with what the machines fetch, made or taken from the cache. */
export function labBundle(kubernetes?: string): string {
  const folder = resolve(
    process.env.XDG_CACHE_HOME ?? `${process.env.HOME}/.cache`,
    `ironkeel/lab/bundle-${kubernetes ?? 'default'}`,
  );
  const version = kubernetes === undefined ? [] : [kubernetes];
  execFileSync('bash', ['lab/components/bundle.sh', folder, ...version], { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** An image of the tests for `images: {preload: …}`: it is in the bundle's folder beside the cluster's own. */
export function preloadOf(bundle: string, image: string, roles: readonly Role[]) {
  const { images } = parseBundle(readFileSync(join(bundle, 'bundle.json'), 'utf8'));
  const found = images.find(({ name }) => name === image);
  if (found === undefined) throw new Error(`the bundle has no ${image}`);
  return { source: found.archive, sha256: found.sha256, roles };
}

/** The same with cert-manager, which takes as long again to build: in a folder of its own. */
export function acmeBundle(): string {
  const folder = resolve(process.env.XDG_CACHE_HOME ?? `${process.env.HOME}/.cache`, 'ironkeel/lab/bundle-acme');
  const command = ['lab/components/bundle.sh', folder, '--with', 'acme'];
  execFileSync('bash', command, { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** A program of this host, built from the module of that name; its path. */
export function labProgram(module: string, program: string): string {
  return execFileSync('bash', ['lab/components/build.sh', module, program], { encoding: 'utf8' }).trim();
}
