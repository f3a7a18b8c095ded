import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/**
 * The host's end of `lab exec`, a program of its own: `node exec-client.js SOCKET COMMAND…` runs a command on the
 * machine behind the socket, with this process's input, outputs and exit code. What goes over the socket is told in
 * `assets/qemu/agent.py`. Exit code 125: the machine did not answer, or was switched off.
 */
const [socketPath = '', ...command] = process.argv.slice(2);
const ANSWER_SECONDS = 15;

const session = randomBytes(8).toString('hex');
const socket = connect(socketPath);
let rest = '';
let begun = false;

const silence = setTimeout(() => giveUp('the machine does not answer yet'), ANSWER_SECONDS * 1000);
socket.setEncoding('latin1');
socket.on('connect', () => {
  // The empty line ends whatever somebody before left unfinished.
  socket.write('\n');
  send('H');
});
socket.on('error', () => giveUp('the machine is about to boot'));
socket.on('close', () => giveUp('the machine went off'));
socket.on('data', (data) => {
  const lines = (rest + data).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) take(line.split(' '));
});

function take([kind = '', of = '', content = '']: readonly string[]): void {
  if (of !== session) return;
  const bytes = Buffer.from(content, 'base64');
  if (kind === 'H' && !begun) begin();
  else if (kind === 'O') process.stdout.write(bytes);
  else if (kind === 'R') process.stderr.write(bytes);
  else if (kind === 'X') end(Number(bytes.toString()));
}

/** Only now: a command that nobody waits for must not be run later. */
function begin(): void {
  begun = true;
  clearTimeout(silence);
  send('C', Buffer.from(JSON.stringify(command)));
  process.stdin.on('data', (data: Buffer) => {
    if (!send('I', data)) process.stdin.pause();
  });
  socket.on('drain', () => process.stdin.resume());
  process.stdin.on('end', () => send('E'));
  process.stdin.on('error', () => send('E'));
}

function send(kind: string, content: Uint8Array = Buffer.alloc(0)): boolean {
  return socket.write(`${kind} ${session} ${Buffer.from(content).toString('base64')}\n`);
}

function giveUp(why: string): void {
  process.stderr.write(`${why}\n`);
  end(125);
}

/** What was printed has to be out first. */
function end(code: number): void {
  socket.removeAllListeners('close');
  socket.destroy();
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
