import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mustRun } from '../support/run.js';
import { fetchKernel } from './kernel.js';
import { describe, type Listing, sorted } from './listing.js';

/** A mount that the guest tries: the drive by its number, as Linux finds it with these options. */
export interface GuestMount {
  readonly drive: number;
  readonly type: 'iso9660' | 'vfat';
  /** Besides `ro`. */
  readonly options: readonly string[];
  readonly modes: boolean;
}

/** What a mount shows, and what the kernel said meanwhile. */
export interface GuestReport {
  readonly files: Listing;
  readonly directories: string[];
  /** Of directories, by path. */
  readonly directoryModes: Record<string, string>;
  readonly kernelMessages: string;
}

/** In the order in which they depend on each other; some kernels have some of them built in. */
const MODULES = [
  ...['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci', 'virtio_blk'],
  ...['cdrom', 'isofs', 'fat', 'nls_cp437', 'nls_ascii', 'nls_iso8859-1', 'nls_utf8', 'vfat'],
];
const BOOT_SECONDS = 240;
const END = 'IRONKEEL-END';

/** Boots a real Linux kernel in QEMU, mounts the drives there and lists what it sees. */
export async function mountInGuest(
  scratch: string,
  drives: readonly string[],
  mounts: readonly GuestMount[],
): Promise<GuestReport[]> {
  const kernel = await fetchKernel();
  const initramfs = await buildInitramfs(scratch, kernel.modules, mounts);
  const serial = await boot(kernel.image, initramfs, drives);
  return mounts.map((mount, index) => parseReport(section(serial, index), mount));
}

async function buildInitramfs(scratch: string, modules: string, mounts: readonly GuestMount[]): Promise<string> {
  const root = join(scratch, 'initramfs');
  for (const folder of ['bin', 'dev', 'proc', 'mnt', 'modules']) await mkdir(join(root, folder), { recursive: true });
  await cp('/bin/busybox', join(root, 'bin/busybox'));
  const available = await readdir(modules, { recursive: true });
  for (const name of MODULES) {
    const found = available.find((path) => [`${name}.ko`, `${name}.ko.xz`].includes(basename(path)));
    if (found !== undefined) await cp(join(modules, found), join(root, 'modules', basename(found)));
  }
  await writeFile(join(root, 'init'), initScript(mounts), { mode: 0o755 });
  const archive = join(scratch, 'initramfs.cpio');
  await mustRun('sh', ['-c', 'cd "$1" && busybox find . | busybox cpio -o -H newc >"$2"', 'sh', root, archive]);
  return archive;
}

function initScript(mounts: readonly GuestMount[]): string {
  const device = (drive: number) => `/dev/vd${'abcdef'[drive]}`;
  return [
    '#!/bin/busybox sh',
    '/bin/busybox --install -s /bin',
    'mount -t proc proc /proc; mount -t devtmpfs dev /dev',
    `for m in ${MODULES.join(' ')}; do for f in /modules/$m.ko*; do [ -e "$f" ] && insmod "$f"; done; done`,
    'dmesg -c >/dev/null',
    ...mounts.flatMap(({ drive, type, options }, index) => [
      `echo; echo BEGIN-${index}`,
      `if mount -t ${type} -o ${['ro', ...options].join(',')} ${device(drive)} /mnt && cd /mnt; then`,
      "  find . -mindepth 1 -print0 | xargs -0 stat -c 'STAT %F|%a|%u:%g|%n'",
      '  find . -type f -print0 | xargs -0 sha256sum',
      '  cd / && umount /mnt',
      'fi',
      'dmesg -c',
      `echo END-${index}`,
    ]),
    `echo ${END}`,
    'poweroff -f',
    '',
  ].join('\n');
}

/** The serial console from power on to the end of the script; the guest never outlives the call. */
function boot(kernel: string, initramfs: string, drives: readonly string[]): Promise<string> {
  const machine = ['-machine', 'q35', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max,la57=off,cx16=off'];
  const quiet = ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio', '-m', '512'];
  const disks = drives.flatMap((path) => ['-drive', `file=${path},if=virtio,format=raw,readonly=on`]);
  const append = ['-append', 'console=ttyS0 panic=-1 mitigations=off quiet'];
  const guest = spawn('qemu-system-x86_64', [
    ...machine,
    ...quiet,
    ...['-kernel', kernel, '-initrd', initramfs, ...append],
    ...disks,
  ]);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const text = () => Buffer.concat(chunks).toString('utf8').replaceAll('\r', '');
    const timer = setTimeout(() => fail(`did not finish within ${BOOT_SECONDS} s`), BOOT_SECONDS * 1000);
    const fail = (why: string) => {
      guest.kill('SIGKILL');
      reject(new Error(`the guest ${why}:\n${text().slice(-4000)}`));
    };
    guest.on('error', reject);
    guest.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    guest.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunk.includes('Kernel panic')) fail('panicked');
    });
    guest.on('close', () => {
      clearTimeout(timer);
      if (text().includes(END)) resolve(text());
      else fail('ended early');
    });
  });
}

function section(serial: string, index: number): string {
  return serial.slice(serial.indexOf(`BEGIN-${index}\n`), serial.indexOf(`END-${index}\n`));
}

function parseReport(text: string, { modes }: GuestMount): GuestReport {
  const stats = [...text.matchAll(/^STAT ([^|]*)\|(\d+)\|(\S+)\|\.\/(.*)$/gm)].map(
    ([, kind = '', mode = '', owner = '', path = '']) => ({ directory: kind === 'directory', mode, owner, path }),
  );
  const modeOf = new Map(stats.map(({ path, mode }) => [path, Number.parseInt(mode, 8)]));
  const sums = [...text.matchAll(/^([0-9a-f]{64}) {2}\.\/(.*)$/gm)];
  const foreign = stats.filter(({ owner }) => owner !== '0:0');
  if (foreign.length > 0) throw new Error(`not owned by root: ${JSON.stringify(foreign)}`);
  const folders = stats.filter(({ directory }) => directory);
  return {
    files: sorted(sums.map(([, sum = '', path = '']) => [path, describe(modes ? modeOf.get(path) : undefined, sum)])),
    directories: folders.map(({ path }) => path).sort(),
    directoryModes: Object.fromEntries(folders.map(({ path, mode }) => [path, mode])),
    kernelMessages: text
      .split('\n')
      .filter((line) => /^\[ *\d+\.\d+\]|^\w+: /.test(line))
      .join('\n'),
  };
}
