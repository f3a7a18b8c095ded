// Loaded with --import: raises a signal in this very process at the Nth change of the file system.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { FAULT_AT, FAULT_SIGNAL = 'SIGKILL' } = process.env;
let left = Number(FAULT_AT);

for (const name of ['openSync', 'writeSync', 'renameSync', 'mkdirSync', 'rmSync', 'chmodSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    const reads = name === 'openSync' && (args[1] === undefined || args[1] === 'r' || typeof args[1] === 'number');
    if (!reads && --left === 0) process.kill(process.pid, FAULT_SIGNAL);
    return real(...args);
  };
}
syncBuiltinESMExports();
