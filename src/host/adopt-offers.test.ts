import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST, SECOND } from './testing/generations.js';
import { manifestOf } from './testing/payload.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

let machine: ScratchMachine;
beforeEach(() => {
  machine = new ScratchMachine();
});
afterEach(() => machine.dispose());

function adopt(env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return machine.run(machine.adoptProgram, [], env);
}

describe('a damaged generation', () => {
  const place = (path: string) => join(machine.incoming, '3', path);
  beforeEach(() => {
    machine.offer(FIRST);
    machine.offer(SECOND);
    machine.offer({ ...SECOND, generation: 3 });
  });

  it.each([
    [
      'a file changed',
      () => writeFileSync(place('root/etc/hostname'), 'x'),
      '/etc/hostname is missing or does not match',
    ],
    ['a file is missing', () => rmSync(place('root/etc/hostname')), '/etc/hostname is missing or does not match'],
    [
      'the manifest is cut',
      () => writeFileSync(place('manifest'), 'ironkeel-manifest 1\ncluster x\n'),
      'its manifest was cut short or changed',
    ],
    ['the manifest is empty', () => writeFileSync(place('manifest'), ''), 'its manifest was cut short or changed'],
    ['the manifest is missing', () => rmSync(place('manifest')), 'it has no manifest'],
    [
      'it has another number',
      () => writeFileSync(place('manifest'), manifestOf({ ...SECOND, generation: 4 })),
      'generation 4',
    ],
  ])('gives way to the next lower one: %s', async (_, harm, why) => {
    harm();
    const { status, said } = await adopt();
    expect(said).toContain('generation 3 is damaged: ');
    expect(said).toContain(why);
    expect(said).toContain('generation 2 is adopted');
    expect(status).toBe(1);
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
  });
});

describe('a drive that is not right', () => {
  const tar = (script: string) =>
    machine.run(join(machine.home, 'make.sh'), [], {}, `printf %s ${quote(script)} >${machine.home}/make.sh;`);

  it('is left alone when it is not ours', async () => {
    machine.offer(FIRST);
    const { status, said } = await adopt({ IRONKEEL_DRIVE_DIR: machine.home });
    expect(said).toContain('holds no ironkeel/payload.tar: it is not for us');
    expect(status).toBe(0);
  });

  it('leaves nothing behind when it is for another machine or cluster', async () => {
    machine.offer(FIRST);
    await adopt();
    for (const stray of [{ machine: 'worker2' }, { cluster: '00000000-3f4e-4b0c-9d39-0a1b2c3d4e5f' }]) {
      const { status, said } = await adopt({ IRONKEEL_DRIVE_DIR: machine.drive({ ...SECOND, ...stray }) });
      expect(said).toContain('generation 2 on the drive is refused: it is ');
      expect(status).toBe(1);
      expect(await adopt()).toEqual({ status: 0, said: '' });
    }
  });

  it.each([
    ['an archive cut short', (drive: string) => `truncate -s 700 ${drive}/ironkeel/payload.tar`, 'damaged'],
    [
      'a member outside',
      (drive: string) =>
        `cd ${drive}/.. && touch evil && mkdir -p 7 && cd 7 && tar -Pcf ${drive}/ironkeel/payload.tar ../7/../evil`,
      'is not a generation',
    ],
    [
      'a link out of the generation',
      (drive: string) =>
        `cd ${drive}/.. && mkdir -p 7/root && ln -s /etc 7/root/etc && tar -cf ${drive}/ironkeel/payload.tar 7`,
      'is not a generation',
    ],
    [
      'a second generation',
      (drive: string) =>
        `cd ${drive}/.. && mkdir -p 7 && echo >7/manifest && echo >7/stray && tar -cf ${drive}/ironkeel/payload.tar 7`,
      '7/stray, which is outside',
    ],
  ])('is ignored: %s', async (_, make, why) => {
    machine.offer(FIRST);
    const drive = machine.drive(SECOND);
    await tar(make(drive));
    const { status, said } = await adopt({ IRONKEEL_DRIVE_DIR: drive });
    expect(said).toContain(why);
    expect(said).toContain('generation 1 is adopted');
    expect(status).toBe(1);
    expect(Object.keys(machine.snapshot()).filter((path) => path.includes('/incoming/.'))).toEqual([]);
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
