/** Findings that only some sides have, and those that all have. */
import { statedIn } from '../core/stated-in.ts';
import { type Analysis, type Bundle, type Finding, type Severity, severityRank } from '../core/vocabulary.ts';
import { type DraftDifference, type DraftValue, type NotCompared, WEIGHT } from './draft.ts';
import { incompleteBecause } from './incomplete.ts';
import { type OneSide, whoHasIt } from './odd-one.ts';

export interface FindingsCompared {
  readonly differences: readonly DraftDifference[];
  readonly common: readonly {
    readonly rule: string;
    readonly title: string;
    readonly findings: readonly Finding['id'][];
  }[];
  readonly notCompared: readonly NotCompared[];
}

export type Judged = Pick<Analysis, 'findings' | 'causes' | 'coverage'>;

/** Told by the comparison of Services itself. */
const SAID_BY_SERVICES = 'service-disagreement';
/** Lines of one finding that are shown. */
const EVIDENCE_SHOWN = 3;
/** A cause stands before other findings of its severity, what it explains behind them. */
const CAUSE_BONUS = 90;
const CAUSE_BONUS_MIN = 50;
const PLAIN_BONUS = 30;
const EXPLAINED_BONUS = 10;

/** @param bundles in the order of the sides. */
export function compareFindings(
  sides: readonly OneSide[],
  bundles: readonly Pick<Bundle, 'id' | 'gaps'>[],
  analysis: Judged,
): FindingsCompared {
  const byRule = new Map<string, Finding[]>();
  for (const finding of analysis.findings) {
    if (!bundles.some(({ id }) => statedIn(id, finding)) || finding.rule === SAID_BY_SERVICES) continue;
    const known = byRule.get(finding.rule) ?? [];
    byRule.set(finding.rule, known);
    known.push(finding);
  }
  const outcomes = new Map(analysis.coverage.analyzers.map((one) => [`${one.bundle} ${one.id}`, one.outcome]));
  const standing = standings(analysis);
  const differences: DraftDifference[] = [];
  const common: FindingsCompared['common'][number][] = [];
  const notCompared: NotCompared[] = [];
  for (const [rule, found] of byRule) {
    const states = bundles.map((bundle): State => {
      const own = found.filter((finding) => statedIn(bundle.id, finding));
      if (own.length > 0) return { has: 'yes', own, because: null };
      const outcome = outcomes.get(`${bundle.id} ${rule}`);
      if (outcome?.outcome === 'skipped') return { has: 'unknown', own, because: outcome.missing };
      if (outcome?.outcome === 'failed') return { has: 'unknown', own, because: outcome.why };
      const incomplete = incompleteBecause(bundle);
      if (incomplete !== null) return { has: 'unknown', own, because: incomplete };
      return { has: 'no', own, because: outcome === undefined ? 'the check is not for this node' : null };
    });
    const title = found[0]?.title ?? rule;
    if (states.every(({ has }) => has === 'yes')) {
      common.push({ rule, title, findings: found.map(({ id }) => id) });
    } else if (states.some(({ has }) => has === 'no')) differences.push(differenceOf(rule, sides, states, standing));
    else notCompared.push(unknownElsewhere(title, sides, states));
  }
  return { differences, common: common.sort((one, two) => (one.rule < two.rule ? -1 : 1)), notCompared };
}

interface State {
  readonly has: 'yes' | 'no' | 'unknown';
  readonly own: readonly Finding[];
  readonly because: string | null;
}

/** How a finding stands among the causes. */
interface Standing {
  readonly bonus: number;
  /** The worst of what it explains counts for it. */
  readonly severity: Severity;
}

function standings({ findings, causes }: Judged): (finding: Finding) => Standing {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const ranks = new Map(causes.map((cause) => [cause.finding, cause]));
  const explained = new Set(causes.flatMap((cause) => cause.explains));
  return (finding) => {
    const cause = ranks.get(finding.id);
    if (cause === undefined) {
      return { bonus: explained.has(finding.id) ? EXPLAINED_BONUS : PLAIN_BONUS, severity: finding.severity };
    }
    const severities = cause.explains.flatMap((id) => byId.get(id)?.severity ?? []);
    return {
      bonus: Math.max(CAUSE_BONUS_MIN, CAUSE_BONUS - cause.rank),
      severity: severities.reduce(worse, finding.severity),
    };
  };
}

