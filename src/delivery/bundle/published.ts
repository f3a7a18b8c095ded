import type { Bundle } from '../../releases/bundle.js';
import { pinnedChecksum } from '../../releases/catalogue.js';
import { checksumFile, checksumIn } from '../../releases/checksum-files.js';
import { inputError, WorkError } from '../../support/problem.js';
import { isLoopback, onMirror, request } from './http.js';
import type { WantedFile } from './wanted.js';

export interface ChecksumSources {
  /** A mirror that stands in for every publisher: `MIRROR/HOST/PATH`. */
  readonly from?: string | undefined;
  /** What was pinned before: publishers do not change a release, so it goes before what they say today. */
  readonly pinned?: Bundle | undefined;
  /** Says what is being done right now. */
  readonly progress: (text: string) => void;
}

/** A file whose content is settled. */
export type SettledFile = WantedFile & { readonly sha256: string };

/** Checksum files have a line for each build; nobody needs as much. */
const LARGEST = 1 << 20;
const PATIENCE = 60_000;

/**
 * The same files, each with its checksum: the catalogue's, else the one that was pinned before, else the one in the
 * publisher's own checksum file. All are asked before anything is fetched.
 *
 * @throws InputError when a checksum would come over a way that protects nothing.
 * @throws WorkError when a publisher is not reached, or says nothing of a file.
 */
export async function settleChecksums(files: readonly WantedFile[], sources: ChecksumSources): Promise<SettledFile[]> {
  const settled: SettledFile[] = [];
  for (const file of files) settled.push({ ...file, sha256: await settle(file, sources) });
  return settled;
}

async function settle(file: WantedFile, sources: ChecksumSources): Promise<string> {
  const { component, componentVersion, arch } = file;
  if (file.sha256 !== undefined) return file.sha256;
  if (component === undefined || componentVersion === undefined || arch === undefined) throw unknown(file);
  const pinned = sources.pinned && pinnedChecksum(sources.pinned, component, componentVersion, arch);
  return pinned ?? (await published(file, component, sources));
}

async function published(file: WantedFile, component: string, { from, progress }: ChecksumSources): Promise<string> {
  const address = file.url === undefined ? undefined : checksumFile(component, file.url);
  if (address === undefined) throw unknown(file);
  const url = from === undefined ? address : onMirror(from, address.replace('https://', ''));
  if (!isProtected(url)) throw unprotected(file, url);
  progress(`asking for the checksum of ${file.path}`);
  const text = await readText(url, file);
  const sum = checksumIn(text, file.path.slice(file.path.lastIndexOf('/') + 1));
  if (sum === undefined) throw new WorkError(`${url} names no SHA-256 of ${file.path}`, 'Look at what is there');
  return sum;
}

async function readText(url: string, file: WantedFile): Promise<string> {
  const response = await request(url, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new WorkError(
      `${new URL(url).host} answers ${response.status} for ${url}`,
      `Check that there is a ${file.component} ${file.componentVersion}, then run the command again`,
    );
  }
  // A redirection may lead off the protected way.
  if (!isProtected(response.url)) throw unprotected(file, response.url);
  const text = await response.text().catch((cause: unknown) => {
    throw new WorkError(`the download of ${url} was cut`, 'Run the command again', { cause });
  });
  if (text.length > LARGEST) throw new WorkError(`${url} is no checksum file: it is too long`, 'Look at what is there');
  return text;
}

/** Whoever can change a checksum on its way can change the program too, and nobody would notice. */
function isProtected(url: string): boolean {
  const { protocol, host } = new URL(url);
  return protocol === 'https:' || isLoopback(host);
}

function unprotected({ component, componentVersion }: WantedFile, url: string) {
  return inputError(
    'unprotected-checksum',
    `the catalogue does not know ${component} ${componentVersion}, and its checksum would come unprotected from ${url}`,
    'Leave --from out, name a mirror by https://, or take a folder that was filled elsewhere with --use',
    url,
  );
}

function unknown({ path }: WantedFile): WorkError {
  return new WorkError(`there is no checksum of ${path}`, 'Take a folder that was filled elsewhere with --use');
}
