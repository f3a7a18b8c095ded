// Keeps data/flags/ in step with the programs: which flags each component of the control plane takes, and which
// fields the kubelet's and kube-proxy's configuration have. One file a minor of Kubernetes, one a minor of etcd.
//
//   node tools/refresh-flags.mjs --kubernetes FOLDER   asks the programs in FOLDER (kube-apiserver, …) for their flags
//   node tools/refresh-flags.mjs --etcd PROGRAM        asks etcd for its flags
//   node tools/refresh-flags.mjs --fields 1.35.9       only the configuration's fields, of a version without programs
//   --modules DIR   Go's module cache, where the configuration's types are read; default ~/go/pkg/mod
//   --folder DIR    where the files are; default data/flags
//   --check         writes nothing; exit 1 when a file would change
//
// lab/components/build.sh builds the programs. Their types come from the Go modules k8s.io/kubelet and
// k8s.io/kube-proxy of the same version: `go mod download k8s.io/kubelet@v0.36.4`.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { etcdFlags, kubernetesFlags, versionOf } from './flags/programs.mjs';
import { structFields } from './flags/types.mjs';

const PROGRAMS = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
};
const CONFIGURATIONS = {
  kubelet: { module: 'kubelet', file: 'config/v1beta1/types.go', struct: 'KubeletConfiguration' },
  kubeProxy: { module: 'kube-proxy', file: 'config/v1alpha1/types.go', struct: 'KubeProxyConfiguration' },
};

const { values: options } = parseArgs({
  options: {
    kubernetes: { type: 'string' },
    etcd: { type: 'string' },
    fields: { type: 'string' },
    modules: { type: 'string', default: process.env.GOMODCACHE ?? join(homedir(), 'go/pkg/mod') },
    folder: { type: 'string', default: fileURLToPath(new URL('../data/flags/', import.meta.url)) },
    check: { type: 'boolean', default: false },
  },
});

if (options.kubernetes !== undefined) refreshKubernetes(options.kubernetes);
if (options.fields !== undefined) save('kubernetes', options.fields, configurationFields(options.fields));
if (options.etcd !== undefined) save('etcd', versionOf(options.etcd), { etcd: etcdFlags(options.etcd) });
if ([options.kubernetes, options.fields, options.etcd].every((option) => option === undefined))
  stop('give --kubernetes FOLDER, --fields VERSION or --etcd PROGRAM');

function refreshKubernetes(folder) {
  const programs = Object.entries(PROGRAMS).map(([component, name]) => [component, join(folder, name)]);
  const versions = new Set(programs.map(([, program]) => versionOf(program)));
  const [version] = versions;
  if (versions.size !== 1) stop(`${folder} holds programs of several versions: ${[...versions].join(', ')}`);
  const flags = Object.fromEntries(programs.map(([component, program]) => [component, kubernetesFlags(program)]));
  save('kubernetes', version, { ...flags, ...configurationFields(version) });
}

/** The fields of the configuration types: their Go modules have the version 0.MINOR.PATCH. */
function configurationFields(version) {
  const [, minor, patch] = version.split('.');
  const read = ({ module, file, struct }) => {
    const release = `k8s.io/${module}@v0.${minor}.${patch}`;
    const path = join(options.modules, release, file);
    if (!existsSync(path)) stop(`${path} is missing: run go mod download ${release}`);
    return structFields(readFileSync(path, 'utf8'), struct);
  };
  return Object.fromEntries(Object.entries(CONFIGURATIONS).map(([component, source]) => [component, read(source)]));
}

function save(product, version, components) {
  const minor = version.split('.').slice(0, 2).join('.');
  const file = join(options.folder, `${product}-${minor}.json`);
  const text = `${JSON.stringify({ version, components }, undefined, 1)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) console.log(`${file}: nothing changed`);
  else if (options.check) {
    console.error(`${file} is behind ${product} ${version}; run this without --check`);
    process.exitCode = 1;
  } else {
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    console.log(`wrote ${file}`);
  }
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
