import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A generation as it is offered to a machine, with the defaults of the fixture machine. */
export interface PayloadFixture {
  readonly generation: number;
  readonly cluster?: string;
  readonly machine?: string;
  readonly directories?: Readonly<Record<string, number>>;
  /** Path → text, or text with a mode. */
  readonly files?: Readonly<Record<string, string | readonly [text: string, mode: number]>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly units?: Readonly<Record<string, 'enabled' | 'disabled' | 'masked'>>;
}

export const CLUSTER = '6b0e0f2e-3f4e-4b0c-9d39-0a1b2c3d4e5f';

/** The manifest of a fixture, as `plan/seal.ts` writes it, owned by whoever runs the test. */
export function manifestOf(fixture: PayloadFixture): string {
  const owner = `${process.getuid?.()} ${process.getgid?.()}`;
  const files = Object.entries(fixture.files ?? {}).map(([path, value]) => {
    const [text, mode] = textAndMode(value);
    return `file ${octal(mode)} ${owner} ${sha256(text)} ${path}`;
  });
  const body = [
    'ironkeel-manifest 1',
    `cluster ${fixture.cluster ?? CLUSTER}`,
    `machine ${fixture.machine ?? 'worker1'}`,
    `generation ${fixture.generation}`,
    ...Object.entries(fixture.directories ?? {}).map(([path, mode]) => `directory ${octal(mode)} ${owner} ${path}`),
    ...files,
    ...Object.entries(fixture.links ?? {}).map(([path, target]) => `link ${path} ${target}`),
    ...Object.entries(fixture.units ?? {}).map(([name, state]) => `unit ${state} ${name}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
  return `${body}digest ${sha256(body)}\n`;
}

/** Writes a fixture below `folder/GENERATION/`, as an operating system's first-boot mechanism does. */
export function writePayload(folder: string, fixture: PayloadFixture): void {
  const place = join(folder, String(fixture.generation));
  writeBelow(join(place, 'manifest'), manifestOf(fixture));
  for (const [path, value] of Object.entries(fixture.files ?? {})) {
    writeBelow(join(place, 'root', path), textAndMode(value)[0]);
  }
}

export function writeBelow(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function textAndMode(value: string | readonly [string, number]): readonly [string, number] {
  return typeof value === 'string' ? [value, 0o644] : value;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
