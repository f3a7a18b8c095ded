import { type Application, buildApplication, buildRouteMap, run, text_en } from '@stricli/core';
import { build } from './commands/build.js';
import { bundle } from './commands/bundle.js';
import { certsList } from './commands/certs-list.js';
import { completion } from './commands/completion.js';
import { dashboard } from './commands/dashboard.js';
import { dnsCheck } from './commands/dns-check.js';
import { dnsShow } from './commands/dns-show.js';
import { edgeCheck } from './commands/edge-check.js';
import { edgeTest } from './commands/edge-test.js';
import { image } from './commands/image.js';
import { init } from './commands/init.js';
import { kubeconfig } from './commands/kubeconfig.js';
import { labDown } from './commands/lab-down.js';
import { labExec } from './commands/lab-exec.js';
import { labLogs } from './commands/lab-logs.js';
import { labPowerCut } from './commands/lab-power-cut.js';
import { labPowerOn } from './commands/lab-power-on.js';
import { labReboot } from './commands/lab-reboot.js';
import { labStatus } from './commands/lab-status.js';
import { labUp } from './commands/lab-up.js';
import { machineAdd } from './commands/machine-add.js';
import { machineList } from './commands/machine-list.js';
import { machineRemove } from './commands/machine-remove.js';
import { schema } from './commands/schema.js';
import { secretsDecrypt } from './commands/secrets-decrypt.js';
import { secretsEncrypt } from './commands/secrets-encrypt.js';
import { status } from './commands/status.js';
import { validate } from './commands/validate.js';
import { version } from './commands/version.js';
import { wait } from './commands/wait.js';
import type { CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { SUMMARIES, TAGLINE } from './summaries.js';

const MACHINE = { add: machineAdd, list: machineList, remove: machineRemove };
const LAB = {
  up: labUp,
  status: labStatus,
  exec: labExec,
  logs: labLogs,
  reboot: labReboot,
  'power-cut': labPowerCut,
  'power-on': labPowerOn,
  down: labDown,
};
const SECRETS = { encrypt: secretsEncrypt, decrypt: secretsDecrypt };
const CERTS = { list: certsList };
const DNS = { show: dnsShow, check: dnsCheck };
const EDGE = { check: edgeCheck, test: edgeTest };
const GROUPS: Readonly<Record<string, object>> = {
  machine: MACHINE,
  dns: DNS,
  edge: EDGE,
  lab: LAB,
  secrets: SECRETS,
  certs: CERTS,
};

/** The application of stricli: every command under its name, in the order of the help. */
export function createApp(): Application<CliContext> {
  const routes = {
    init,
    machine: group(SUMMARIES.machine, MACHINE),
    validate,
    build,
    bundle,
    image,
    kubeconfig,
    status,
    wait,
    dashboard,
    dns: buildRouteMap({ routes: DNS, defaultCommand: 'show', docs: { brief: SUMMARIES.dns } }),
    edge: group(SUMMARIES.edge, EDGE),
    lab: group(SUMMARIES.lab, LAB),
    secrets: group(SUMMARIES.secrets, SECRETS),
    certs: group(SUMMARIES.certs, CERTS),
    schema,
    completion,
    version,
  };
  return buildApplication(buildRouteMap({ routes, docs: { brief: TAGLINE } }), {
    name: 'ironkeel',
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true },
    localization: { text: text_en },
  });
}

function group(brief: string, routes: Record<string, typeof build>) {
  return buildRouteMap({ routes, docs: { brief } });
}

/**
 * Runs one command line and gives its exit code. What stricli itself says about unusable arguments becomes
 * problems, so that it comes in the same form as everything else.
 */
export async function runApp(context: CliContext, args: readonly string[]): Promise<ExitCode> {
  const complaints: string[] = [];
  const process = {
    stdout: context.process.stdout,
    stderr: { write: (text: string) => void complaints.push(text) },
    env: context.env,
    exitCode: undefined as number | string | null | undefined,
  };
  const commandContext: CliContext = { ...context, process };
  await run(createApp(), args, { process, forCommand: () => commandContext } as never);
  const usage = complaints.join('').trim();
  if (usage === '') {
    const exitCode = commandContext.exitCode;
    if (exitCode !== undefined) context.out.finish(exitCode);
    return exitCode ?? EXIT.done;
  }
  // stricli's own codes: -5 for an unknown command, -4 for unusable arguments; any other is our defect.
  const exitCode = Number(process.exitCode) <= -4 ? EXIT.input : EXIT.bug;
  const help = `ironkeel ${[...commandWords(args), '--help'].join(' ')}`;
  for (const message of usage.split('\n')) {
    const code = exitCode === EXIT.input ? 'usage' : 'bug';
    context.out.problem({ severity: 'error', code, message, remedy: `See \`${help}\`` });
  }
  context.out.finish(exitCode);
  return exitCode;
}

/** The words that name a command, as far as there is one. */
function commandWords(args: readonly string[]): string[] {
  const [first = '', second = ''] = args;
  const group = GROUPS[first];
  if (group === undefined) return first in SUMMARIES ? [first] : [];
  return second in group ? [first, second] : [first];
}
