import { InputError, type Problem, WorkError } from '../support/problem.js';
import type { CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** The user ended the command, by Ctrl-C at a question for instance. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Says what went wrong in the form its kind asks for, and gives the exit code. */
export function reportFailure(context: CliContext, error: unknown): ExitCode {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof InputError) {
    for (const problem of error.problems) context.out.problem(problem);
    return EXIT.input;
  }
  if (error instanceof WorkError) return failed(context, error.message, error.remedy);
  if (isSystemError(error)) {
    return failed(
      context,
      systemMessage(error),
      'Check the path, its permissions and the free space, then run the command again',
    );
  }
  return reportBug(context, error);
}

function failed(context: CliContext, message: string, remedy: string): ExitCode {
  context.out.problem(problem('work-failed', message, remedy));
  return EXIT.failed;
}

/** A defect: no stack trace unless asked for, since it says nothing to the person who sees it. */
function reportBug(context: CliContext, error: unknown): ExitCode {
  const message = error instanceof Error ? error.message : String(error);
  context.out.problem(
    problem(
      'bug',
      `this is a defect of ironkeel ${context.version}, not of your input: ${message}`,
      'Please report it with the command you ran; IRONKEEL_DEBUG=1 shows where it happened',
    ),
  );
  if (context.env.IRONKEEL_DEBUG && error instanceof Error) context.out.debug(error.stack ?? '');
  return EXIT.bug;
}

function problem(code: string, message: string, remedy: string): Problem {
  return { severity: 'error', code, message, remedy };
}

/** An error of the operating system, such as a full disk or a missing permission. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EMFILE: 'too many open files',
};

function systemMessage(error: NodeJS.ErrnoException): string {
  const reason = REASONS[error.code ?? ''] ?? error.code ?? 'unknown reason';
  return `cannot ${error.syscall ?? 'reach'} ${error.path ?? 'a file'}: ${reason}`;
}
