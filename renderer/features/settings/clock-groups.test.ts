import { describe, expect, it } from 'vitest';
import { NO_CLOCK } from '../../../analyzer/core/file-clock.ts';
import { HEALTHY, makeFile } from '../../bridge/fake/fake-case.ts';
import { ALIGNMENTS } from '../../bridge/fake/fake-clocks.ts';
import type { ClockAlignment, FileClock } from '../../model/types.ts';
import { clockGroups, shiftTarget, targetWords, zoneSays } from './clock-groups.ts';

const LOCAL: FileClock = { ...NO_CLOCK, stamps: 'yearless', zoneMinutes: -240, zoneFrom: 'inferred', because: ['x'] };

describe('what times of files rest on', () => {
  it('is told by zone, what was given first, with each reason and its files', () => {
    const groups = clockGroups([
      makeFile(1, 'a', { clock: LOCAL }),
      makeFile(2, 'none'),
      makeFile(3, 'b', { clock: { ...LOCAL, because: ['y'] } }),
      makeFile(4, 'c', { clock: LOCAL }),
      makeFile(5, 'd', { clock: { ...LOCAL, zoneFrom: 'given', zoneMinutes: 0 } }),
    ]);
    expect(groups.map(({ zone, files }) => [zone, files])).toEqual([
      ['UTC, given by hand', 1],
      ['-04:00, inferred', 3],
    ]);
    expect(groups[1]?.reasons).toEqual([
      { because: ['x'], files: ['a', 'c'] },
      { because: ['y'], files: ['b'] },
    ]);
  });

  it('is not called a zone where lines carry theirs, or count from the boot', () => {
    expect(zoneSays({ ...NO_CLOCK, stamps: 'zoned' })).toBe('their own zone in the line');
    expect(zoneSays({ ...NO_CLOCK, stamps: 'boot' })).toBe('counted from the start of the kernel');
    expect(zoneSays({ ...LOCAL, zoneFrom: 'assumed', zoneMinutes: 0 })).toBe('UTC, assumed: nothing tells it');
  });

  it('names for which files something was given', () => {
    const name = () => 'n, n.tar.gz';
    expect(targetWords({ file: null, node: null, bundle: null }, name)).toBe('every file of every node');
    expect(targetWords({ file: '*.log', node: 'n', bundle: null }, name)).toBe('*.log of n');
    expect(targetWords({ file: null, node: null, bundle: HEALTHY }, name)).toBe('every file of n, n.tar.gz');
  });

  it('shifts a node by its name, and one bundle where two are of one node', () => {
    const [one, two] = ALIGNMENTS.nodes as readonly [ClockAlignment, ClockAlignment];
    expect(shiftTarget(one, [one, two])).toEqual({ file: null, node: one.node, bundle: null });
    const twin = { ...two, node: one.node };
    expect(shiftTarget(one, [one, twin])).toEqual({ file: null, node: null, bundle: one.bundle });
    expect(shiftTarget({ ...one, node: null }, [one, two])).toMatchObject({ bundle: one.bundle });
  });
});
