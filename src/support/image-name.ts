/** Letters, digits and inner hyphens between dots. */
const HOST = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/** Between letters and digits one dot, one or two underscores, or any number of hyphens. */
const PART = String.raw`[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*`;
const TAG = String.raw`:\w[\w.-]{0,127}`;
const DIGEST = '@sha256:[0-9a-f]{64}';

/** Host and port, path, tag, digest, as the container runtimes' `reference` grammar has them. */
const IMAGE = new RegExp(`^((?:${HOST}(?:\\.${HOST})*(?::\\d+)?/)?${PART}(?:/${PART})*)(?:${TAG})?(?:${DIGEST})?$`);
const LONGEST_NAME = 255;
/** A name with the longest tag and a digest. */
const LONGEST_IMAGE = LONGEST_NAME + 129 + 72;

/** What to write where {@link isImageName} says no. */
export const IMAGE_REMEDY = 'write registry/name:tag, in lower case but for the tag';

/** Whether runtimes can read the text as an image; that its host is in lower case is wanted here alone. */
export function isImageName(text: string): boolean {
  if (text.length > LONGEST_IMAGE) return false;
  const name = IMAGE.exec(text)?.[1];
  return name !== undefined && name.length <= LONGEST_NAME;
}
