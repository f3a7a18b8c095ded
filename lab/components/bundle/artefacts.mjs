// The publishers' downloads, packed again from programs that are built here.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarArchive } from '../../../dist/artifacts/tar.js';
import { machineDownloads } from '../../../dist/releases/catalogue.js';
import { cachedFile, fingerprint } from './cache.mjs';
import { folderOf, goProgram } from './programs.mjs';

const ARCH = 'amd64';
/** Only names inside archives matter here. */
const PATHS = { binDir: '/opt/bin', cniBinDir: '/opt/cni/bin' };
/** The components that Kubernetes' own module builds. */
const OF_KUBERNETES = ['kubelet', 'kubectl'];

/**
 * Every download of every role on an operating system that brings nothing.
 * @returns entries of a bundle's `files`, each with the `file` it is copied from
 */
export function artefacts(kubernetes, writers) {
  return machineDownloads('controller', ARCH, kubernetes, PATHS, { bringsContainerd: false }).map((artefact) => {
    const { name, version, url, format, members } = artefact;
    const folder = folderOf(OF_KUBERNETES.includes(name) ? 'kubernetes' : name, version);
    const programs = members.map(({ from }) => [from, goProgram(folder, basename(from))]);
    const inputs = [url, format, writers, programs.map(([from, file]) => [from, fingerprint(file)])];
    const { file, sha256, size } = cachedFile(inputs, () => {
      console.error(`packing ${basename(url)}`);
      return { content: format === 'binary' ? readFileSync(programs[0][1]) : pack(programs) };
    });
    const path = url.replace(/^https:\/\//, '');
    return { path, sha256, size, component: name, componentVersion: version, arch: ARCH, file };
  });
}

/** Fast rather than small: it travels no further than this machine. */
function pack(programs) {
  const entries = programs.map(([path, file]) => ({ path, mode: 0o755, content: readFileSync(file) }));
  return gzipSync(tarArchive(entries), { level: 1 });
}
