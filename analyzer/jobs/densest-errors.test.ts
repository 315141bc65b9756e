import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader, TimeBucket } from '../core/case-reader.ts';
import { densestErrors } from './densest-errors.ts';

const START = Date.parse('2024-05-01T12:00:00Z');
const bucket = (minutes: number, warning: number, error: number, none = 50): TimeBucket => ({
  time: START + minutes * 60_000,
  counts: [none, 50, warning, error],
});
function reader(files: Readonly<Record<string, readonly TimeBucket[]>>): BundleReader {
  const inner = memoryBundle(Object.fromEntries(Object.keys(files).map((role) => [role, `${role}\n`])));
  const known = inner.files().map((file) => ({ ...file, role: file.path }));
  return {
    ...inner,
    files: () => known,
    histogram: (id, level) => (level === 1 ? (files[known.find((file) => file.id === id)?.path ?? ''] ?? []) : []),
  };
}

describe('densestErrors', () => {
  it('finds the ten minutes with the most warnings and errors over all logs of the node', () => {
    const found = densestErrors(
      reader({
        'kubelet-log': [bucket(0, 1, 0), bucket(30, 4, 6), bucket(38, 0, 5), bucket(98, 2, 2)],
        'kernel-log': [bucket(34, 0, 20), bucket(40, 9, 0)],
      }),
    );
    expect(found).toEqual({
      from: '2024-05-01T12:30:00.000Z',
      to: '2024-05-01T12:40:00.000Z',
      count: 35,
      // 14 others in 100 minutes of which ten are the window.
      usual: 1.6,
    });
  });

  it('does not count what pods write, nor lines of no severity', () => {
    expect(
      densestErrors(reader({ 'container-log': [bucket(0, 50, 50)], 'kubelet-log': [bucket(0, 0, 0)] })),
    ).toBeNull();
    expect(densestErrors(reader({}))).toBeNull();
  });

  it('calls what is all there is usual', () => {
    expect(densestErrors(reader({ 'kubelet-log': [bucket(0, 3, 0)] }))).toMatchObject({ count: 3, usual: 3 });
  });
});
