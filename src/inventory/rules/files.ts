import type { FileReading } from '../context.js';
import { each, type Holey } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import type { RawMachine } from '../schema.js';
import { eachMachine, error, findDuplicates, type Rule, type RuleInput } from './rule.js';

/** Folders of Ironkeel, Kubernetes, etcd, the kernel and the OS itself. */
const OWNED = [
  '/etc/kubernetes',
  '/etc/ironkeel',
  '/var/lib/ironkeel',
  '/var/lib/kubelet',
  '/var/lib/etcd',
  '/dev',
  '/proc',
  '/run',
  '/sys',
  '/usr',
] as const;
/** The one folder among them that is the user's: manifests that controllers apply. */
const GIVEN = '/etc/kubernetes/addons.d/';
/** Every file of ours among the units begins like this. */
const OWNED_UNITS = '/etc/systemd/system/ironkeel';
/** Programs that Ironkeel installs into `/usr/local/bin` lie below `/usr` as well. */
const SAFE_PATH = /^(\/[A-Za-z0-9._@:+-]+)+$/;
const LARGEST_FILE = 1024 * 1024;

type DraftFile = NonNullable<NonNullable<Holey<RawMachine>['files']>[number]>;

/** Extra files: safe paths that nobody else owns, each once; modes; contents that are there. */
export const checkFiles: Rule = function* (input) {
  for (const { machine, path: at } of eachMachine(input.draft)) {
    const files = [...each(machine.files)].map(([index, file]) => ({ file, path: [...at, 'files', index] }));
    for (const { file, path } of files) {
      if (file.path !== undefined) yield* checkFilePath(file.path, [...path, 'path']);
      yield* checkMode(file.mode, [...path, 'mode']);
      yield* checkContent(file, path, input);
    }
    const paths = files.flatMap(({ file, path }) =>
      file.path === undefined ? [] : [{ key: file.path, path: [...path, 'path'] }],
    );
    for (const [{ key, path }, first] of findDuplicates(paths)) {
      const message = `the file ${key.slice(0, 100)} is there twice, first on line ${input.lineOf(first.path)}`;
      yield error('duplicate-file', path, message, 'keep one of them');
    }
    yield* checkNesting(paths);
  }
};

/** A file cannot be the folder of another. */
function* checkNesting(paths: readonly { key: string; path: Path }[]): Generator<Finding> {
  const files = new Set(paths.map(({ key }) => key));
  for (const { key, path } of paths) {
    const parent = parentsOf(key).find((folder) => files.has(folder));
    if (parent !== undefined) {
      yield error('unsafe-path', path, `${parent} is a file, so nothing can lie below it`, 'rename one of them');
    }
  }
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, 64);
  return parts.slice(2).map((_, index) => parts.slice(0, index + 2).join('/'));
}

function* checkFilePath(file: string, path: Path): Generator<Finding> {
  const remedy = 'write an absolute path such as /etc/motd';
  if (!file.startsWith('/')) yield error('unsafe-path', path, 'the path is not absolute', remedy);
  else if (file.endsWith('/'))
    yield error('unsafe-path', path, 'the path ends with "/": a file’s name is missing', remedy);
  else if (file.split('/').some((part) => part === '.' || part === '..') || file.includes('//')) {
    yield error('unsafe-path', path, 'the path has "..", "." or "//" in it', 'write the path without detours');
  } else if (!SAFE_PATH.test(file) || file.length > 1024) {
    yield error(
      'unsafe-path',
      path,
      'the path has characters that are not safe everywhere',
      'use letters, digits and . _ @ : + - alone',
    );
  } else if (isOwned(file)) {
    yield error(
      'unsafe-path',
      path,
      'the path belongs to Ironkeel, Kubernetes or the operating system',
      'choose a path elsewhere',
    );
  }
}

function isOwned(file: string): boolean {
  if (file.startsWith(GIVEN)) return false;
  return OWNED.some((folder) => file === folder || file.startsWith(`${folder}/`)) || file.startsWith(OWNED_UNITS);
}

function* checkMode(mode: string | undefined, path: Path): Generator<Finding> {
  if (mode === undefined || /^0?[0-7]{3}$/.test(mode)) return;
  const special = /^[1-7][0-7]{3}$/.test(mode);
  const message = special ? 'set-uid, set-gid and sticky bits are not supported' : 'this is no file mode';
  yield error('bad-mode', path, message, 'write three octal digits in quotes, such as "0644"');
}

/** `content` or `contentFrom`, and not both. */
export function* checkContent(
  item: Pick<DraftFile, 'content' | 'contentFrom'>,
  path: Path,
  input: RuleInput,
): Generator<Finding> {
  const { content, contentFrom } = item;
  const misfit = input.isMisfit([...path, 'content']) || input.isMisfit([...path, 'contentFrom']);
  if (content !== undefined && contentFrom !== undefined) {
    yield error(
      'two-contents',
      [...path, 'contentFrom'],
      'content and contentFrom exclude each other',
      'remove one of them',
    );
  } else if (content === undefined && contentFrom === undefined && !misfit) {
    yield error(
      'no-content',
      path,
      'neither content nor contentFrom is given',
      'add content: "…" or contentFrom: FILE',
    );
  }
  if (content !== undefined && content.length > LARGEST_FILE) yield tooLarge([...path, 'content']);
  if (contentFrom !== undefined) yield* checkSource(contentFrom, [...path, 'contentFrom'], input);
}

function* checkSource(file: string, path: Path, { context }: RuleInput): Generator<Finding> {
  const reading: FileReading = context.readFile(file);
  if ('error' in reading)
    yield error(
      'content-file',
      path,
      `cannot read ${file}: ${reading.error}`,
      'correct the path; it starts at this file’s folder',
    );
  else if (reading.content.length > LARGEST_FILE) yield tooLarge(path);
}

function tooLarge(path: Path): Finding {
  return error('file-too-large', path, 'the content is larger than 1 MiB', 'have the machine download it instead');
}
