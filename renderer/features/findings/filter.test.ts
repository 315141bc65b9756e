import { describe, expect, it } from 'vitest';
import { ANALYSIS, FINDINGS } from '../../bridge/fake/fake-case.ts';
import { NO_FILTERS } from '../../stores/screens.ts';
import { filterFindings, findingRows } from './filter.ts';

const ids = (findings: readonly { readonly id: string }[]) => findings.map((one) => one.id);

describe('finding filters', () => {
  it('lets everything through until something is chosen', () => {
    expect(filterFindings(FINDINGS, NO_FILTERS)).toHaveLength(FINDINGS.length);
  });

  it('filters by severity, owner, area and text together', () => {
    expect(ids(filterFindings(FINDINGS, { ...NO_FILTERS, severities: new Set(['medium', 'low']) }))).toEqual([
      'f-conntrack',
      'f-low',
    ]);
    expect(ids(filterFindings(FINDINGS, { ...NO_FILTERS, owner: 'kernel' }))).toEqual(['f-conntrack']);
    expect(ids(filterFindings(FINDINGS, { ...NO_FILTERS, area: 'conntrack', text: 'LOOKUPS' }))).toEqual(['f-dns']);
    expect(filterFindings(FINDINGS, { ...NO_FILTERS, area: 'routes', text: 'lookups' })).toEqual([]);
  });

  it('leaves out what healthy nodes have as well when that is asked for', () => {
    const [first, ...others] = FINDINGS;
    if (first === undefined) throw new Error('the fake case has findings');
    const noted = [{ ...first, alsoOn: ['ip-10-0-126-200'] }, ...others];
    expect(filterFindings(noted, NO_FILTERS)).toHaveLength(FINDINGS.length);
    expect(ids(filterFindings(noted, { ...NO_FILTERS, baseline: 'not-healthy' }))).not.toContain(first.id);
    expect(filterFindings(noted, { ...NO_FILTERS, baseline: 'not-healthy' })).toHaveLength(others.length);
  });

  it('filters by what was said, looks for notes, and puts noise below the others of its group', () => {
    const [lock, empty] = FINDINGS.filter(({ id }) => id === 'f-lock' || id === 'f-empty');
    if (lock === undefined || empty === undefined) throw new Error('the fake case has other findings');
    const mark = { pinned: 'no', noise: 'no', note: '', markedAt: '2025-10-14T12:00:00.000Z' } as const;
    const said = new Map([
      [lock.id, { ...mark, finding: lock.id, noise: 'yes' as const }],
      [empty.id, { ...mark, finding: empty.id, pinned: 'yes' as const, note: 'seen last week too' }],
    ]);
    const shown = (marks: typeof NO_FILTERS.marks) =>
      ids(filterFindings(FINDINGS, { ...NO_FILTERS, marks }, said)).map(String);
    expect(shown('pinned')).toEqual(['f-empty']);
    expect(shown('noted')).toEqual(['f-empty']);
    expect(shown('noise')).toEqual(['f-lock']);
    expect(shown('unmarked')).not.toContain('f-lock');
    expect(ids(filterFindings(FINDINGS, { ...NO_FILTERS, text: 'LAST WEEK' }, said))).toEqual(['f-empty']);
    const rows = findingRows(FINDINGS, ANALYSIS.causes, FINDINGS, 'cause', said);
    expect(rows.flatMap((row) => (row.kind === 'finding' ? [String(row.finding.id)] : [])).slice(0, 3)).toEqual([
      'f-empty',
      'f-dns',
      'f-lock',
    ]);
  });

  it('groups by the cause that explains, the worst first, what nothing explains last', () => {
    const rows = findingRows(FINDINGS, ANALYSIS.causes, FINDINGS, 'cause');
    expect(rows.map((row) => (row.kind === 'group' ? row.title : row.finding.id))).toEqual([
      'Cause 1',
      'f-lock',
      'f-empty',
      'f-dns',
      'Cause 2',
      'f-conntrack',
      'No cause found',
      'f-low',
    ]);
    expect(findingRows(FINDINGS, ANALYSIS.causes, FINDINGS, 'none')).toHaveLength(FINDINGS.length);
  });
});
