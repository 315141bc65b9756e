import { describe, expect, it } from 'vitest';
import { AFFECTED, makeEvidence } from '../bridge/fake/fake-case.ts';
import { chipLabel, evidenceLines, lineLabel, quote } from './evidence.ts';

describe('evidence', () => {
  it('labels one line and a range', () => {
    expect(lineLabel(88, 88)).toBe(':88');
    expect(chipLabel({ file: 'var_log/kube-proxy.log', line: 4821, endLine: 4829 })).toBe('kube-proxy.log:4821-4829');
  });

  it('numbers the kept lines and counts those that were not kept', () => {
    const { lines, cut } = evidenceLines(makeEvidence({ line: 10, endLine: 14, text: 'a\n\tb\n' }));
    expect(lines).toEqual([
      { number: 10, text: 'a' },
      { number: 11, text: '\tb' },
    ]);
    expect(cut).toBe(3);
  });

  it('quotes with source and verbatim text', () => {
    expect(quote({ file: 'net/a.txt', line: 3, endLine: 4 }, [' x', 'y\t'], 'node-1')).toBe(
      'node-1 net/a.txt:3-4\n x\ny\t\n',
    );
    expect(quote({ file: 'a', line: 1, endLine: 1 }, ['x'], null)).toBe('a:1\nx\n');
    expect(AFFECTED).toHaveLength(64);
  });
});