function worse(one: Severity, two: Severity): Severity {
  return severityRank(two) > severityRank(one) ? two : one;
}

function differenceOf(
  rule: string,
  sides: readonly OneSide[],
  states: readonly State[],
  standing: (finding: Finding) => Standing,
): DraftDifference {
  const found = states.flatMap(({ own }) => own);
  const severity = found.map((finding) => finding.severity).reduce(worse);
  const best = found.map((finding) => standing(finding)).reduce((one, two) => (score(two) > score(one) ? two : one));
  const first = found.find((finding) => finding.severity === severity) ?? found[0];
  const where = placeOf(sides, states);
  return {
    id: `finding:${rule}`,
    kind: 'finding',
    area: first?.area ?? 'findings',
    subject: first?.title ?? rule,
    sentence: `${whoHasIt(
      sides,
      states.map(({ has }) => has),
    )}: ${withStop(first?.title ?? rule)}`,
    weight: weightOf(best, where),
    because: becauseOf(severity, best, where),
    severity,
    values: states.map(stateValue),
    findings: found.map(({ id }) => id),
  };
}

/** `affected`: on affected sides only; `mixed`: on some of both; `others`: on sides that are not affected. */
type Where = 'affected' | 'mixed' | 'others';

function placeOf(sides: readonly OneSide[], states: readonly State[]): Where {
  const having = sides.filter((_, at) => states[at]?.has === 'yes');
  if (!sides.some((side) => side.isAffected) || having.every((side) => side.isAffected)) return 'affected';
  return having.some((side) => side.isAffected) ? 'mixed' : 'others';
}

function score({ bonus, severity }: Standing): number {
  return severityRank(severity) * 100 + bonus;
}

/** What is only told, of severity info, is no reason for anything. */
const INFO_WEIGHT = 8;

function weightOf(best: Standing, where: Where): number {
  const rank = severityRank(best.severity);
  if (rank === 0) return INFO_WEIGHT;
  return where === 'affected' ? WEIGHT.finding + score(best) - 100 : WEIGHT.findingElsewhere + rank * 10;
}

function becauseOf(severity: Severity, best: Standing, where: Where): string {
  if (severityRank(best.severity) === 0) return 'it is only told';
  const cause =
    best.bonus < CAUSE_BONUS_MIN
      ? ''
      : best.severity === severity
        ? ', one of the causes'
        : `, one of the causes: it explains what is ${best.severity}`;
  if (where === 'affected') return `severity ${severity}${cause}`;
  return `severity ${severity}, but ${where === 'mixed' ? 'sides that are not affected have it as well' : 'no affected side has it'}`;
}

function stateValue({ has, own, because }: State): DraftValue {
  if (has === 'unknown') return { value: null, because: `not checked: ${because}`, refs: [] };
  const [first] = own;
  if (first === undefined) return { value: 'not found', because, refs: [] };
  const more = own.length > 1 ? ` and ${own.length - 1} more` : '';
  const evidence = own.flatMap((finding) => finding.evidence).slice(0, EVIDENCE_SHOWN);
  return { value: `${first.severity}: ${first.title}${more}`, because: null, refs: [], evidence };
}

function unknownElsewhere(title: string, sides: readonly OneSide[], states: readonly State[]): NotCompared {
  const having = sides.filter((_, at) => states[at]?.has === 'yes').map(({ label }) => label);
  const reasons = states.flatMap(({ because }, at) => (because === null ? [] : [`${sides[at]?.label}: ${because}`]));
  return {
    what: `“${title}”, found on ${having.join(', ')}`,
    because: `not checked elsewhere (${reasons.slice(0, 3).join('; ')})`,
  };
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
