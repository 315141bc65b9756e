/** A reporter of vitest: errors outside of tests, such as a worker that was killed, which its JSON reporter leaves out. */
import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';
import { OUTSIDE_ERRORS_FILE } from './vitest-report.ts';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default class OutsideErrors implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (_, errors) => {
    const file = process.env[OUTSIDE_ERRORS_FILE];
    if (file === undefined) return;
    writeFileSync(file, JSON.stringify(errors.map(({ message, cause }) => (cause ?? { message }).message)));
  };
}
