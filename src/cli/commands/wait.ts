import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { off, optionalText } from './parameters.js';

export type WaitFlags = {
  /** Milliseconds. */
  readonly timeout: number;
  readonly for: 'ready' | 'api';
  readonly begunAnew: boolean;
  readonly identity?: string | undefined;
};

export const wait = command<WaitFlags, []>({
  brief: SUMMARIES.wait,
  description:
    'Shows where the machines stand, as `ironkeel status --watch` does, until everything is Ready; ends with 1 and the reasons when that takes too long. The first time everything is Ready it records the cluster in ironkeel.lock: drives built from then on refuse to start an empty etcd.',
  usage: '[--timeout TIME] [--for ready|api] [--begun-anew]',
  examples: [
    ['ironkeel wait', 'until everything is Ready, ten minutes at most'],
    ['ironkeel wait --timeout 1h', 'over a slow line'],
    ['ironkeel wait --for api', 'only until kubectl works'],
    ['ironkeel wait --begun-anew', 'after all data was lost and you have begun the cluster again'],
  ],
  flags: {
    timeout: { kind: 'parsed', parse: parseTime, default: '10m', placeholder: 'TIME', brief: 'Such as 90s, 10m or 2h' },
    for: { kind: 'enum', values: ['ready', 'api'], default: 'ready', brief: 'Everything, or the API alone' },
    begunAnew: { ...off, brief: 'Record the cluster that answers in place of the one that was recorded' },
    identity: { ...optionalText, placeholder: 'FILE', brief: 'Private SSH key to log in with' },
  },
  load: () => import('../actions/wait.js'),
});

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** What a timer takes: 24 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Milliseconds of a time such as `90s`, `10m` or `2h`; seconds where there is no unit.
 *
 * @throws RangeError when it is none, or more than 24 days.
 */
export function parseTime(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+)([smh])?$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? 0);
  if (number !== '' && milliseconds > 0 && milliseconds <= LONGEST) return milliseconds;
  throw new RangeError(`${text} is no time: give one such as 90s, 10m or 2h`);
}
