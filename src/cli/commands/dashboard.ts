import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { off } from './parameters.js';

export type DashboardFlags = {
  readonly admin: boolean;
  readonly port: number;
  readonly minutes: number;
  readonly noBrowser: boolean;
};

export const dashboard = command<DashboardFlags, []>({
  brief: SUMMARIES.dashboard,
  description:
    'Opens the cluster’s dashboard (addons: {headlamp: true}) on this computer’s loopback address, through a port-forward of kubectl, and prints its address and a token to log in with. The token may look at everything but Secrets, unless --admin is given, and ends by itself. On a terminal the browser is opened too. Ends with Ctrl-C.',
  usage: '[--admin] [--minutes N] [--port N] [--no-browser]',
  examples: [
    ['ironkeel dashboard', 'to look at the cluster for an hour'],
    ['ironkeel dashboard --admin --minutes 15', 'to change things, for a quarter of an hour'],
    ['ironkeel dashboard --port 8001 --no-browser', 'where port 4466 is taken; open it yourself'],
  ],
  flags: {
    admin: { ...off, brief: 'A token that may do everything' },
    minutes: {
      kind: 'parsed',
      parse: wholeNumber(10, 1440),
      default: '60',
      placeholder: 'N',
      brief: 'Life of the token, 10 at least',
    },
    port: {
      kind: 'parsed',
      parse: wholeNumber(1, 65_535),
      default: '4466',
      placeholder: 'N',
      brief: 'Port on 127.0.0.1',
    },
    noBrowser: { ...off, brief: 'Leave the browser alone' },
  },
  load: () => import('../actions/dashboard.js'),
});

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new SyntaxError(`a whole number from ${least} to ${most} belongs here, not ${text}`);
  };
}
