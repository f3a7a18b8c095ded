import { describe, expect, it } from 'vitest';
import { textFile } from '../support/files.js';
import { isEditable, isPlausibleEdit } from './editable.js';
import { type DiskFile, isWrite, planWrite } from './plan-writes.js';

const SCRIPT = textFile('inventory/node-a/install.sh', '#!/bin/sh\nnew\n', 0o755);
const DERIVED = textFile('ssl/ca.pem', 'new', 0o644);

function disk(text: string, ours: DiskFile['ours'], mode = 0o755): DiskFile {
  return { content: Buffer.from(text), ours, mode };
}

function kind(entry: typeof SCRIPT, present: DiskFile | undefined, known = true, force = false) {
  return planWrite(entry, present, known, { force }).kind;
}

describe('planWrite', () => {
  it('tells a new file from one that was deleted', () => {
    expect(kind(SCRIPT, undefined, false)).toBe('create');
    expect(kind(SCRIPT, undefined, true)).toBe('repair');
  });

  it('leaves equal content alone, whoever wrote it', () => {
    for (const ours of ['yes', 'no', 'unknown'] as const) {
      expect(kind(SCRIPT, disk('#!/bin/sh\nnew\n', ours))).toBe('unchanged');
      expect(kind(SCRIPT, disk('#!/bin/sh\nnew\n', ours, 0o600))).toBe('mode');
    }
  });

  it('updates what is ours, keeps an edit, repairs damage', () => {
    expect(kind(SCRIPT, disk('#!/bin/sh\nold\n', 'yes'))).toBe('update');
    expect(kind(SCRIPT, disk('#!/bin/sh\nmine\n', 'no'))).toBe('keep');
    expect(kind(SCRIPT, disk('#!/bin/sh\nmine\n', 'unknown'))).toBe('keep');
    expect(kind(SCRIPT, disk('#!/bin/sh\nmine\n', 'no'), true, true)).toBe('overwrite');
    expect(kind(SCRIPT, disk('#!/bin/sh\n\u0000\n', 'no'))).toBe('repair');
    expect(kind(SCRIPT, disk('', 'no'))).toBe('repair');
  });

  it('never keeps what is derived', () => {
    expect(kind(DERIVED, disk('mine', 'no'))).toBe('repair');
    expect(kind(DERIVED, disk('old', 'yes'))).toBe('update');
    expect(kind(DERIVED, disk('old', 'unknown'))).toBe('update');
  });

  it('writes for every kind but two', () => {
    expect(isWrite({ kind: 'keep', entry: SCRIPT })).toBe(false);
    expect(isWrite({ kind: 'unchanged', entry: SCRIPT })).toBe(false);
    expect(isWrite({ kind: 'repair', entry: SCRIPT })).toBe(true);
  });
});

describe('isPlausibleEdit', () => {
  const plausible = (path: string, content: string | Uint8Array) => isPlausibleEdit(path, Buffer.from(content));

  it('knows what people edit', () => {
    for (const name of ['user_data', 'meta_data.json', 'network_data.json', 'config.ign', 'install.sh']) {
      expect(isEditable(`inventory/node-a/${name}`), name).toBe(true);
    }
    for (const name of ['config.iso', 'kubeconfig', 'ironkeel.lock', 'ssl/ca.pem', 'payload.tar'])
      expect(isEditable(name)).toBe(false);
  });

  it('wants text of the file’s own format', () => {
    expect(plausible('meta_data.json', '{"uuid": "mine"}')).toBe(true);
    expect(plausible('meta_data.json', '{"uuid": "mi')).toBe(false);
    expect(plausible('install.sh', '#!/bin/sh\n\techo ü\r\n')).toBe(true);
    expect(plausible('install.sh', 'echo')).toBe(false);
    expect(plausible('install.sh', Uint8Array.of(35, 33, 255))).toBe(false);
    expect(plausible('user_data', '#cloud-config\nhostname: a\n')).toBe(false);
  });
});
