import { spawnSync } from 'node:child_process';
import { consoleFile, execute, findDriver, findMachine } from '../../lab/index.js';
import type { LabLogsFlags } from '../commands/lab-logs.js';
import type { CliContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { runningLab } from './lab.js';

/** Prints what a machine said. */
export default function labLogs(context: CliContext, flags: LabLogsFlags & GlobalFlags, name: string): ExitCode {
  const lab = runningLab(context, flags);
  const machine = findMachine(lab, name);
  if (flags.console || !findDriver(lab.driver).isOn(lab, machine)) {
    const follow = flags.follow ? ['--follow'] : [];
    const { status } = spawnSync('tail', ['--lines=+1', ...follow, consoleFile(lab, machine)], { stdio: 'inherit' });
    return (status ?? 1) as ExitCode;
  }
  const unit = flags.unit === undefined ? [] : [`--unit=${flags.unit}`];
  const follow = flags.follow ? ['--follow'] : [];
  return execute(lab, name, ['journalctl', '--boot', '--no-pager', ...unit, ...follow]) as ExitCode;
}
