import { IMAGE_REMEDY, isImageName } from '../../support/image-name.js';
import { each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { parseRange } from '../ip.js';
import { checkSource } from './firewall.js';
import { eachMachine, error, type Rule, type RuleInput, warning } from './rule.js';

/** The way from the world to Services: it needs an edge, and nothing is set for what is not there. */
export const checkIngress: Rule = function* (input) {
  const { ingress } = input.draft;
  if (ingress === undefined) return;
  for (const [index, text] of each(ingress.trustedProxies))
    yield* checkTrustedProxy(text, ['ingress', 'trustedProxies', index]);
  yield* checkImage(ingress.defaultBackend?.image);
  if (hasNoEdge(input)) yield* checkWithoutEdge(ingress.controller);
  else if (ingress.controller === 'none') yield* checkWithoutController(ingress);
};

function* checkTrustedProxy(text: string, path: Path): Generator<Finding> {
  yield* checkSource(text, path, true);
  if (parseRange(text)?.prefix !== 0) return;
  const message = 'everybody is believed about who the client is, so any client can pass for another';
  yield warning('everybody-trusted', path, message, 'name the addresses of your balancers alone');
}

/** Certain only when every machine's role could be read. */
function hasNoEdge({ draft, isMisfit }: RuleInput): boolean {
  const machines = [...eachMachine(draft)];
  if (machines.length < (draft.machines?.length ?? 0)) return false;
  return machines.every(({ machine, path }) => machine.role !== 'edge' && !isMisfit([...path, 'role']));
}

function* checkWithoutEdge(controller: string | undefined): Generator<Finding> {
  if (controller === 'none') return;
  const message = 'no machine has the role edge, so no ingress would run anywhere';
  const remedy = 'give a machine that the world reaches role: edge, or remove the ingress';
  const path = controller === undefined ? ['ingress'] : ['ingress', 'controller'];
  yield error('ingress-without-edge', path, message, remedy);
}

type DraftIngress = NonNullable<RuleInput['draft']['ingress']>;

function* checkWithoutController(ingress: DraftIngress): Generator<Finding> {
  for (const field of ['defaultBackend', 'redirectToHttps', 'trustedProxies'] as const) {
    if (ingress[field] === undefined) continue;
    const message = `${field} is for an ingress of Ironkeel’s, and there is none with controller: none`;
    yield warning('unused-ingress-setting', ['ingress', field], message, 'remove it, and set your own controller up');
  }
}

function* checkImage(image: string | undefined): Generator<Finding> {
  if (image === undefined || isImageName(image)) return;
  yield error('bad-image', ['ingress', 'defaultBackend', 'image'], 'this is no name of an image', IMAGE_REMEDY);
}
