#!/usr/bin/env node
// As little as possible happens here: help has to feel instant, so everything else is loaded when it is needed.
import module from 'node:module';

module.enableCompileCache?.();
const [, , first, ...rest] = process.argv;
if (rest.length === 0 && (first === undefined || first === '--help' || first === '-h')) {
  const { rootHelp } = await import('../dist/program/root-help.js');
  process.stdout.on('error', () => process.exit(0));
  process.stdout.write(rootHelp());
} else {
  const { main } = await import('../dist/program/main.js');
  await main(process);
}
