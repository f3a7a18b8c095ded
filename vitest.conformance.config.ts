import { defineConfig } from 'vitest/config';

// Checks by foreign tools. A missing tool is a failure here, never a skip; test/e2e/run.sh installs them.
export default defineConfig({
  test: {
    include: ['test/conformance/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
