/**
 * A signal that aborts after so many milliseconds, or with another one before. In place of `AbortSignal.any` with
 * `AbortSignal.timeout`: Node 20 collects that timeout as garbage while it is waited for, and it never comes.
 */
export function deadline(milliseconds: number, parent?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  // The timer holds the controller, and holds up nobody who is done before.
  setTimeout(end, milliseconds).unref();
  if (parent?.aborted === true) end();
  else parent?.addEventListener('abort', end, { once: true, signal: controller.signal });
  return controller.signal;
}
