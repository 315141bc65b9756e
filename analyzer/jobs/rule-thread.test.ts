import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../core/vocabulary.ts';
import { sharedOut } from './rule-thread.ts';

const MIB = 1024 * 1024;
const file = (id: number, mib: number): SourceFile => ({ id, bytes: mib * MIB }) as unknown as SourceFile;
const ids = (files: readonly SourceFile[]): number[] => files.map(({ id }) => id as number);

describe('sharedOut', () => {
  it('starts no thread for what is read faster than it starts', () => {
    const small = [file(1, 120), file(2, 100)];
    expect(sharedOut(small)).toEqual({ own: small, other: [] });
  });

  it('gives all files away where facts and analyzers take as long', () => {
    const files = [file(1, 70), file(2, 500), file(3, 800)];
    expect(sharedOut(files)).toEqual({ own: [], other: files });
  });

  it('gives every file of more to one of both, and most to the one that has nothing else to do', () => {
    const files = Array.from({ length: 30 }, (_, nth) => file(nth + 1, 60 + ((nth * 7) % 11)));
    const { own, other } = sharedOut(files);
    expect([...ids(own), ...ids(other)].sort((one, two) => one - two)).toEqual(ids(files));
    const mib = (some: readonly SourceFile[]) => some.reduce((sum, { bytes }) => sum + bytes, 0) / MIB;
    expect(mib(other) / mib(files)).toBeGreaterThan(0.6);
    expect(mib(other) / mib(files)).toBeLessThanOrEqual(0.7);
  });

  it('keeps a file that is most of the bundle, and gives away the rest', () => {
    const { own, other } = sharedOut([file(1, 1800), file(2, 60), file(3, 40)]);
    expect(ids(own)).toEqual([1]);
    expect(ids(other)).toEqual([2, 3]);
  });
});
