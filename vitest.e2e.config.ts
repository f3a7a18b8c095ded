import { defineConfig } from 'vitest/config';

// Clusters in the lab, one after the other: they share two processors. Each file is one story in order, so after the
// first failure of a file the rest of it could only mislead.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    pool: 'forks',
    fileParallelism: false,
    bail: 0,
  },
});
