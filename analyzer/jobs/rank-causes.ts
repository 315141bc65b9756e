/**
 * Which findings are causes and in which order. A finding that another one of the same node explains is no cause
 * of its own; what is left is ordered by what it and its consequences mean for the node. Pure, and independent of
 * names and of the order in which bundles, files and findings arrive.
 */

import { someOf } from '../core/some-of.ts';
import { type Cause, type Finding, type NodeAnalysis, type NonEmpty, severityRank } from '../core/vocabulary.ts';
import { spokenSpan } from '../correlate/rank.ts';
import { sameNode } from './confirmed-findings.ts';
import { LIKELY_WHY, type LikelyWhy } from './likely-why.ts';
import { outlastedBy } from './outlasted.ts';

/** Findings below this never stand for the verdict: they are notes. */
const CAUSE_SEVERITY_MIN = 'medium';

const CONFIDENCE_RANK = { certain: 2, likely: 1, possible: 0 } as const;

export interface RankedCause {
  readonly cause: Cause;
  readonly finding: Finding;
  readonly explained: readonly Finding[];
  /** Possible reasons of this cause that were found on the same node. */
  readonly likelyWhy: readonly { readonly finding: Finding; readonly chain: LikelyWhy }[];
}

/**
 * @param findings of a whole case. @param outcomes what checks ended in, to tell which that could explain something
 * could not look. @returns its causes, the first one first.
 */
export function rankCauses(
  findings: readonly Finding[],
  outcomes: NodeAnalysis['outcomes'] = [],
): readonly RankedCause[] {
  const worth = findings
    .filter((finding) => severityRank(finding.severity) >= severityRank(CAUSE_SEVERITY_MIN))
    .sort(bySelf);
  const { explained, outlasted } = consequences(worth);
  const underOther = new Set([...explained.values()].flat());
  const roots = worth.filter((finding) => !underOther.has(finding));
  const candidates = roots.map((finding) => {
    const consequencesOf = explained.get(finding) ?? [];
    const worst = Math.max(severityRank(finding.severity), ...consequencesOf.map((one) => severityRank(one.severity)));
    return { finding, explained: consequencesOf, worst, outlasted: outlasted.get(finding) ?? [] };
  });
  const ordered = candidates.sort(
    (one, two) =>
      onHealthyToo(one) - onHealthyToo(two) ||
      two.worst - one.worst ||
      isOver(one) - isOver(two) ||
      saysWhy(two.finding) - saysWhy(one.finding) ||
      certainState(two.finding) - certainState(one.finding) ||
      CONFIDENCE_RANK[two.finding.confidence.level] - CONFIDENCE_RANK[one.finding.confidence.level] ||
      two.explained.length - one.explained.length ||
      bySelf(one.finding, two.finding),
  );
  const withWhy = ordered.map((candidate) => ({ ...candidate, likelyWhy: reasonsOf(candidate.finding, roots) }));
  return reasonsDirectlyBelow(withWhy).map((candidate, index, all) => ({
    ...candidate,
    cause: {
      finding: candidate.finding.id,
      rank: index + 1,
      because: whyRanked(candidate, all[index + 1]),
      explains: candidate.explained.map((one) => one.id),
      changesIf: changesIf(candidate, outcomes),
    },
  }));
}

interface Candidate {
  readonly finding: Finding;
  readonly explained: readonly Finding[];
  readonly worst: number;
  readonly outlasted: readonly Outlasted[];
  readonly likelyWhy: RankedCause['likelyWhy'];
}

/** What a cause would explain, had it not been over before another cause of it. */
interface Outlasted {
  readonly symptom: Finding;
  readonly by: Finding;
}

/** Worst first, then surest, then by rule and id: a total order that no name enters. */
function bySelf(one: Finding, two: Finding): number {
  return (
    severityRank(two.severity) - severityRank(one.severity) ||
    CONFIDENCE_RANK[two.confidence.level] - CONFIDENCE_RANK[one.confidence.level] ||
    compareText(one.rule, two.rule) ||
    compareText(one.id, two.id) ||
    compareText(one.bundle, two.bundle)
  );
}

function compareText(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}

