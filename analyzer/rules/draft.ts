/** Turns what a rule matched into a finding that claims no more than the matched lines show. */

import type { BundleReader } from '../core/case-reader.ts';
import { thin } from '../core/cite.ts';
import type { TimeBasis } from '../core/file-clock.ts';
import { grouped } from '../core/grouped.ts';
import {
  type Confidence,
  type Entity,
  type FindingDraft,
  type LineRef,
  type NonEmpty,
  type Severity,
  severityRank,
} from '../core/vocabulary.ts';
import { spokenInstant } from '../time/calendar.ts';
import { basisNote } from '../time/stamp.ts';
import type { RuleMatches } from './match.ts';
import { alsoInLine } from './rule-lines.ts';
import { ENTITIES_MAX, type EntityCount, type FileMatches, type RuleReason } from './rule-watch.ts';

/** Cited matches of one rule: the first, the last and some between; `count` is exact all the same. */
const CITED_MATCHES = 5;

/** Logs that tell when the bundle's node was last alive; state dumps say when they were made, not when a log ended. */
const LOG_ROLES = [
  'kube-proxy-log',
  'kubelet-log',
  'container-log',
  'container-runtime-log',
  'ipamd-log',
  'cni-log',
  'system-log',
  'kernel-log',
];

/**
 * Programs that write every day as long as they run. When such a log ends with the failure, the program may have ended with
 * it, or its log was cut: that other logs go on is no sign of recovery.
 */
const STEADY_ROLES = ['kubelet-log', 'ipamd-log', 'system-log'];

export type RuleOutcome =
  | { readonly outcome: 'pass'; readonly because: string }
  | { readonly outcome: 'finding'; readonly findings: readonly FindingDraft[] }
  | { readonly outcome: 'skipped'; readonly missing: string };

/** @returns what the rule has to say about this bundle. */
export function ruleOutcome(reader: BundleReader, found: RuleMatches): RuleOutcome {
  const { rule } = found;
  const matches = { ...found, files: found.files.toSorted(byPath) };
  if (matches.filesRead === 0) {
    const roles = [...new Set(rule.where.flatMap((entry) => entry.roles))];
    return { outcome: 'skipped', missing: `no log with content of role ${roles.join(', ')}` };
  }
  const count = matches.files.reduce((sum, file) => sum + file.count, 0);
  const read = `${plural(matches.linesRead, 'line')} in ${plural(matches.filesRead, 'file')} read`;
  const needed = rule.threshold?.count ?? 1;
  if (count === 0) return { outcome: 'pass', because: `${read}, none matched` };
  const most = largest(matches, count);
  if (most.count < needed) {
    const apart = most.name === null ? '' : ` for one ${rule.threshold?.by} alone`;
    return { outcome: 'pass', because: `${read}, ${count} matched; fewer than the ${needed} that count${apart}` };
  }
  return { outcome: 'finding', findings: [draft(reader, matches, count, most)] };
}

/** In the order of names: what is cited must not depend on how the archive was packed. */
function byPath({ file: one }: FileMatches, { file: two }: FileMatches): number {
  return one.path < two.path ? -1 : one.path > two.path ? 1 : 0;
}

interface Largest {
  readonly count: number;
  /** The entity it was counted for; null when all are counted together. */
  readonly name: string | null;
}

/** What the threshold is held against: all matches, those within its window, or those of one entity. */
function largest({ rule, files }: RuleMatches, count: number): Largest {
  const { within, by } = rule.threshold ?? {};
  if (by === undefined) {
    return { count: within === undefined ? count : Math.max(0, ...files.map(densestOrAll)), name: null };
  }
  const apart = new Map<string, number>();
  for (const [name, one] of files.flatMap((file) => [...file.byEntity])) {
    const before = apart.get(name) ?? 0;
    apart.set(name, within === undefined ? before + one.count : Math.max(before, densestOrAll(one)));
  }
  const [first = ['', 0] as const] = [...apart].sort(
    ([nameOne, one], [nameTwo, two]) => two - one || (nameOne < nameTwo ? -1 : 1),
  );
  return { count: first[1], name: first[0] };
}

