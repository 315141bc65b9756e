import { describe, expect, it } from 'vitest';
import { lineOfPart, overviewPath, overviewSays } from './overview.ts';

describe('the overview of matches', () => {
  it('draws runs of parts as one bar each', () => {
    expect(overviewPath([1, 2, 0, 0, 7])).toBe('M0 0h1v2h-1zM0 4h1v1h-1z');
    expect(overviewPath([0, 0])).toBe('');
    expect(overviewPath([])).toBe('');
  });

  it('leads from a part to its first line', () => {
    expect(lineOfPart(0, 10, 1_000)).toBe(1);
    expect(lineOfPart(5, 10, 1_000)).toBe(501);
    expect(lineOfPart(10, 10, 1_000)).toBe(1_000);
    expect(lineOfPart(3, 4, 2)).toBe(2);
  });

  it('says where they are', () => {
    expect(overviewSays([0, 3, 0, 1, 0], 1_000)).toBe('4 matches between lines 201 and 801');
    expect(overviewSays([0, 1], 10)).toBe('1 match between lines 6 and 10');
    expect(overviewSays([0], 10)).toBe('No matches');
  });
});
