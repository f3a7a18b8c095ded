// Keeps data/releases.json in step with the checksum files that the publishers put beside their releases.
//
//   node tools/refresh-releases.mjs                     checks all that is known, adds new Kubernetes patch releases
//   node tools/refresh-releases.mjs etcd@3.6.15 …       also adds these versions
//   --check       writes nothing; exit 1 when the file would change
//   --base URL    asks URL/HOST/PATH instead of https://HOST/PATH, as an artefact mirror is laid out
//   --file PATH   another catalogue
//
// A sum that differs from the one on record is never taken over: publishers do not change a release, so it is an
// alarm (exit 1, nothing written) that a person has to look into.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import semver from 'semver';
import { CHECKSUM_COMPONENTS, checksumFile, checksumIn } from '../dist/releases/checksum-files.js';
import { SUPPORTED_MINORS } from '../dist/releases/minors.js';

const ARCHITECTURES = ['amd64', 'arm64'];
const AT_A_TIME = 8;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    base: { type: 'string' },
    file: { type: 'string', default: fileURLToPath(new URL('../data/releases.json', import.meta.url)) },
  },
});

const before = readFileSync(options.file, 'utf8');
const catalogue = JSON.parse(before);
const wanted = [...knownVersions(), ...positionals.map(parseVersion), ...(await newKubernetesVersions())];
const failures = [];
await inBatches(wanted, refresh);
finish();

function knownVersions() {
  return Object.entries(catalogue.artifacts)
    .filter(([component]) => CHECKSUM_COMPONENTS.includes(component))
    .flatMap(([component, { versions }]) => Object.keys(versions).map((version) => ({ component, version })));
}

function parseVersion(text) {
  const [component, version] = text.split('@');
  if (CHECKSUM_COMPONENTS.includes(component) && component in catalogue.artifacts && semver.valid(version))
    return { component, version };
  console.error(`${text}: give COMPONENT@VERSION, a component being one of ${CHECKSUM_COMPONENTS.join(', ')}`);
  process.exit(2);
}

/** The newest patch release of each minor on record or supported, by the publisher's own marker file. */
async function newKubernetesVersions() {
  const known = Object.keys(catalogue.artifacts.kubelet.versions).map((version) => version.replace(/\.\d+$/, ''));
  const minors = new Set([...known, ...SUPPORTED_MINORS]);
  const newest = await Promise.all([...minors].map((minor) => get(`https://dl.k8s.io/release/stable-${minor}.txt`)));
  return newest
    .map((text) => semver.clean(text ?? ''))
    .filter((version) => version !== null && !(version in catalogue.artifacts.kubelet.versions))
    .flatMap((version) => ['kubelet', 'kubectl'].map((component) => ({ component, version })));
}

async function refresh({ component, version }) {
  const { url, versions } = catalogue.artifacts[component];
  const known = versions[version] ?? {};
  const sums = {};
  for (const arch of ARCHITECTURES) {
    const address = url.replaceAll('{version}', version).replaceAll('{arch}', arch);
    const text = await get(checksumFile(component, address));
    const sum = text === undefined ? undefined : checksumIn(text, address.slice(address.lastIndexOf('/') + 1));
    if (sum === undefined)
      failures.push(`${component} ${version} ${arch}: the publisher's checksum file is missing or names no such file`);
    else if (known[arch] !== undefined && known[arch] !== sum) {
      failures.push(
        `${component} ${version} ${arch}: ALARM, the publisher now says ${sum}, on record is ${known[arch]}`,
      );
    } else sums[arch] = sum;
  }
  versions[version] = { ...known, ...sums };
}

async function get(url) {
  const address =
    options.base === undefined ? url : `${options.base.replace(/\/$/, '')}/${url.replace('https://', '')}`;
  try {
    const response = await fetch(address);
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

async function inBatches(items, work) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

function finish() {
  for (const { versions } of Object.values(catalogue.artifacts)) sortNewestFirst(versions);
  const after = `${JSON.stringify(catalogue, undefined, 1)}${before.endsWith('\n') ? '\n' : ''}`;
  for (const failure of failures.sort()) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
  else if (after === before) console.log(`${wanted.length} releases checked, nothing changed`);
  else if (options.check) {
    console.log('the catalogue is behind the publishers; run this without --check');
    process.exitCode = 1;
  } else {
    writeFileSync(`${options.file}.new`, after);
    renameSync(`${options.file}.new`, options.file);
    console.log(`${wanted.length} releases checked, ${options.file} written`);
  }
}

function sortNewestFirst(versions) {
  const entries = Object.entries(versions).sort(([a], [b]) => semver.rcompare(a, b));
  for (const [version] of entries) delete versions[version];
  Object.assign(versions, Object.fromEntries(entries));
}
