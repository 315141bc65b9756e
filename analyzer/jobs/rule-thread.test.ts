import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../core/vocabulary.ts';
import { sharedOut } from './rule-thread.ts';

const MIB = 1024 * 1024;
const file = (id: number, mib: number): SourceFile => ({ id, bytes: mib * MIB }) as unknown as SourceFile;
const ids = (files: readonly SourceFile[]): number[] => files.map(({ id }) => id as number);

describe('sharedOut', () => {
  it('starts no thread for what is read faster than it starts', () => {
    const small = [file(1, 200), file(2, 150)];
    expect(sharedOut(small)).toEqual({ own: small, other: [] });
  });

  it('gives every file to one of both, and not more than half to the one that has to start', () => {
    const files = Array.from({ length: 30 }, (_, nth) => file(nth + 1, 10 + ((nth * 7) % 11)));
    const { own, other } = sharedOut(files);
    expect([...ids(own), ...ids(other)].sort((one, two) => one - two)).toEqual(ids(files));
    const mib = (some: readonly SourceFile[]) => some.reduce((sum, { bytes }) => sum + bytes, 0) / MIB;
    expect(mib(other) / mib(files)).toBeGreaterThan(0.4);
    expect(mib(other) / mib(files)).toBeLessThanOrEqual(0.5);
  });

  it('keeps a file that is most of the bundle, and gives away the rest', () => {
    const { own, other } = sharedOut([file(1, 900), file(2, 60), file(3, 40)]);
    expect(ids(own)).toEqual([1]);
    expect(ids(other)).toEqual([2, 3]);
  });
});
