/** Which findings are shown and in which groups. Pure. */
import { causeRankOf } from '../../model/derive.ts';
import type { Cause, Finding } from '../../model/types.ts';
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

/** @returns the findings that pass every filter; the text is looked for in what the row and the inspector show. */
export function filterFindings(findings: readonly Finding[], filters: FindingFilters): readonly Finding[] {
  const text = filters.text.trim().toLowerCase();
  return findings.filter(
    (finding) =>
      filters.severities.has(finding.severity) &&
      (filters.owner === null || finding.owner === filters.owner) &&
      (filters.area === null || finding.area === filters.area) &&
      (text === '' ||
        [
          finding.title,
          finding.claim,
          finding.rule,
          finding.node ?? '',
          ...finding.entities.map((entity) => entity.name),
        ].some((part) => part.toLowerCase().includes(text))),
  );
}

/** @returns rows worst first; grouped under the cause that explains them, unexplained ones last. */
export function findingRows(
  findings: readonly Finding[],
  causes: readonly Cause[],
  all: readonly Finding[],
  grouping: 'cause' | 'none',
): readonly FindingRow[] {
  const rows = (list: readonly Finding[]): FindingRow[] =>
    [...list].sort(worstFirst).map((finding) => ({ kind: 'finding', finding }));
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
