import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// `npm test` holds everything that needs no root and no foreign tool; the checks by the real consumers
// (Ignition, cloud-init, xorriso, openssl) are in test/conformance and run from `npm run e2e`.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
    // dist/ is built when stale: the documentation is tested against it.
    globalSetup: 'test/unit/setup.ts',
    hookTimeout: 60_000,
    testTimeout: 30_000,
    pool: 'threads',
    // Vitest keeps a core for itself, which on two cores would leave one; much of the time goes to programs we start.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
