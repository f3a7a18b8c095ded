// Which room of src/ may use which. A plain name allows every module of that room; `name/types` allows its
// types.ts alone, so that two rooms can agree on a shape without depending on each other's code.
// A file directly in src/ (generate.ts, index.ts) is a room of its own and composes all below it.
const composition = [
  'addons',
  'artifacts',
  'delivery',
  'formats',
  'host',
  'inventory',
  'manifests',
  'os',
  'pki',
  'plan',
  'releases',
  'secrets',
  'support',
];

export const MAY_USE = {
  support: [],
  inventory: ['support'],
  secrets: ['support'],
  formats: ['support'],
  artifacts: ['support'],
  releases: ['support', 'inventory/types'],
  host: ['support', 'inventory/types', 'plan/types', 'releases'],
  plan: ['support', 'inventory/types', 'host', 'formats', 'releases', 'secrets/types'],
  pki: ['support', 'inventory/types', 'plan/types', 'formats', 'secrets'],
  manifests: [
    'support',
    'inventory/types',
    'host',
    'plan',
    'formats',
    'releases',
    'pki/paths',
    'pki/identities',
    'secrets/types',
  ],
  addons: ['support', 'inventory/types', 'plan', 'formats', 'manifests', 'releases', 'pki/paths', 'pki/identities'],
  os: ['support', 'inventory/types', 'plan/types', 'formats'],
  delivery: ['support', 'inventory/types', 'plan', 'artifacts', 'secrets', 'releases'],
  lab: ['support', 'inventory', 'plan', 'artifacts', 'delivery', 'releases', 'os'],
  diagnose: ['support', 'inventory', 'plan', 'delivery', 'releases', 'os', 'pki/paths'],
  dashboard: ['support'],
  generate: composition.filter((room) => room !== 'delivery'),
  cli: [...composition, 'generate', 'diagnose', 'lab', 'dashboard'],
  index: [...composition, 'generate', 'diagnose', 'lab'],
};

/** Rooms that compute and touch nothing: no file, no network, no process, no clock, no chance. */
export const PURE_ROOMS = ['plan', 'manifests', 'formats', 'os', 'artifacts', 'host', 'addons', 'support'];

/** Pure but for one thing: the shell programs of the machines are files of the package, read where they lie. */
export const PACKAGE_READERS = { 'src/host/scripts.ts': ['node:fs'] };

/** What a pure room may take from Node; hashing is fine, making keys is not. */
export const PURE_MODULES = ['node:buffer', 'node:crypto', 'node:path', 'node:util', 'node:zlib'];
