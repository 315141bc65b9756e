/** Which findings are shown and in which groups. Pure. */
import { causeRankOf } from '../../model/derive.ts';
import type { Cause, Finding, FindingMark } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import type { FindingFilters } from '../../stores/screens.ts';

export type FindingRow =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly title: string;
      readonly detail: string;
      readonly count: number;
    }
  | { readonly kind: 'finding'; readonly finding: Finding };

const worstFirst = (a: Finding, b: Finding) => SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity);

/** What the engineer says of findings. */
export type Said = ReadonlyMap<Finding['id'], FindingMark>;

const NOTHING_SAID: Said = new Map();

function hasMark(mark: FindingMark | undefined, wanted: FindingFilters['marks']): boolean {
  switch (wanted) {
    case 'all':
      return true;
    case 'pinned':
      return mark?.pinned === 'yes';
    case 'noted':
      return mark !== undefined && mark.note !== '';
    case 'noise':
      return mark?.noise === 'yes';
    case 'unmarked':
      return mark?.noise !== 'yes';
  }
}

/** @returns the findings that pass every filter; the text is looked for in what the row and the inspector show. */
export function filterFindings(
  findings: readonly Finding[],
  filters: FindingFilters,
  said: Said = NOTHING_SAID,
): readonly Finding[] {
  const text = filters.text.trim().toLowerCase();
  return findings.filter(
    (finding) =>
      filters.severities.has(finding.severity) &&
      (filters.owner === null || finding.owner === filters.owner) &&
      (filters.area === null || finding.area === filters.area) &&
      hasMark(said.get(finding.id), filters.marks) &&
      (filters.baseline === 'all' || (finding.alsoOn ?? []).length === 0) &&
      (text === '' ||
        [
          finding.title,
          finding.claim,
          finding.rule,
          finding.node ?? '',
          said.get(finding.id)?.note ?? '',
          ...finding.entities.map((entity) => entity.name),
        ].some((part) => part.toLowerCase().includes(text))),
  );
}

/** @returns rows worst first, noise last; grouped under the cause that explains them, unexplained ones last. */
export function findingRows(
  findings: readonly Finding[],
  causes: readonly Cause[],
  all: readonly Finding[],
  grouping: 'cause' | 'none',
  said: Said = NOTHING_SAID,
): readonly FindingRow[] {
  const isNoise = (finding: Finding): number => (said.get(finding.id)?.noise === 'yes' ? 1 : 0);
  const rows = (list: readonly Finding[]): FindingRow[] =>
    [...list]
      .sort((one, other) => isNoise(one) - isNoise(other) || worstFirst(one, other))
      .map((finding) => ({ kind: 'finding', finding }));
  if (grouping === 'none') return rows(findings);
  const groups = [...causes]
    .sort((a, b) => a.rank - b.rank)
    .map((cause) => ({
      key: `cause-${cause.rank}`,
      title: `Cause ${cause.rank}`,
      detail: all.find((finding) => finding.id === cause.finding)?.title ?? '',
      findings: findings.filter((finding) => causeRankOf(finding.id, causes) === cause.rank),
    }));
  const alone = findings.filter((finding) => causeRankOf(finding.id, causes) === null);
  return [...groups, { key: 'no-cause', title: 'No cause found', detail: '', findings: alone }].flatMap((group) =>
    group.findings.length === 0
      ? []
      : [
          {
            kind: 'group' as const,
            key: group.key,
            title: group.title,
            detail: group.detail,
            count: group.findings.length,
          },
          ...rows(group.findings),
        ],
  );
}
