import { readFileSync } from 'node:fs';
import type { Bundle } from '../../src/releases/bundle.js';
import { componentVersions } from '../../src/releases/catalogue.js';

const minor = process.env.IRONKEEL_TEST_KUBERNETES;
const module = minor === undefined ? 'kubernetes' : `kubernetes-${minor}`;

/**
 * The Kubernetes that the real programs are taken from: the default, or with `IRONKEEL_TEST_KUBERNETES=1.35` that
 * minor. `module` is its folder in `lab/components`, whose `go.mod` says which release it is.
 */
export const KUBERNETES = { minor, module, version: versionOf(module) } as const;

/** What a cluster of that version is checked with where nothing is downloaded: a lock that pins what no catalogue has. */
export function pinsOfNothing(): Bundle {
  const { kubelet, kubectl, crictl } = componentVersions(KUBERNETES.version);
  const files = Object.entries({ kubelet, kubectl, crictl }).map(([component, componentVersion]) => ({
    ...{ path: component, sha256: '0'.repeat(64), size: 0, component, componentVersion, arch: 'amd64' as const },
  }));
  return { version: 1, kubernetes: KUBERNETES.version, architectures: ['amd64'], files, images: [] };
}

function versionOf(name: string): string {
  const file = `lab/components/${name}/go.mod`;
  const version = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${file} requires no k8s.io/kubernetes`);
  return version;
}