/** Without times the window cannot be checked; the draft then says so. */
function densestOrAll({ count, densest }: EntityCount): number {
  return densest ?? count;
}

function draft(reader: BundleReader, matches: RuleMatches, count: number, most: Largest): FindingDraft {
  const { rule } = matches;
  const first = extreme(matches.files, 'first');
  const last = extreme(matches.files, 'last');
  const over = whyOver(reader, matches, last);
  const reasons = mergeReasons(matches.files);
  const words: Readonly<Record<string, string>> = {
    count: grouped(count),
    times: count === 1 ? 'once' : `${grouped(count)} times`,
    lines: plural(count, 'line'),
    files: plural(matches.files.length, 'file'),
    when: when(count, first, last),
  };
  const claim = rule.claim.replaceAll(/\{(count|times|lines|files|when)\}/g, (_, name: string) => words[name] ?? '');
  const distinct = distinctEntities(matches.files);
  const entities = distinct.slice(0, ENTITIES_MAX);
  const more = distinct.length > ENTITIES_MAX || matches.files.some((file) => file.moreEntities);
  return {
    rule: rule.id,
    title: rule.title,
    claim: [
      claim,
      ...reasons.map(
        (reason) => `${reason.says} (${reason.count === count ? 'each time' : `${reason.count} of ${count}`}).`,
      ),
      ...(most.name === null || most.count === count
        ? []
        : [`Most for one ${rule.threshold?.by} alone: ${most.name}, ${grouped(most.count)}.`]),
      ...(over === null ? [] : [over]),
      ...(more ? [`More names than ${ENTITIES_MAX} are in these lines: the others are not listed.`] : []),
    ].join(' '),
    severity: over === null ? rule.severity : lower(rule.severity, rule.over?.severity ?? rule.severity),
    confidence: confidence(reader, matches, first),
    owner: rule.owner,
    area: rule.area,
    first: instant(first),
    last: instant(last),
    count,
    entities,
    userNotices: rule.userNotices,
    advice: rule.advice,
    evidence: citedPlaces(matches.files, reasons),
    part: rule.part,
    explains: rule.explains,
    explainedBy: rule.explainedBy,
    secondSignal: rule.secondSignal,
    runbooks: rule.runbooks ?? [],
  };
}

/** `at T`, `first T, last T`; lines without a year or a time say only that. */
function when(count: number, first: number | null, last: number | null): string {
  if (first === null || last === null) return 'at times that the lines do not tell in full';
  if (first === last) return `${count === 1 ? '' : 'all '}at ${spokenInstant(first)}`;
  return `first ${spokenInstant(first)}, last ${spokenInstant(last)}`;
}

function lower(one: Severity, two: Severity): Severity {
  return severityRank(one) < severityRank(two) ? one : two;
}

function confidence(reader: BundleReader, matches: RuleMatches, first: number | null): Confidence {
  const { rule } = matches;
  const bases = new Set<TimeBasis>(matches.files.flatMap((file) => [...file.bases]));
  const unknownTime =
    first === null ? 'the lines do not tell their year or time' : clockNote(reader, matches.files, bases);
  const windowUnchecked =
    rule.threshold?.within !== undefined && matches.files.some((file) => file.densest === null)
      ? 'how close together they are cannot be told'
      : null;
  const because = [rule.confidence.because, unknownTime, windowUnchecked].filter((part) => part !== null).join('; ');
  return { level: windowUnchecked === null ? rule.confidence.level : 'possible', because };
}

/** What the instants of the matched lines rest on, by the clocks of their files. */
function clockNote(
  reader: BundleReader,
  matched: readonly FileMatches[],
  bases: ReadonlySet<TimeBasis>,
): string | null {
  const clocks = matched.filter((one) => one.bases.has('year-inferred')).map((one) => one.file.clock);
  const { collectedAt } = reader.bundle;
  const other = clocks.find(
    ({ yearReference }) => yearReference !== null && yearReference !== Date.parse(collectedAt ?? ''),
  );
  const yearFrom =
    other === undefined
      ? collectedAt === null
        ? 'the latest time known for the file'
        : `the collection time ${spokenInstant(Date.parse(collectedAt))}`
      : `the latest time known for the file, ${spokenInstant(other.yearReference ?? 0)}`;
  return basisNote(bases, yearFrom, new Set(clocks.map((clock) => clock.zoneFrom)));
}

