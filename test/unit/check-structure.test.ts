import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const DOC = '/** Does it. */\n';

describe('check-structure', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ironkeel-structure-'));
    write('src/support/a.ts', `${DOC}export function a() {}\n`);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function check(): { status: number | null; findings: string } {
    const { status, stderr } = spawnSync(process.execPath, ['tools/check-structure.mjs', root], { encoding: 'utf8' });
    return { status, findings: stderr };
  }

  it('says nothing about a tree that keeps the rules', () => {
    write('src/plan/b.ts', `import { a } from '../support/a.js';\n${DOC}export const b = () => a();\n`);
    expect(check()).toEqual({ status: 0, findings: '' });
  });

  const violations: readonly [name: string, path: string, text: string, finding: string][] = [
    ['a room that reaches up', 'src/support/b.ts', "import '../cli/main.js';\n", 'support may not use src/cli/main.ts'],
    [
      'a lazy import that reaches up',
      'src/os/b.ts',
      "const x = () => import('../pki/x.js');\n",
      'os may not use src/pki',
    ],
    ['types.ts allowed, the rest not', 'src/os/b.ts', "import { p } from '../plan/plan.js';\n", 'b.ts:1: os may not'],
    ['a room nobody knows', 'src/attic/b.ts', '', 'room "attic" is unknown'],
    [
      'a module that imports itself',
      'src/plan/b.ts',
      "import './b.js';\n",
      'cycle of imports: src/plan/b.ts → src/plan',
    ],
    [
      'the file system in a pure room',
      'src/plan/b.ts',
      "import { rmSync } from 'node:fs';\n",
      'may not import node:fs',
    ],
    ['made keys in a pure room', 'src/formats/b.ts', 'const k = randomBytes(3);\n', 'formats is pure; pass the value'],
    ['the clock below cli', 'src/pki/b.ts', '\n\nconst t = Date.now();\n', 'b.ts:3: take an Instant'],
    ['an export without a doc comment', 'src/pki/b.ts', 'export class B {}\n', 'B is exported without a doc comment'],
    ['an arrow without one', 'src/pki/b.ts', 'export const b = (n: number) => n;\n', 'b is exported without'],
    ['a file that is too long', 'src/pki/b.ts', '\n'.repeat(401), '401 lines; split it'],
    ['a dependency without a reason', 'package.json', '{"dependencies": {"left-pad": "1"}}', 'why left-pad is'],
    ['an OS outside the registry', 'src/os/plan9/index.ts', '', 'src/os/plan9: not listed in src/os/registry.ts'],
    [
      'a test that leaves others out',
      'test/b.test.ts',
      `it.${'only'}('x', () => {});\n`,
      'leaves every other test out',
    ],
    [
      'a skip without a reason',
      'src/pki/b.test.ts',
      `it.${'skip'}('x', () => {});\n`,
      'needs its reason in docs/skips',
    ],
  ];

  it.each(violations)('finds %s', (_name, path, text, finding) => {
    write(path, text);
    const { status, findings } = check();
    expect(findings).toContain(finding);
    expect(status).toBe(1);
  });

  it('lets comments talk about anything', () => {
    write('src/plan/b.ts', "/**\n * Not Date.now().\n * import 'node:fs';\n */\n// new Date() neither\n");
    expect(check().status).toBe(0);
  });
});
