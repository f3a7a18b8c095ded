import { describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import { addMachine, exampleInventory, newInventory, parseInventory, removeMachine } from './index.js';
import { GUIDE } from './testing/cases.js';
import { testContext } from './testing/context.js';

const add = (text: string, name = 'new') =>
  addMachine(text, 'cluster.yaml', { name, ip: '10.10.10.9', role: 'worker' });
const remove = (text: string, name: string) => removeMachine(text, 'cluster.yaml', name);

function problemOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.problems[0];
    throw error;
  }
  return expect.unreachable('nothing was refused');
}

/** Title, before, after adding `new`, and after removing `b`. */
const LAYOUTS: readonly (readonly [string, string, string, string])[] = [
  [
    'a block of flow mappings',
    '# head\nmachines: # list\n  # first\n  - {name: a} # A\n\n  # second\n  - {name: b, ip: 10.1.1.1}   # B\n# tail\n\nname: x # end\n',
    '# head\nmachines: # list\n  # first\n  - {name: a} # A\n\n  # second\n  - {name: b, ip: 10.1.1.1}   # B\n  - {name: new, ip: 10.10.10.9}\n# tail\n\nname: x # end\n',
    '# head\nmachines: # list\n  # first\n  - {name: a} # A\n\n  # second\n# tail\n\nname: x # end\n',
  ],
  [
    'a block of block mappings',
    'machines:\n- name: a\n  labels:\n    x: y # keep\n- name: b\n  ip: 10.1.1.1 # B\n\n  # odd place\nname: x\n',
    'machines:\n- name: a\n  labels:\n    x: y # keep\n- name: b\n  ip: 10.1.1.1 # B\n- name: new\n  ip: 10.10.10.9\n\n  # odd place\nname: x\n',
    'machines:\n- name: a\n  labels:\n    x: y # keep\n\n  # odd place\nname: x\n',
  ],
  [
    'a block that ends in a text block',
    'machines:\n  - name: a\n  - name: b\n    units:\n      - name: x.service\n        content: |\n          [Unit]\n          # not a comment\n\nname: x\n',
    'machines:\n  - name: a\n  - name: b\n    units:\n      - name: x.service\n        content: |\n          [Unit]\n          # not a comment\n  - name: new\n    ip: 10.10.10.9\n\nname: x\n',
    'machines:\n  - name: a\n\nname: x\n',
  ],
  [
    'a flow list on one line',
    'machines: [ {name: a}, {name: b} ] # all\nname: x\n',
    'machines: [ {name: a}, {name: b}, {name: new, ip: 10.10.10.9} ] # all\nname: x\n',
    'machines: [ {name: a} ] # all\nname: x\n',
  ],
  [
    'a flow list with a trailing comma',
    'machines: [{name: a}, {name: b},]\n',
    'machines: [{name: a}, {name: b}, {name: new, ip: 10.10.10.9},]\n',
    'machines: [{name: a},]\n',
  ],
  [
    'a flow list of several lines',
    'machines: [\n  {name: a}, # A\n  {name: b} # B\n]\n',
    'machines: [\n  {name: a}, # A\n  {name: b}, # B\n  {name: new, ip: 10.10.10.9}\n]\n',
    'machines: [\n  {name: a} # A\n]\n',
  ],
  [
    'a flow list of several lines with a trailing comma',
    'machines: [\n  {name: a}, # A\n  {name: b}, # B\n]\n',
    'machines: [\n  {name: a}, # A\n  {name: b}, # B\n  {name: new, ip: 10.10.10.9},\n]\n',
    'machines: [\n  {name: a}, # A\n]\n',
  ],
];

describe.each(LAYOUTS)('%s', (_title, before, added, removed) => {
  it('grows by one machine, all else the same', () => expect(add(before)).toBe(added));
  it('loses one machine, all else the same', () => expect(remove(before, 'b')).toBe(removed));
  it('is the same with CRLF and a byte order mark', () => {
    const windows = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect(add(windows(before))).toBe(windows(added));
    expect(remove(windows(before), 'b')).toBe(windows(removed));
  });
  it('is back where it was after adding and removing', () => expect(remove(add(before), 'new')).toBe(before));
});