/** What a node shows that the engineer calls healthy is hardly what is wrong with another, unless more follows from it here. */
function onHealthyToo({ finding, explained }: Pick<Candidate, 'finding' | 'explained'>): number {
  return [finding, ...explained].every((one) => (one.alsoOn ?? []).length > 0) ? 1 : 0;
}

/** What was over before all that it would explain is no reason of what is still there. */
function isOver({ explained, outlasted }: Pick<Candidate, 'explained' | 'outlasted'>): number {
  return outlasted.length > 0 && explained.length === 0 ? 1 : 0;
}

/** Of two things as bad as each other, the one that only says that something fails is less of a cause. */
function saysWhy(finding: Finding): number {
  return finding.part === undefined || finding.part === 'cause' ? 1 : 0;
}

/** State of the node as captured, seen for certain, says more than a log line about how it may have come. */
function certainState(finding: Finding): number {
  return isState(finding) && finding.confidence.level === 'certain' ? 1 : 0;
}

/** Analyzers read state as it was captured; rules, which say what their lines tell, read logs. */
function isState(finding: Finding): boolean {
  return finding.part === undefined;
}

interface Consequences {
  /** For each finding all it explains, directly and through others, without itself. */
  readonly explained: ReadonlyMap<Finding, readonly Finding[]>;
  readonly outlasted: ReadonlyMap<Finding, readonly Outlasted[]>;
}

type Direct = ReadonlyMap<Finding, readonly Finding[]>;

function consequences(findings: readonly Finding[]): Consequences {
  const declared: Direct = new Map(
    findings.map((finding) => [finding, findings.filter((other) => other !== finding && mayExplain(finding, other))]),
  );
  const outlasted = new Map(findings.map((finding) => [finding, outlastedIn(finding, declared)]));
  const direct: Direct = new Map(
    [...declared].map(([finding, symptoms]) => {
      const gone = new Set(outlasted.get(finding)?.map(({ symptom }) => symptom));
      return [finding, symptoms.filter((symptom) => !gone.has(symptom))];
    }),
  );
  // Two findings that name each other: the one that sorts first is the cause.
  const position = new Map(findings.map((finding, index) => [finding, index]));
  const before = (one: Finding, two: Finding): boolean => (position.get(one) ?? 0) < (position.get(two) ?? 0);
  const reach = new Map(findings.map((finding) => [finding, reachable(finding, direct)]));
  const explained = new Map(
    findings.map((finding) => {
      const mine = reach.get(finding) ?? new Set();
      const kept = [...mine].filter((other) => !reach.get(other)?.has(finding) || before(finding, other));
      return [finding, kept.sort(bySelf)];
    }),
  );
  return { explained, outlasted };
}

/** What the cause itself brought about does not compete with it. */
function outlastedIn(cause: Finding, declared: Direct): readonly Outlasted[] {
  const own = reachable(cause, declared);
  return (declared.get(cause) ?? []).flatMap((symptom) => {
    const others = [...declared].flatMap(([other, symptoms]) =>
      other !== cause && !own.has(other) && symptoms.includes(symptom) ? [other] : [],
    );
    const by = outlastedBy(cause, symptom, others);
    return by === null ? [] : [{ symptom, by }];
  });
}

function reachable(from: Finding, direct: Direct): ReadonlySet<Finding> {
  const seen = new Set<Finding>();
  const open = [...(direct.get(from) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === from || seen.has(next)) continue;
    seen.add(next);
    open.push(...(direct.get(next) ?? []));
  }
  return seen;
}

/** Either side may declare the chain. A guess must not push something certain out of sight. */
function mayExplain(cause: Finding, symptom: Finding): boolean {
  const declared = cause.explains.includes(symptom.rule) || symptom.explainedBy?.includes(cause.rule) === true;
  return declared && cause.confidence.level !== 'possible' && sameNode(cause, symptom);
}

function reasonsOf(finding: Finding, roots: readonly Finding[]): RankedCause['likelyWhy'] {
  return roots.flatMap((other) =>
    LIKELY_WHY.filter(
      (chain) => chain.why === other.rule && chain.of.includes(finding.rule) && sameNode(finding, other),
    ).map((chain) => ({ finding: other, chain })),
  );
}

