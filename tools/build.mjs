// Compiles src/ into a fresh folder that then takes the place of dist/: a renamed module leaves no stale output
// behind, and a program that is running from dist/ meanwhile misses it for an instant only.
//   dist/          the library: a module for each of src/, with its types
//   dist/program/  the command line, bundled: loading hundreds of modules took longer than most commands
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
// In node_modules, so that neither git nor a linter sees it, and on the same file system as dist/.
const scratch = mkdtempSync(join('node_modules', '.ironkeel-build-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const fresh = join(scratch, 'new');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', fresh], { stdio: 'inherit' });
await bundleProgram(join(fresh, 'program'));
for (const room of ['host', 'diagnose']) {
  copyScripts(join('src', room), join(fresh, room));
  copyScripts(join('src', room), join(fresh, 'program'));
}
// The lab's shell programs and what its machine images are made from, as they are.
for (const room of ['lab', 'program']) cpSync('src/lab/assets', join(fresh, room, 'assets'), { recursive: true });
if (existsSync('dist')) renameSync('dist', join(scratch, 'old'));
renameSync(fresh, 'dist');
process.exit(status ?? 1);

/** Every file of the bundle lies in one folder, as deep as a room: what is found beside a module stays found. */
async function bundleProgram(outdir) {
  await build({
    entryPoints: [
      'src/cli/main.ts',
      'src/cli/root-help.ts',
      'src/delivery/disk-worker.ts',
      'src/lab/mirror-server.ts',
      'src/lab/drivers/qemu/exec-client.ts',
    ],
    outdir,
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    legalComments: 'none',
    logLevel: 'warning',
    // CommonJS packages in the bundle ask for Node's own modules with require.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}

/** The shell programs of the machines lie beside the module that reads them. */
function copyScripts(from, to) {
  for (const name of readdirSync(from).filter((each) => each.endsWith('.sh')))
    copyFileSync(join(from, name), join(to, name));
}
