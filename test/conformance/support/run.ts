import { execFile } from 'node:child_process';

export interface RunResult {
  readonly code: number;
  /** Standard output and error together. */
  readonly output: string;
}

/** Runs a program and waits; a program that is not there is an error, never a skipped check. */
export function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, maxBuffer: 64 << 20, timeout: 240_000 };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

/** As {@link run}, where anything but exit code 0 is an error that shows what the program said. */
export async function mustRun(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { code, output } = await run(program, args, env);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}:\n${output.slice(-8000)}`);
  return output;
}
