// Compiles src/ into a fresh folder that then takes the place of dist/: a renamed module leaves no stale output
// behind, and a program that is running from dist/ meanwhile misses it for an instant only.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
// In node_modules, so that neither git nor a linter sees it, and on the same file system as dist/.
const scratch = mkdtempSync(join('node_modules', '.ironkeel-build-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const fresh = join(scratch, 'new');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', fresh], { stdio: 'inherit' });
copyScripts('src/host', join(fresh, 'host'));
if (existsSync('dist')) renameSync('dist', join(scratch, 'old'));
renameSync(fresh, 'dist');
process.exit(status ?? 1);

/** The shell programs of the machines lie beside the module that reads them. */
function copyScripts(from, to) {
  for (const name of readdirSync(from).filter((each) => each.endsWith('.sh')))
    copyFileSync(join(from, name), join(to, name));
}
