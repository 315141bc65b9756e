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
