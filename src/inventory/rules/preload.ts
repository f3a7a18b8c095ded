import { each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { error, findDuplicates, type Rule, warning } from './rule.js';
import { checkUrl } from './urls.js';

/** A path below the mirror, without detours. */
const MIRROR_PATH = /^[A-Za-z0-9._+@-]+(\/[A-Za-z0-9._+@-]+)*$/;

/** Archives of images: where they are, and their checksums. */
export const checkPreload: Rule = function* ({ draft, lineOf, isMisfit }) {
  const archives = [...each(draft.images?.preload)].map(([index, archive]) => ({
    archive,
    path: ['images', 'preload', index],
  }));
  const noMirror = draft.artefactMirror === undefined && !isMisfit(['artefactMirror']);
  for (const { archive, path } of archives) {
    if (archive.source !== undefined) yield* checkSource(archive.source, [...path, 'source'], noMirror);
    if (archive.sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(archive.sha256)) {
      const remedy = 'give what sha256sum prints for the archive: 64 hexadecimal digits';
      yield error('bad-checksum', [...path, 'sha256'], 'this is no SHA-256', remedy);
    }
  }
  const sources = archives.flatMap(({ archive, path }) =>
    archive.source === undefined ? [] : [{ key: archive.source, path: [...path, 'source'] }],
  );
  for (const [{ path }, first] of findDuplicates(sources)) {
    const message = `this archive is listed twice, first on line ${lineOf(first.path)}`;
    yield error('duplicate-archive', path, message, 'list it once with the roles of both');
  }
};

function* checkSource(source: string, path: Path, noMirror: boolean): Generator<Finding> {
  if (source.includes('://')) {
    yield* checkUrl(source, path, { pathAllowed: true });
  } else if (!MIRROR_PATH.test(source) || source.split('/').some((part) => part === '.' || part === '..')) {
    const remedy = 'write https://… or a path below artefactMirror, such as images/app.tar';
    yield error('bad-source', path, 'this is neither a URL nor a plain path', remedy);
  } else if (noMirror) {
    const message = 'this is a path below artefactMirror, and there is none';
    yield warning('no-mirror', path, message, 'add artefactMirror: https://…, or write the whole URL');
  }
}