/** @returns a sentence when the matched condition ended long before the logs did that would show it, else null. */
function whyOver(reader: BundleReader, matches: RuleMatches, last: number | null): string | null {
  const { over } = matches.rule;
  if (over === undefined) return null;
  if (over.recovery !== undefined && matches.files.every((file) => file.recoveredAt > file.lastLine)) {
    return 'A later line of the same log says that it works again.';
  }
  const { after } = over;
  if (after === undefined) return null;
  const steady = [...new Set(matches.files.map(({ file }) => file.role))].filter((role) => STEADY_ROLES.includes(role));
  const end = endOfLogs(reader, LOG_ROLES);
  if (last === null || !Number.isFinite(end) || end - last < after) return null;
  const told = Math.min(end, ...steady.map((role) => endOfLogs(reader, [role])));
  const goesOn = told - last >= after;
  if (over.ended === true && !(goesOn && speaksAgain(reader, matches, last))) return null;
  if (!goesOn) {
    return `The log that tells it ends at ${spokenInstant(told)}, others go on until ${spokenInstant(end)}: whether it is over is not known.`;
  }
  return `The logs go on until ${spokenInstant(told)} without it: it seems to be over.`;
}

/** What a program that dies still writes, a stack trace above all, is written within this time. */
const LAST_WORDS_MS = 5000;

/**
 * @returns true when a log of the same role tells something after the last words of a program. That a log of many programs
 * goes on shows nothing of the one that ended.
 */
function speaksAgain(reader: BundleReader, { rule, files }: RuleMatches, last: number): boolean {
  const matched = new Set(files.map(({ file }) => file.id));
  const roles = new Set(files.map(({ file }) => file.role).filter((role) => alsoInLine(rule, role) === null));
  return reader.files().some(({ id, role, lastTime }) => {
    if (!roles.has(role) || lastTime === null) return false;
    return Date.parse(lastTime) > last + (matched.has(id) ? LAST_WORDS_MS : 0);
  });
}

/** @returns the latest time that a log of these roles tells, -Infinity when none does. */
function endOfLogs(reader: BundleReader, roles: readonly string[]): number {
  // Not one call with all of them: an archive may hold 200,000.
  let end = Number.NEGATIVE_INFINITY;
  for (const { role, lastTime } of reader.files()) {
    if (lastTime !== null && roles.includes(role)) end = Math.max(end, Date.parse(lastTime));
  }
  return end;
}

function mergeReasons(files: readonly FileMatches[]): readonly RuleReason[] {
  const merged = new Map<string, RuleReason>();
  for (const reason of files.flatMap((file) => file.reasons)) {
    const known = merged.get(reason.says);
    merged.set(reason.says, known === undefined ? reason : { ...known, count: known.count + reason.count });
  }
  return [...merged.values()].sort((one, two) => two.count - one.count);
}

function citedPlaces(files: readonly FileMatches[], reasons: readonly RuleReason[]): NonEmpty<LineRef> {
  const all = files.flatMap((file) => file.places);
  const picked = thin(all, CITED_MATCHES);
  const why = reasons.map((reason) => ({ ...reason.place, note: reason.says }));
  const rest = picked.filter((ref) => !why.some((other) => other.fileId === ref.fileId && other.line === ref.line));
  return [...why, ...rest] as unknown as NonEmpty<LineRef>;
}

function distinctEntities(files: readonly FileMatches[]): readonly Entity[] {
  const distinct = new Map(files.flatMap((file) => file.entities).map((one) => [`${one.kind} ${one.name}`, one]));
  return [...distinct].sort(([one], [two]) => (one < two ? -1 : 1)).map(([, entity]) => entity);
}

function extreme(files: readonly FileMatches[], end: 'first' | 'last'): number | null {
  const times = files.flatMap((file) => file[end] ?? []);
  if (times.length === 0) return null;
  const further = end === 'first' ? Math.min : Math.max;
  return times.reduce((one, next) => further(one, next));
}

function instant(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** @returns `1 line`, `1,204 lines`. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
