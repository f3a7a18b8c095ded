import type { DnsName } from '../../plan/dns-names.js';
import { slots } from '../../support/slots.js';
import type { DnsAnswer, DnsLookup } from './lookup.js';

/** A name, how it was asked for, and what came back. */
export interface DnsObservation {
  readonly expected: DnsName;
  /** The name itself; for a wildcard some name below that nobody has given a record of its own. */
  readonly asked: string;
  readonly answer: DnsAnswer;
}

/** Names asked for at a time: a home's resolver drops a burst. */
const AT_A_TIME = 4;

/** Asks for every name. Never rejects. */
export async function observeDns(
  names: readonly DnsName[],
  lookup: DnsLookup,
  label: string,
): Promise<readonly DnsObservation[]> {
  const slot = slots(AT_A_TIME);
  return Promise.all(
    names.map(async (expected) => {
      const asked = expected.purpose === 'wildcard' ? expected.name.replace('*', label) : expected.name;
      return { expected, asked, answer: await slot(() => lookup(asked)) };
    }),
  );
}
