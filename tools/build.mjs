// Compiles src/ into dist/ from nothing, so that a renamed module leaves no stale output behind.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' });
copyScripts('src/host', 'dist/host');
process.exit(status ?? 1);

/** The shell programs of the machines lie beside the module that reads them. */
function copyScripts(from, to) {
  for (const name of readdirSync(from).filter((each) => each.endsWith('.sh')))
    copyFileSync(join(from, name), join(to, name));
}
