import semver from 'semver';

/**
 * The minors whose programs were started with what is rendered, newest first. Upstream maintains three; what came
 * before gets no fixes any more: 1.34 ended in October 2026. Each has its flags in `data/flags/`.
 */
export const SUPPORTED_MINORS: readonly string[] = ['1.37', '1.36', '1.35'];

/** `1.36` of `1.36.4`; undefined when that is no version. */
export function minorOf(version: string): string | undefined {
  const parsed = semver.parse(version);
  return parsed === null ? undefined : `${parsed.major}.${parsed.minor}`;
}

/** Whether it is written like a release of a supported minor; whether there is such a release is not looked up. */
export function isSupportedRelease(version: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(version) && SUPPORTED_MINORS.includes(minorOf(version) ?? '');
}
