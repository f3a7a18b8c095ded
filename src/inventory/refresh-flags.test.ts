import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const KUBERNETES_HELP = `Usage:
  kube-x [flags]

Logging flags:

      --audience strings               Who it is for,
                                       --not-a-flag string in the middle of a text.
      --feature-gates mapStringBool    Gates.
  -h, --help                           help for kube-x
      --lenient                        If true, anything goes.
      --tls-pair namedCertKey          A pair.
      --timeout duration               How long. (default 1m0s)
  -v, --v Level                        number for the log level verbosity
      --version version[=true]         --version, --version=raw prints version information
`;
const ETCD_HELP =
  "Member:\n  --name 'default'\n    Its name.\n  --interval '0'\n  --count 10\n  --quick\n  --rate '1'\n";

/** Fakes of the programs: what they answer to --version, --help and a value of a flag. */
const KUBERNETES = `#!/usr/bin/env node
console.log(process.argv[2] === '--version' ? 'Kubernetes v1.99.3' : ${JSON.stringify(KUBERNETES_HELP)});
`;
const ETCD = `#!/usr/bin/env node
const good = { name: /./, interval: /^[0-9]+(s|m)$/, count: /^[0-9]+$/, quick: /^(true|false)$/, rate: /^[0-9.]+$/ };
const [first = ''] = process.argv.slice(2);
const [, flag, value] = /^--([a-z]+)=(.*)$/.exec(first) ?? [];
if (first === '--version') console.log('etcd Version: 3.99.1\\nGo Version: go1.26.8');
else if (first === '--help') console.log(${JSON.stringify(ETCD_HELP)});
else if (good[flag].test(value)) console.error('flag provided but not defined: -no-such-flag');
else if (flag === 'quick') console.error('invalid boolean value "' + value + '" for -quick: parse error');
else console.error('invalid value "' + value + '" for flag -' + flag + ': parse error');
`;
const TYPES = (struct: string) => `package v1

type Policy string

type ${struct} struct {
	metav1.TypeMeta \`json:",inline"\`
	// port is a port.
	Port *int32 \`json:"port,omitempty"\`
	Policy Policy \`json:"policy"\`
	Nested Other \`json:"nested"\`
	Names []string \`json:"names"\`
	Every metav1.Duration \`json:"every"\`
	Gates map[string]bool \`json:"gates"\`
}

type Other struct {
	Inner string \`json:"inner"\`
}
`;
const FIELDS = { every: 'duration', gates: 'map', names: 'list', nested: 'object', policy: 'string', port: 'int' };

let folder = '';
const write = (path: string, text: string, mode = 0o644) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode });
};
const refresh = (...args: string[]) =>
  spawnSync(
    process.execPath,
    ['tools/refresh-flags.mjs', '--folder', join(folder, 'out'), '--modules', join(folder, 'mod'), ...args],
    { encoding: 'utf8' },
  );
const result = (name: string) => JSON.parse(readFileSync(join(folder, 'out', name), 'utf8')) as unknown;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-flags-'));
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
    write(`bin/${name}`, KUBERNETES, 0o755);
  write('bin/etcd', ETCD, 0o755);
  write('mod/k8s.io/kubelet@v0.99.3/config/v1beta1/types.go', TYPES('KubeletConfiguration'));
  write('mod/k8s.io/kube-proxy@v0.99.3/config/v1alpha1/types.go', TYPES('KubeProxyConfiguration'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads flags from the programs and fields from their sources', () => {
  expect(refresh('--kubernetes', join(folder, 'bin')).stderr).toBe('');
  const flags = {
    audience: 'list',
    'feature-gates': 'map',
    lenient: 'bool',
    timeout: 'duration',
    'tls-pair': 'repeated',
    v: 'int',
  };
  expect(result('kubernetes-1.99.json')).toEqual({
    version: '1.99.3',
    components: { apiServer: flags, controllerManager: flags, scheduler: flags, kubelet: FIELDS, kubeProxy: FIELDS },
  });
});

it('asks etcd for the type of each flag', () => {
  expect(refresh('--etcd', join(folder, 'bin/etcd')).stderr).toBe('');
  const etcd = { count: 'int', interval: 'duration', name: 'string', quick: 'bool', rate: 'float' };
  expect(result('etcd-3.99.json')).toEqual({ version: '3.99.1', components: { etcd } });
});

it('says when a file is behind, and what is missing', () => {
  expect(refresh('--kubernetes', join(folder, 'bin'), '--check').status).toBe(0);
  write('out/kubernetes-1.99.json', '{}\n');
  expect(refresh('--kubernetes', join(folder, 'bin'), '--check')).toMatchObject({ status: 1 });
  expect(refresh('--fields', '1.98.0').stderr).toContain('go mod download k8s.io/kubelet@v0.98.0');
  expect(refresh().status).toBe(2);
});
