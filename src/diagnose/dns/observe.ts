import type { DnsName } from '../../plan/index.js';
import type { DnsAnswer, DnsLookup } from './lookup.js';

/** A name, how it was asked for, and what came back. */
export interface DnsObservation {
  readonly expected: DnsName;
  /** The name itself; for a wildcard some name below that nobody has given a record of its own. */
  readonly asked: string;
  readonly answer: DnsAnswer;
}

/** Asks for every name, one after the other: a home's resolver drops a burst. Never rejects. */
export async function observeDns(
  names: readonly DnsName[],
  lookup: DnsLookup,
  label: string,
): Promise<readonly DnsObservation[]> {
  const observations: DnsObservation[] = [];
  for (const expected of names) {
    const asked = expected.purpose === 'wildcard' ? expected.name.replace('*', label) : expected.name;
    observations.push({ expected, asked, answer: await lookup(asked) });
  }
  return observations;
}
