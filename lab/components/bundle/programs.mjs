// The programs of a bundle, each built once and then found without asking Go again.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPONENTS_CACHE, recall, remember, sha256 } from './cache.mjs';

const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const BUILD = join(HERE, 'build.sh');

/** The Go module that a folder beside this one takes its version from. */
const MODULES = {
  kubernetes: 'k8s.io/kubernetes',
  etcd: 'go.etcd.io/etcd/server/v3',
  containerd: 'github.com/containerd/containerd/v2',
  runc: 'github.com/opencontainers/runc',
  'cni-plugins': 'github.com/containernetworking/plugins',
  crictl: 'sigs.k8s.io/cri-tools',
};

/** Where the Go module proxy does not have a version, another does as well: crictl speaks to every containerd here. */
const STAND_INS = { crictl: 'crictl' };

/**
 * The folder that builds a component at a version: `kubernetes`, or `kubernetes-1.35` for another minor.
 * @throws Error naming what to add when there is none
 */
export function folderOf(component, version) {
  const folders = readdirSync(HERE).filter((name) => name === component || name.startsWith(`${component}-`));
  const line = `\t${MODULES[component]} v${version}`;
  const found = folders.find((name) =>
    readModule(name)
      .split('\n')
      .some((each) => isRequirement(each, line)),
  );
  if (found !== undefined) return found;
  if (STAND_INS[component] !== undefined) {
    console.error(`the lab cannot build ${component} ${version}: ${STAND_INS[component]}/go.mod's version stands in`);
    return STAND_INS[component];
  }
  const minor = version.split('.').slice(0, 2).join('.');
  throw new Error(`the lab cannot build ${component} ${version}: add lab/components/${component}-${minor}/go.mod`);
}

/** `go.mod` has one requirement a line, in a block or after the word. */
function isRequirement(line, wanted) {
  const [requirement] = line.replace(/^require /, '\t').split(' // ');
  return requirement === wanted;
}

function readModule(folder) {
  const file = join(HERE, folder, 'go.mod');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The path of a program that a Go module beside this folder has as a tool, or that its requirements name. */
export function goProgram(folder, program) {
  const name = `program-${folder}-${program}.json`;
  const sources = readdirSync(join(HERE, folder), { recursive: true })
    .filter((file) => /\.(go|mod|sum|txt)$/.test(file))
    .sort();
  const key = sha256(
    [BUILD, ...sources.map((file) => join(HERE, folder, file))].map((file) => readFileSync(file)).join(),
  );
  const known = recall(name);
  if (known?.key === key && existsSync(known.path)) return known.path;
  const stdio = ['ignore', 'pipe', 'inherit'];
  const path = execFileSync('bash', [BUILD, folder, program], { encoding: 'utf8', stdio }).trim();
  remember(name, { key, path });
  return path;
}

/** The path of a static program of one C file, which is given relative to the folder of the components. */
export function cProgram(source) {
  const file = join(HERE, source);
  const name = source.replace(/^.*\/|\.c$/g, '');
  const path = join(COMPONENTS_CACHE, `${name}-${sha256(readFileSync(file)).slice(0, 12)}`, name);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('gcc', ['-static', '-Os', '-s', '-Wall', '-Werror', '-o', path, file], { stdio: 'inherit' });
  return path;
}
