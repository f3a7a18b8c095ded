/** Tries until it gives something, at most so many seconds; then the last reason. */
export async function until<T>(seconds: number, what: string, attempt: () => T | undefined): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let reason = 'it gave nothing';
  do {
    try {
      const value = attempt();
      if (value !== undefined) return value;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await new Promise((done) => setTimeout(done, 500));
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${seconds} s: ${reason}`);
}
