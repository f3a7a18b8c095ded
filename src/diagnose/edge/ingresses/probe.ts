import type { ApiGet } from '../../api/client.js';
import { explainApiFailure } from '../../api/failure.js';
import { skip } from '../../checks/results.js';
import type { Check } from '../../checks/types.js';
import { judgeRoutes } from './judge.js';
import { readRoutes } from './view.js';

/** Looks at the Ingresses of the cluster; where the API cannot be asked that is said, and fails nothing. Never rejects. */
export async function checkRoutes(get: ApiGet, base: string): Promise<readonly Check[]> {
  try {
    return judgeRoutes(await readRoutes(get, base));
  } catch (error) {
    const { message } = explainApiFailure(base, error);
    return [routesSkipped(message)];
  }
}

/** That nobody could be asked about Ingresses. */
export function routesSkipped(reason: string): Check {
  return { ...skip('ingresses-not-asked', `not looked at: ${reason}`), subject: 'Ingresses' };
}