/** A possible reason stands right after what it may explain, wherever its own severity would put it below that. */
function reasonsDirectlyBelow(ordered: readonly Candidate[]): readonly Candidate[] {
  const placed: Candidate[] = [];
  const place = (candidate: Candidate): void => {
    if (placed.includes(candidate)) return;
    placed.push(candidate);
    for (const why of candidate.likelyWhy) {
      const reason = ordered.find((other) => other.finding === why.finding);
      if (reason !== undefined) place(reason);
    }
  };
  for (const candidate of ordered) place(candidate);
  return placed;
}

const TITLES_NAMED = 3;

function whyRanked(candidate: Candidate, next: Candidate | undefined): string {
  const { finding, explained, outlasted, likelyWhy } = candidate;
  const parts = [`severity ${finding.severity}, ${finding.confidence.level}: ${finding.confidence.because}`];
  if (isNonEmpty(explained)) {
    const titles = [...new Set(explained.map((one) => one.title))];
    parts.push(
      `explains ${explained.length} other ${explained.length === 1 ? 'finding' : 'findings'} of this node (${someOf(titles, TITLES_NAMED, '; ')})`,
    );
  } else parts.push('no other finding of this node explains it');
  for (const { symptom, by } of outlasted) {
    const later = Date.parse(by.last ?? '') - Date.parse(finding.last ?? '');
    parts.push(
      `its last line is of ${finding.last}, and "${by.title}" was logged for ${spokenSpan(later)} more: that explains "${symptom.title}", not this`,
    );
  }
  for (const why of likelyWhy)
    parts.push(`possible reason, ranked directly below: ${why.finding.title} (${why.chain.because})`);
  if (onHealthyToo(candidate) === 1) {
    parts.push(`also on ${(finding.alsoOn ?? []).join(', ')}, marked healthy: ranked after what only this node shows`);
  }
  if (next !== undefined && next.worst === candidate.worst && certainState(finding) > certainState(next.finding)) {
    parts.push('captured state ranks before log lines of the same severity');
  }
  return `${parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('. ')}.`;
}

function changesIf(candidate: Candidate, outcomes: NodeAnalysis['outcomes']): readonly string[] {
  const { finding, explained, likelyWhy } = candidate;
  const changes = likelyWhy.map(
    (why) => `${why.chain.provenBy}: then "${why.finding.title}" is the cause and comes first`,
  );
  if (finding.alsoOn !== undefined && finding.alsoOn.length > 0) {
    changes.push(`${finding.alsoOn.join(', ')} is not as healthy as it is marked: it shows the same`);
  }
  changes.push(...notLookedFor(finding, outcomes));
  if (finding.confidence.level !== 'certain')
    changes.push(`a second source contradicts it (${finding.confidence.because})`);
  if (isState(finding)) changes.push('the rules were changed between the complaint and the capture');
  else {
    changes.push('the complaint is about another time than these log lines');
    if (explained.length > 0) changes.push('what it explains existed before its first log line');
  }
  return changes;
}

/** Declared reasons and confirmations for which nothing was there to look at. */
function notLookedFor(finding: Finding, outcomes: NodeAnalysis['outcomes']): readonly string[] {
  const skipped = (ids: readonly string[]): ReadonlyMap<string, readonly string[]> => {
    const lacking = outcomes.flatMap(({ id, bundle, outcome }) =>
      bundle === finding.bundle && ids.includes(id) && outcome.outcome === 'skipped' ? [{ id, ...outcome }] : [],
    );
    return new Map(
      [...Map.groupBy(lacking, (one) => one.missing)].map(([missing, all]) => [missing, all.map(({ id }) => id)]),
    );
  };
  return [
    ...[...skipped(finding.explainedBy ?? [])].map(
      ([missing, ids]) => `what was not there to look at (${missing}) shows ${ids.join(' or ')}: then that comes first`,
    ),
    ...[...skipped(finding.secondSignal ?? [])].map(
      ([missing, ids]) =>
        `what was not there to look at (${missing}) shows ${ids.join(' or ')}: then this is confirmed`,
    ),
  ];
}

function isNonEmpty<T>(items: readonly T[]): items is NonEmpty<T> {
  return items.length > 0;
}
