import type { MachineReport } from '../probe-report.js';
import type { Cause } from '../types.js';
import { fault, lastSaid, note, waiting } from './causes.js';

/** The generation of a machine that `ironkeel.lock` names. */
export interface BuiltGeneration {
  readonly generation: number;
  readonly digest: string;
}

/** What keeps a machine from having adopted a configuration, undefined when it has. */
export function judgeAdoption(report: MachineReport): Cause | undefined {
  const { adoption, journals, root } = report;
  if (!root && adoption.applied === undefined) return undefined; // unknown, and said already
  const said = lastSaid(journals.get('adopt'));
  if (adoption.adopting !== undefined) {
    const message = `the adoption of generation ${adoption.adopting} was cut short${said}`;
    return fault(
      'adoption-cut',
      message,
      `attach a drive with that generation or a newer one, then run ironkeel-adopt`,
    );
  }
  if (adoption.applied === undefined) {
    return adoption.incoming.length > 0
      ? waiting('adopting', `generation ${adoption.incoming.join(', ')} was offered and is not adopted yet${said}`)
      : fault(
          'no-configuration',
          `it has no configuration yet: no drive was read${said}`,
          'attach its drive and boot it',
        );
  }
  if (adoption.ready) return undefined;
  return waiting('not-adopted', `ironkeel-adopt has not ended in this boot${said}`);
}

/** How the generation it runs compares with what was built. */
export function judgeGeneration(name: string, report: MachineReport, built: BuiltGeneration | undefined): Cause[] {
  const { applied, digest } = report.adoption;
  if (applied === undefined) return [];
  const drive = `attach the drive of inventory/node-${name}, or reboot it with that drive attached`;
  if (built === undefined || applied > built.generation) {
    const known = built === undefined ? 'ironkeel.lock does not know it' : `ironkeel.lock knows ${built.generation}`;
    const message = `it runs generation ${applied}, and ${known}: another folder built that`;
    return [fault('unknown-generation', message, 'restore ironkeel.lock from where that was built, then build again')];
  }
  if (applied < built.generation) {
    return [note('older-generation', `it runs generation ${applied}, and ${built.generation} is built`, drive)];
  }
  if (digest === undefined || digest === built.digest) return [];
  const message = `its generation ${applied} is another one than yours of that number`;
  return [fault('other-generation', message, 'restore ironkeel.lock from where that was built, then build again')];
}
