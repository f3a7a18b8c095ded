import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
});
afterAll(() => lab.remove());

describe('help and version', () => {
  it('lists every command in the help of the root', () => {
    const { status, stdout, stderr } = lab.run(['--help']);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    for (const name of [
      'init',
      'machine',
      'validate',
      'build',
      'image',
      'kubeconfig',
      'secrets',
      'certs',
      'schema',
      'completion',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(lab.run([]).stdout).toBe(stdout);
  });

  it.each([['build'], ['image'], ['machine', 'add'], ['secrets', 'encrypt']])(
    'shows examples for %s %s',
    (...words) => {
      const { status, stdout } = lab.run([...words.filter(Boolean), '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain('EXAMPLES');
      expect(stdout).toContain(`ironkeel ${words.filter(Boolean).join(' ')}`);
      expect(stdout).toContain('--output');
    },
  );

  it('prints its version', () => {
    expect(lab.run(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(JSON.parse(lab.run(['version', '--output', 'json']).stdout)).toMatchObject({ ok: true, problems: [] });
  });
});

describe('unusable arguments', () => {
  it.each([
    [['biuld'], 'build'],
    [['build', '--chekc'], '--check'],
    [['validate', '-f'], 'inventory'],
    [['validate', 'surplus'], 'surplus'],
    [['image', 'x', '--format', 'vhd'], 'iso'],
    [['completion', 'tcsh'], 'bash'],
    [['machine', 'add'], 'NAME'],
  ])('ends with 2 and a hint for %j', (args, hint) => {
    const { status, stdout, stderr } = lab.run(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(hint);
    expect(stderr).toContain('--help');
    expect(stderr).not.toMatch(/\bat .*\.js:\d/);
  });

  it('says so in JSON too', () => {
    const { status, stdout, stderr } = lab.run(['--output', 'json', 'biuld']);
    expect(status).toBe(2);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 2,
      problems: [{ severity: 'error', code: 'usage' }],
    });
  });
});

describe('global flags', () => {
  it('stand before the command, between its words, and after it', () => {
    const made = lab.run(['-C', 'below', 'init', '--example', 'guide']);
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    for (const args of [
      ['-C', 'below', 'machine', 'list'],
      ['machine', '-C', 'below', 'list'],
      ['machine', 'list', '-C', 'below', '--no-color'],
      ['machine', 'list', '-f', 'below/cluster.yaml'],
    ]) {
      expect(lab.run(args).stdout, args.join(' ')).toContain('worker2');
    }
  });
});

describe('output', () => {
  it('is quiet when the reader goes away', () => {
    const { status, stderr } = lab.shell('for i in 1 2 3; do ironkeel schema; done | head -c 10 >/dev/null');
    expect(stderr).toBe('');
    expect([0, 141]).toContain(status);
  });

  it('has no escape codes in a pipe', () => {
    for (const args of [['--help'], ['build', '--help'], ['biuld'], ['validate']]) {
      const { stdout, stderr } = lab.run(args, { env: { FORCE_COLOR: '1', TERM: 'xterm-256color' } });
      expect(stdout + stderr, args.join(' ')).not.toContain('\u001b');
    }
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s that asks the program', (shell) => {
    const { status, stdout } = lab.run(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain('ironkeel __complete');
  });

  it.each([
    [['bu'], ['build']],
    [
      ['machine', ''],
      ['add', 'list', 'remove'],
    ],
    [
      ['-C', 'below', 'build', 'wor'],
      ['worker1', 'worker2'],
    ],
    [['completion', 'f'], ['fish']],
  ])('completes %j', (words, wanted) => {
    expect(
      lab
        .run(['__complete', ...words])
        .stdout.trim()
        .split('\n'),
    ).toEqual(expect.arrayContaining(wanted));
  });

  it('works in bash itself', () => {
    const script =
      'source <(ironkeel completion bash); COMP_WORDS=(ironkeel va); COMP_CWORD=1; _ironkeel; echo "$COMPREPLY"';
    expect(lab.shell(script).stdout).toBe('validate\n');
  });
});
