import { labStatus } from '../../lab/index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { table } from '../table.js';
import { runningLab } from './lab.js';

/** Shows the machines of the lab. */
export default function showLabStatus(context: CliContext, flags: GlobalFlags): ExitCode {
  const machines = labStatus(runningLab(context, flags));
  const rows = machines.map(({ name, ip, power, system, generation, drive }) => [
    name,
    ip,
    power,
    system ?? '-',
    generation === undefined ? '-' : String(generation),
    drive?.slice(0, 16) ?? '-',
  ]);
  for (const line of table([['MACHINE', 'IP', 'POWER', 'SYSTEM', 'GENERATION', 'DRIVE'], ...rows])) {
    context.out.line(line);
  }
  context.out.result({ machines });
  return machines.every(({ power }) => power === 'on') ? EXIT.done : EXIT.failed;
}
