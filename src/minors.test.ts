import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { generate } from './generate.js';
import { type KnownOptions, readComponentOptions } from './inventory/index.js';
import { issuedCluster } from './pki/testing/issued.js';
import type { HostFile } from './plan/index.js';
import type { Bundle } from './releases/bundle.js';
import { componentVersions, SUPPORTED_MINORS } from './releases/catalogue.js';

/** The release of each minor whose programs were started with what is rendered here; see docs/status.md. */
const TRIED: Readonly<Record<string, string>> = { '1.35': '1.35.4', '1.36': '1.36.4', '1.37': '1.37.2' };
const { plan, secrets } = issuedCluster();

/** The files of each machine of the guide's cluster, with a Kubernetes version. */
function machines(version: string): Map<string, readonly HostFile[]> {
  const cluster = { ...plan.cluster, kubernetes: { version } };
  const options = { generations: new Map(), plainCaKeys: false, bundle: pins(version) };
  return new Map([...generate(cluster, secrets, options).machines()].map(({ name, sealed }) => [name, sealed.files]));
}

/** What the catalogue does not know has to be pinned; what is pinned is not looked at here. */
function pins(kubernetes: string): Bundle {
  const { kubelet, kubectl, crictl } = componentVersions(kubernetes);
  const files = Object.entries({ kubelet, kubectl, crictl }).map(([component, componentVersion]) => ({
    ...{ path: component, sha256: '0'.repeat(64), size: 0, component, componentVersion, arch: 'amd64' as const },
  }));
  return { version: 1, kubernetes, architectures: ['amd64'], files, images: [] };
}

const text = (file: HostFile | undefined) => Buffer.from(file?.content ?? '').toString();

function commandFlags(files: readonly HostFile[], name: string): string[] {
  const pod = parse(text(files.find(({ path }) => path.endsWith(`/${name}`))));
  const [, ...args]: string[] = pod.spec.containers[0].command;
  return args.map((arg) => /^--([a-z0-9-]+)/.exec(arg)?.[1] ?? arg);
}

function unknown(names: readonly string[], known: Readonly<Record<string, unknown>> | undefined): string[] {
  return names.filter((name) => known === undefined || !Object.hasOwn(known, name));
}

/** The fields of an object of that kind, wherever in the machine's files it is. */
function fieldsOf(files: readonly HostFile[], kind: string): string[] {
  const object = files
    .filter(({ path }) => /^\/etc\/kubernetes\/.*\.yaml$/.test(path))
    .flatMap((file) => parseAllDocuments(text(file)).map((document) => document.toJS()))
    .flatMap((value) => [value, ...Object.values(value?.kind === 'ConfigMap' ? value.data : {}).map(parsed)])
    .find((value) => value?.kind === kind);
  return Object.keys(object ?? {}).filter((name) => name !== 'apiVersion' && name !== 'kind');
}

function parsed(value: unknown) {
  try {
    return parse(String(value));
  } catch {
    return undefined;
  }
}

describe.each(SUPPORTED_MINORS)('Kubernetes %s', (minor) => {
  const version = TRIED[minor] ?? '';
  const files = machines(version);
  const controller = files.get('controller') ?? [];
  const known: KnownOptions = readComponentOptions(version);

  it.each([
    ['apiServer', 'kube-apiserver.yaml'],
    ['controllerManager', 'kube-controller-manager.yaml'],
    ['scheduler', 'kube-scheduler.yaml'],
    ['etcd', 'etcd/pod.yaml'],
  ] as const)('has every flag that its %s is started with', (component, name) => {
    const flags = commandFlags(controller, name);
    expect(flags.length).toBeGreaterThan(5);
    expect(unknown(flags, known[component])).toEqual([]);
  });

  it.each([
    ['kubelet', 'KubeletConfiguration'],
    ['kubeProxy', 'KubeProxyConfiguration'],
  ] as const)('has every field of the configuration of its %s', (component, kind) => {
    const fields = fieldsOf(controller, kind);
    expect(fields.length).toBeGreaterThan(5);
    expect(unknown(fields, known[component])).toEqual([]);
  });

  it('is given no feature gate, but for etcd', () => {
    const gates = controller.filter(
      ({ path, content }) => !path.includes('/etcd/') && /feature-?gates/i.test(Buffer.from(content).toString()),
    );
    expect(gates.map(({ path }) => path)).toEqual([]);
  });

  it('is told the same as the default’s minor, on every machine: versions alone differ', () => {
    for (const [name, standard] of machines(TRIED['1.36'] ?? '')) {
      const own = files.get(name) ?? [];
      expect(own.map(({ path }) => path)).toEqual(standard.map(({ path }) => path));
      for (const [at, file] of own.entries())
        expect(neutral(file, version), file.path).toBe(neutral(standard[at], '1.36.4'));
    }
  });
});

/** The text of a file, with the versions and checksums that each release has of its own left out. */
function neutral(file: HostFile | undefined, version: string): string {
  const { crictl } = componentVersions(version);
  return text(file)
    .replaceAll(version, 'KUBERNETES')
    .replace(/^.*\bcrictl\b.*$/gm, (line) => line.replaceAll(crictl, 'CRICTL'))
    .replace(/\b[0-9a-f]{64}\b/g, 'SHA256');
}
