import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LabCluster } from './lab-cluster.js';
import { clientPrograms } from './programs.js';

// Writes a ConfigMap every 600 ms, each until it is acknowledged, and notes the acknowledged ones.
const SCRIPT = `
kubectl=$1 log=$2 count=$3
for ((i = 0; i < count; i++)); do
  for ((attempt = 0; attempt < 200; attempt++)); do
    said=$("$kubectl" --request-timeout=5s create configmap "write-$i" --from-literal=value="$i" 2>&1) && break
    [[ $said != *AlreadyExists* ]] || break
    sleep 0.3
  done
  ((attempt < 200)) || exit 1
  echo "$i" >>"$log"
  sleep 0.6
done`;

/** A client that writes about a hundred objects a minute, whatever happens to the machines. */
export class Writer {
  readonly #log: string;
  readonly #child: ChildProcess;
  #ended = false;

  constructor(cluster: LabCluster, count: number) {
    this.#log = join(cluster.home, 'acknowledged');
    writeFileSync(this.#log, '');
    const script = join(cluster.home, 'writer.sh');
    writeFileSync(script, SCRIPT);
    const inLan = ['-C', cluster.folder, 'lab', 'exec', 'lan', '--'];
    const command = ['bash', script, clientPrograms().kubectl, this.#log, String(count)];
    const args = [resolve('bin/ironkeel.js'), ...inLan, ...command];
    this.#child = spawn(process.execPath, args, { env: cluster.environment(), stdio: 'ignore' });
    this.#child.once('exit', () => {
      this.#ended = true;
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Numbers of the writes that the cluster has acknowledged. */
  acknowledged(): string[] {
    return readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
  }

  stop(): void {
    this.#child.kill();
  }
}