describe('addMachine', () => {
  it.each([
    ['machines: []\nname: x\n', 'machines: [{name: new, ip: 10.10.10.9}]\nname: x\n'],
    ['machines: # none yet\nname: x\n', 'machines: # none yet\n  - {name: new, ip: 10.10.10.9}\nname: x\n'],
    ['machines:', 'machines:\n  - {name: new, ip: 10.10.10.9}\n'],
    ['name: x # end', 'name: x # end\nmachines:\n  - {name: new, ip: 10.10.10.9}\n'],
    ['', 'machines:\n  - {name: new, ip: 10.10.10.9}\n'],
    ['machines:\n  - {name: a}', 'machines:\n  - {name: a}\n  - {name: new, ip: 10.10.10.9}\n'],
    [
      'machines:\n  -\n    name: a\nname: x\n',
      'machines:\n  -\n    name: a\n  - name: new\n    ip: 10.10.10.9\nname: x\n',
    ],
  ])('starts a list in %j', (before, after) => expect(add(before)).toBe(after));

  it('writes every field, and quotes what YAML would read as something else', () => {
    const text = addMachine('machines: []\n', 'f', {
      name: '123',
      ip: '10.1.1.1',
      role: 'edge',
      mac: '52:54:00:00:00:01',
      publicAddress: '1.2.3.4',
      arch: 'arm64',
      os: 'flatcar',
      installDisk: '/dev/sda',
    });
    expect(text).toBe(
      'machines: [{name: "123", ip: 10.1.1.1, role: edge, mac: 52:54:00:00:00:01, publicAddress: 1.2.3.4, arch: arm64, os: flatcar, installDisk: /dev/sda}]\n',
    );
  });

  it('refuses a name that is taken and points at it', () => {
    expect(problemOf(() => add(GUIDE, 'worker2'))).toMatchObject({
      code: 'duplicate-name',
      source: { line: 9, column: 12 },
    });
  });

  it('refuses a text with errors, an alias as the list, and a list that is none', () => {
    expect(problemOf(() => add('machines: [\n'))?.code).toBe('yaml-syntax');
    expect(problemOf(() => add('a: &a [{name: x}]\nmachines: *a\n'))?.code).toBe('not-editable');
    expect(problemOf(() => add('machines: {a: b}\n'))?.code).toBe('not-editable');
    expect(problemOf(() => add('- a\n'))?.code).toBe('not-editable');
  });
});

describe('removeMachine', () => {
  it.each([
    ['machines:\n  - {name: b} # B\nname: x\n', 'machines:\n  []\nname: x\n'],
    ['machines: [{name: b}]\n', 'machines: []\n'],
    ['machines: [{name: b}, {name: c}]\n', 'machines: [{name: c}]\n'],
    ['machines:\n  - {name: b}', 'machines:\n  []'],
  ])('takes the first or only one from %j', (before, after) => expect(remove(before, 'b')).toBe(after));

  it('takes each machine of the guide', () => {
    for (const name of ['controller', 'worker1', 'worker2', 'example.com']) {
      const line = new RegExp(`  - {name: ${name.replace('.', '\\.')},.*\n`);
      expect(remove(GUIDE, name)).toBe(GUIDE.replace(line, ''));
    }
  });

  it('names the machine that was meant', () => {
    expect(problemOf(() => remove(GUIDE, 'wroker1'))).toMatchObject({
      code: 'unknown-machine',
      remedy: 'did you mean "worker1"?',
    });
    expect(problemOf(() => remove('name: x\n', 'a'))?.remedy).toContain('none');
  });

  it('refuses to take an anchor that others need', () => {
    const text = 'machines:\n  - &a {name: a}\n  - {name: b, labels: *a}\n';
    expect(problemOf(() => remove(text, 'a'))?.code).toBe('not-editable');
  });
});

describe('newInventory', () => {
  it('writes the guide as documented', () => {
    expect(exampleInventory('guide')).toMatchSnapshot();
    expect(exampleInventory('guide').startsWith('# yaml-language-server: $schema=./cluster.schema.json\n')).toBe(true);
  });

  it('proposes a range for machines by DHCP, so that the file can be used', () => {
    const machines = [{ name: 'c', ip: '10.1.7.9', role: 'controller' as const }, { name: 'w' }];
    const text = newInventory({ name: 'x', sshKeyFile: 'id.pub', machines });
    const { cluster, problems } = parseInventory(text, 'f', testContext());
    expect(problems).toEqual([]);
    expect(cluster?.firewall.nodes).toEqual(['10.1.7.0/24']);
    expect(newInventory({ name: 'x', sshKeyFile: 'id.pub', machines: machines.slice(0, 1) })).not.toContain('firewall');
  });

  it('writes what reads back, whatever the names are', () => {
    const text = newInventory({
      name: 'null',
      sshKeyFile: 'my key: "a".pub',
      machines: [{ name: 'c', ip: '10.1.1.1', role: 'controller' }],
    });
    const { problems } = parseInventory(text, 'f', testContext({}));
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ssh-key-file', 'cannot read my key: "a".pub: there is no such file'],
    ]);
    expect(newInventory({ name: 'x', sshKeyFile: 'id.pub', machines: [] })).toContain('\nmachines: []\n');
  });
});
