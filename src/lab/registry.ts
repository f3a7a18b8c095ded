import { inputError } from '../support/problem.js';
import { nspawn } from './drivers/nspawn.js';
import { qemu } from './drivers/qemu/index.js';
import type { Driver, DriverName } from './types.js';

/** Every driver there is; one line a driver. */
export const drivers: readonly Driver[] = [nspawn, qemu];

/** @throws InputError for one that is not made yet. */
export function findDriver(name: DriverName): Driver {
  const found = drivers.find((driver) => driver.name === name);
  if (found !== undefined) return found;
  throw inputError('lab-no-driver', `the driver ${name} is not there yet`, 'Use `--driver nspawn`');
}
