import { fail, pass } from '../../checks/results.js';
import type { Check } from '../../checks/types.js';
import type { DomainAnswer, EdgeAnswer } from '../types.js';

/** Clients take whichever edge DNS gives them, so all have to give the same answer. Of edges that gave any. */
export function judgeAgreement(answers: readonly EdgeAnswer[]): readonly Check[] {
  const domains = [...new Set(answers.flatMap(({ domains }) => domains.map(({ domain }) => domain)))];
  return domains.flatMap((domain) => {
    const voices = answers.flatMap(({ target, domains: all }) => {
      const answer = all.find((each) => each.domain === domain);
      return answer === undefined || !isComplete(answer) ? [] : [{ edge: target.edge, facts: factsOf(answer) }];
    });
    return voices.length < 2 ? [] : [{ ...compare(voices), subject: domain }];
  });
}

interface Voice {
  readonly edge: string;
  readonly facts: ReadonlyMap<string, string>;
}

/** An edge that does not answer at all has its own lines. */
function isComplete({ http, https, tls }: DomainAnswer): boolean {
  const answered = [http, https].every((answer) => answer !== undefined && answer.failure === undefined);
  return answered && tls.every(({ certificate }) => certificate !== undefined);
}

/** What has to be the same: status, redirection, certificates; of the default backend what it says too. */
function factsOf({ http, https, tls }: DomainAnswer): ReadonlyMap<string, string> {
  return new Map([
    ['the status of HTTP', `${http?.status} ${http?.location ?? ''}`.trim()],
    ['the status of HTTPS', `${https?.status} ${https?.location ?? ''}`.trim()],
    ['the page of the default backend', https?.status === 404 ? https.body : ''],
    ...tls.map(({ certificate }, index): [string, string] => [
      index === 0 ? 'the certificate of the domain' : 'the certificate below it',
      certificate?.fingerprint ?? '',
    ]),
  ]);
}

function compare(voices: readonly Voice[]) {
  const [first] = voices;
  const odd = voices.flatMap(({ edge, facts }) =>
    [...facts].filter(([what, value]) => first?.facts.get(what) !== value).map(([what]) => `${what} at ${edge}`),
  );
  if (odd.length === 0) return pass('edges-agree', `${voices.length} edges give the same answer`);
  const message = `the edges do not give the same answer: ${first?.edge} differs from ${odd.join(', ')}`;
  return fail(
    'edges-differ',
    message,
    'bring every edge its newest drive, and look whether the ingress controller runs on each',
  );
}
