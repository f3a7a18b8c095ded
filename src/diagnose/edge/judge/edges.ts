import type { Instant } from '../../../support/clock.js';
import { fail, skip, warn } from '../../checks/results.js';
import type { Check } from '../../checks/types.js';
import type { EdgeAnswer, EdgeExpectation } from '../types.js';
import { judgeAgreement } from './agreement.js';
import { judgeHttp } from './http.js';
import { judgePorts } from './ports.js';
import { judgeTls } from './tls.js';

/** What the answers of all edges come to, edge by edge, then between them. Pure. */
export function judgeEdges(expected: EdgeExpectation, answers: readonly EdgeAnswer[], now: Instant): readonly Check[] {
  const unknown = expected.unknown.map((subject) => ({
    ...warn(
      'edge-without-address',
      'its address is not known, so nobody can ask it',
      'add ip or publicAddress to it in cluster.yaml',
    ),
    subject,
  }));
  const unserved = expected.unserved.map((subject) => ({ ...UNSERVED, subject }));
  return [
    ...unknown,
    ...unserved,
    ...answers.flatMap((answer) => judgeEdge(expected, answer, now)),
    ...judgeAgreement(answers),
  ];
}

function judgeEdge(expected: EdgeExpectation, answer: EdgeAnswer, now: Instant): Check[] {
  const { edge, address } = answer.target;
  const here = `${edge} (${address})`;
  const ports = judgePorts(answer, expected).map((result) => ({ ...result, subject: here }));
  const domains = answer.domains.flatMap((domain) => {
    const tls = domain.tls.length > 0 ? judgeTls(domain.tls, now) : [skip('certificate-not-asked', NOT_ASKED)];
    return [...judgeHttp(domain, expected.redirects), ...tls].map((result) => ({
      ...result,
      subject: `${domain.domain} at ${edge}`,
    }));
  });
  return [...ports, ...domains];
}

const UNSERVED = fail(
  'domain-unserved',
  'no edge with a known address serves it, so nobody can be asked for it',
  'give a machine the role: edge with ip or publicAddress, and name it in the domain’s edges if that lists any',
);
const NOT_ASKED = 'no certificate was seen: the port of HTTPS is closed';
