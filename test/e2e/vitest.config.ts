/** The e2e suites: real hosts, real browsers; one file at a time, since each drives a whole application. */
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    root: path.join(import.meta.dirname, '..', '..'),
    include: ['test/e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    // The steps of a flow build on each other.
    sequence: { concurrent: false },
    bail: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
