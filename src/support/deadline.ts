/**
 * Work that is told to end after so many milliseconds, or when `parent` aborts before. In place of `AbortSignal.any`
 * with `AbortSignal.timeout`: Node 20 collects that timeout as garbage while it is waited for, and it never comes.
 */
export async function withDeadline<T>(
  milliseconds: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const end = () => controller.abort();
  const timer = setTimeout(end, milliseconds);
  parent?.addEventListener('abort', end, { once: true });
  if (parent?.aborted === true) end();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener('abort', end);
  }
}
