/** Unit tests sit beside the code; integration, architecture and property tests under test/. */
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.join(import.meta.dirname, '..');

export default defineConfig({
  test: {
    root,
    passWithNoTests: false,
    testTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'unit',
          root,
          include: ['{analyzer,electron,fixtures}/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        test: { name: 'renderer', root, include: ['renderer/**/*.test.{ts,tsx}'], environment: 'jsdom' },
      },
      {
        test: {
          name: 'integration',
          root,
          include: ['test/{architecture,integration,property}/**/*.test.ts'],
          globalSetup: ['test/support/build-engine.ts'],
          setupFiles: ['test/support/built-engine.ts'],
          environment: 'node',
          testTimeout: 240_000,
        },
      },
      {
        // Not part of `npm test`: what takes minutes, `npm run test:long`.
        test: {
          name: 'long',
          root,
          include: ['test/long/**/*.test.ts'],
          environment: 'node',
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});
