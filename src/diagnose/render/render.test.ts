import { describe, expect, it } from 'vitest';
import { judgeCluster } from '../judge/cluster.js';
import { allWell, expectation, observation, withMachines } from '../testing/world.js';
import type { ClusterStatus } from '../types.js';
import { changedLines } from './changes.js';
import { statusJson } from './json.js';
import { livePicture, redraw } from './live.js';
import { statusTable } from './table.js';
import { clip, width, wrap } from './text.js';

const BUILT = expectation();
const READY = judgeCluster(BUILT, allWell(BUILT));
const NOBODY = judgeCluster(BUILT, { machines: new Map() });

function downloading(percent: number): ClusterStatus {
  const worker2 = observation(`install-status downloading kubelet 1.36.4: ${percent} %, 20 of 50 MB`);
  const example = { failure: { severity: 'error', code: 'x', message: 'is \x1b[2Jodd', remedy: 'mend it' } } as const;
  return judgeCluster(BUILT, withMachines(allWell(BUILT), { worker2, 'example.com': example }));
}

describe('the table', () => {
  it('shows machines, parts and what is waited for', () => {
    expect(statusTable(downloading(40)).join('\n')).toBe(
      [
        'guide (Kubernetes 1.36.4): 2 of 4 machines Ready',
        '',
        'MACHINE      REACHABLE  GENERATION  PROVISIONED  RUNTIME  KUBELET  REGISTERED  READY',
        'controller   yes        3           yes          yes      yes      yes         yes',
        'worker1      yes        3           yes          yes      yes      yes         yes',
        'worker2      yes        3           yes          yes      yes      yes         yes',
        'example.com  no         -           -            -        -        yes         yes',
        '',
        'etcd           ready  1 of 1 member, led by controller',
        'control plane  ready  1 of 1 API server',
        'addons         ready  2 of 2 ready',
        '',
        'worker2: downloading kubelet 1.36.4, 40 %',
        'error: example.com: is \\x1b[2Jodd',
        '  mend it',
      ].join('\n'),
    );
  });

  it('ends with the parts where there is nothing to wait for', () => {
    const lines = statusTable(READY);
    expect(lines[0]).toBe('guide (Kubernetes 1.36.4): everything is Ready');
    expect(lines.at(-1)).toBe('addons         ready  2 of 2 ready');
  });
});

describe('plain lines', () => {
  it('say what is new and no more', () => {
    const first = changedLines(undefined, downloading(40));
    expect(first).toContain('worker1: Ready');
    expect(first).toContain('worker2: downloading kubelet 1.36.4, 40 %');
    expect(changedLines(downloading(40), downloading(40))).toEqual([]);
    expect(changedLines(downloading(40), downloading(60))).toEqual([]);
    expect(changedLines(downloading(60), READY)).toEqual(['worker2: Ready', 'example.com: Ready']);
    expect(changedLines(READY, downloading(60))[0]).toBe('worker2: not Ready any more');
  });
});

/** What a terminal shows after texts were written to it: rows as they are, the cursor at `row`. */
class Terminal {
  rows: string[] = [];
  row = 0;
  column = 0;

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads escape sequences
    for (const [, count, code, plain] of text.matchAll(/\x1b\[(\d*)([AJK])|([\s\S])/g)) {
      if (code === 'A') this.row -= Number(count);
      else if (code === 'K') this.rows[this.row] = (this.rows[this.row] ?? '').slice(0, this.column);
      else if (code === 'J') this.rows = this.rows.slice(0, this.row);
      else if (plain === '\r') this.column = 0;
      else if (plain === '\n') [this.row, this.column] = [this.row + 1, 0];
      else if (plain !== undefined) this.put(plain);
    }
  }

  put(character: string): void {
    const row = (this.rows[this.row] ?? '').padEnd(this.column);
    this.rows[this.row] = row.slice(0, this.column) + character + row.slice(this.column + 1);
    this.column++;
  }
}

describe('the live table', () => {
  it('leaves nothing of the picture before, longer or shorter', () => {
    const terminal = new Terminal();
    terminal.write('$ ironkeel wait\n');
    let height = 0;
    for (const status of [NOBODY, downloading(40), downloading(60), READY, downloading(5)]) {
      const picture = livePicture(status, { columns: 100, rows: 40 });
      terminal.write(redraw(height, picture));
      height = picture.length;
      expect(terminal.rows).toEqual(['$ ironkeel wait', ...picture]);
    }
  });

  it.each([
    [100, 40],
    [100, 12],
    [40, 12],
    [20, 5],
    [1, 2],
  ])('fits on %i by %i', (columns, rows) => {
    for (const status of [NOBODY, downloading(40), READY]) {
      const picture = livePicture(status, { columns, rows });
      expect(picture.length).toBeLessThan(rows);
      expect(Math.max(...picture.map(width))).toBeLessThanOrEqual(columns);
    }
  });

  it('leaves out Ready machines first', () => {
    const picture = livePicture(downloading(40), { columns: 100, rows: 15 });
    expect(picture[0]).toBe('guide (Kubernetes 1.36.4): 2 of 4 machines Ready');
    expect(picture.join('\n')).not.toContain('worker1');
    expect(picture.join('\n')).toContain('worker2: downloading kubelet 1.36.4, 40 %');
  });
});

describe('text', () => {
  it('is wrapped at spaces and cut where there are none', () => {
    expect(wrap('worker2: a b c', 10)).toEqual(['worker2: a', '  b c']);
    expect(wrap('abcdefghijkl', 5)).toEqual(['abcd…']);
    expect(clip('日本語', 5)).toBe('日本…');
  });
});

describe('the document', () => {
  it('has the same members whatever is known', () => {
    const keys = (status: ClusterStatus) => {
      const document = statusJson(status) as { machines: object[] };
      return [Object.keys(document), Object.keys(document.machines[0] ?? {})];
    };
    expect(keys(READY)).toEqual(keys(NOBODY));
    expect(JSON.stringify(statusJson(NOBODY))).toContain('"kubeSystemUid":null');
    expect(statusJson(downloading(40))).toMatchObject({
      ready: false,
      confirmed: null,
      machines: [
        { name: 'controller', ready: true },
        {},
        { generation: { applied: 3, built: 3 } },
        { reachable: 'no', bootId: 'boot-1' },
      ],
      findings: [
        { subject: 'worker2', code: 'downloading', remedy: null },
        { code: 'x', remedy: 'mend it' },
      ],
    });
  });
});
