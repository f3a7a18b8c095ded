#!/usr/bin/env node
// As little as possible happens here: `--help` has to feel instant, so everything else is loaded when needed.
import module from 'node:module';

module.enableCompileCache?.();
const { main } = await import('../dist/cli/main.js');
await main(process);
