// Images of programs that are built here, as archives of one image each.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ociArchive } from '../../../dist/artifacts/oci.js';
import { cachedFile, fingerprint } from './cache.mjs';
import { busyboxEntries, debianEntries, debianRoot, debianVersion, mergedUsr } from './debian.mjs';
import { cProgram, folderOf, goProgram } from './programs.mjs';
import { ENVIRONMENT, RECIPES, TEST_RECIPES } from './recipes.mjs';

const ACCOUNTS = {
  'etc/passwd': [0o644, 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n'],
  'etc/group': [0o644, 'root:x:0:\nnobody:x:65534:\n'],
};

/**
 * Every image of a cluster, and those of the tests; without those that only a bundle with something more has.
 * @param names component → full name, as `componentImages` has them
 * @param versions component → version, for those that a Kubernetes version decides
 * @param writers hash of the code that writes them
 * @param more what else is wanted, as recipes call it in `with`
 * @returns entries of a bundle's `images`, each with the `file` it is copied from
 */
export function images(names, versions, writers, more) {
  const wanted = (component) => RECIPES[component]?.with === undefined || more.includes(RECIPES[component].with);
  const missing = Object.keys(names).filter((component) => RECIPES[component] === undefined);
  for (const component of missing) console.error(`no lab build of ${component} (${names[component]}): left out`);
  const cluster = Object.entries(names).filter(([component]) => !missing.includes(component) && wanted(component));
  return [
    ...cluster.map(([component, name]) => ({ component, ...image(name, RECIPES[component], versions, writers) })),
    ...Object.entries(TEST_RECIPES).map(([name, recipe]) => image(name, recipe, versions, writers)),
  ];
}

function image(name, recipe, versions, writers) {
  const programs = Object.entries(recipe.programs ?? {}).map(([path, source]) => [path, programFile(source, versions)]);
  const root = (recipe.debian ?? recipe.applets) ? debianRoot() : undefined;
  const inputs = [name, recipe, root, writers, programs.map(([path, file]) => [path, fingerprint(file)])];
  const { file, sha256, digest } = cachedFile(inputs, () => {
    console.error(`writing the image ${name}`);
    const { archive, digest } = ociArchive(describe(name, recipe, root, programs));
    return { content: archive, facts: { digest } };
  });
  return { name, digest, archive: `images/${basename(name).replace(':', '-')}.tar`, sha256, arch: 'amd64', file };
}

function programFile(source, versions) {
  if (typeof source === 'string') return cProgram(source);
  const [component, program] = source;
  const version = versions[component];
  return goProgram(version === undefined ? component : folderOf(component, version), program);
}

function describe(name, recipe, root, programs) {
  const layers = [base(recipe), distribution(recipe, root), built(programs)];
  const { entrypoint, cmd, user, workingDir } = recipe;
  return {
    name,
    architecture: 'amd64',
    layers: layers.filter((layer) => layer.length > 0),
    entrypoint,
    cmd,
    user,
    workingDir,
    env: { ...ENVIRONMENT, ...recipe.env },
    labels: labels(recipe, root),
  };
}

function base({ files = {}, directories = {} }) {
  return [
    { path: 'tmp', directory: true, mode: 0o1777 },
    ...Object.entries(directories).map(([path, mode]) => ({ path, directory: true, mode })),
    ...Object.entries({ ...ACCOUNTS, ...files }).map(([path, [mode, text]]) => ({
      path,
      mode,
      content: Buffer.from(text),
    })),
  ];
}

function distribution({ debian, links = {}, applets }, root) {
  if (root === undefined) return [];
  return [
    ...(debian === undefined ? mergedUsr : debianEntries(root, debian)),
    ...(applets === undefined ? [] : busyboxEntries(root, applets)),
    ...Object.entries(links).map(([path, link]) => ({ path, link })),
  ];
}

function built(programs) {
  return programs.map(([path, file]) => ({ path, mode: 0o755, content: readFileSync(file) }));
}

/** Whoever looks at the image sees that it is not the publisher's. */
function labels({ note, labelled = [] }, root) {
  const packages = labelled.map((name) => debianVersion(root, name));
  return {
    'dev.ironkeel.lab': 'built for the lab, not by the publisher',
    ...(packages.length > 0 ? { 'dev.ironkeel.lab.packages': packages.join(', ') } : {}),
    ...(note === undefined ? {} : { 'dev.ironkeel.lab.note': note }),
  };
}
