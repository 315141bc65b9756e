/**
 * Unit tests sit beside the code; integration, architecture and property tests under test/. The files of unit tests share
 * their workers' modules: starting each of 400 files by itself took longer than its tests. A module that keeps something
 * between calls must therefore be no one's business but its own, which is so outside of tests as well.
 */
import path from 'node:path';
import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    /** At how many moments of an import it is killed, and cancelled. */
    readonly moments: number;
    /** Of how many fixtures reports are redacted, packed, searched and undone. */
    readonly archives: 'some' | 'all';
  }
}

const root = path.join(import.meta.dirname, '..');

export default defineConfig({
  test: {
    root,
    passWithNoTests: false,
    testTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          root,
          include: ['{analyzer,electron,fixtures}/**/*.test.ts'],
          environment: 'node',
          isolate: false,
        },
      },
      {
        test: {
          name: 'renderer',
          root,
          include: ['renderer/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          isolate: false,
        },
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
          provide: { moments: 6, archives: 'some' },
        },
      },
      {
        // Not part of `npm test`: what takes minutes, `npm run test:long`; three files of the above with more moments and archives.
        test: {
          name: 'long',
          root,
          include: [
            'test/long/**/*.test.ts',
            'test/integration/{fixtures-kill,import-endings,report-fixtures}.test.ts',
          ],
          globalSetup: ['test/support/build-engine.ts'],
          setupFiles: ['test/support/built-engine.ts'],
          provide: { moments: 40, archives: 'all' },
          environment: 'node',
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});
