/** One correlation: the window around a pivot read, folded and ranked, and the chains that are found in it. */
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { CorrelatedEvent, Correlation, Pivot } from '../core/correlation.ts';
import type { ClockAlignments, TimelineGap } from '../core/timeline.ts';
import type { Entity, Evidence } from '../core/vocabulary.ts';
import { chainPatterns } from '../correlate/chain-loader.ts';
import type { Chain } from '../correlate/chain-schema.ts';
import { componentOf } from '../correlate/lanes.ts';
import { type Rank, type RankedRule, rankOf, type ShapeCount } from '../correlate/rank.ts';
import type { Span } from '../correlate/window.ts';
import { parseEvent } from '../formats/parse-event.ts';
import { LineRules } from '../rules/line-rules.ts';
import type { Rule } from '../rules/schema.ts';
import { readStamp } from '../time/stamp.ts';
import { alignClocks } from './align-clocks.ts';
import { foundChains } from './correlate-chains.ts';
import { CitedPlaces } from './correlate-cited.ts';
import { type Said, saidIn, type WithoutCopies, withoutCopies } from './correlate-copies.ts';
import { countShapes } from './correlate-count.ts';
import { comparePlaces, readWindow, refOf, type SeenShape } from './correlate-lines.ts';
import type { CorrelateQuestion, PivotPlace } from './correlate-question.ts';
import { caseTimes, emptySentence, pivotWindow, windowWords } from './correlate-window.ts';
import { SEVERITY_OF_LEVEL } from './search-facets.ts';
import { timeOfLine } from './timed-lines.ts';
import { gapsOfBundle } from './timeline-gaps.ts';

/** What lines are held against. */
export interface CorrelateKnowledge {
  readonly rules: readonly Rule[];
  readonly chains: readonly Chain[];
}

/** Shapes that are counted in the whole case and looked at for names: those that are first without both. */
const CANDIDATES_MIN = 100;
const CANDIDATES_PER_LISTED = 2;

/** @param readers in scope, in case order. @param checkCancelled may throw. */
export async function correlate(
  readers: readonly BundleReader[],
  question: CorrelateQuestion,
  knowledge: CorrelateKnowledge,
  checkCancelled: () => void,
): Promise<Correlation> {
  const times = caseTimes(readers);
  const pivot = pivotOf(readers, question.pivot);
  if (typeof pivot === 'string') {
    return { ...NOTHING, window: windowWords({ span: null, question, times, seen: null }), empty: pivot };
  }
  const span = pivotWindow(question, pivot.ms);
  const bundles = readers.map(({ bundle }) => bundle.id);
  const wanted = new Set(knowledge.chains.flatMap((chain) => chain.steps.flatMap(({ rules }) => rules)));
  const own = chainPatterns(knowledge.chains);
  for (const { id } of own) wanted.add(id);
  const seen = readWindow({
    readers,
    span,
    pivot: pivot.ms,
    rules: new LineRules([...knowledge.rules, ...own]),
    wanted,
    cited: new CitedPlaces(question.cited, bundles),
    checkCancelled,
  });
  const clocks = readers.length > 1 ? alignClocks(readers, checkCancelled) : null;
  const kinds = withoutCopies(seen.shapes.map(saidOf), (bundle) => machineOf(readers, bundle));
  const events = rankedEvents({ readers, kinds, pivot, span, knowledge, limit: question.limit, checkCancelled });
  return {
    pivot: pivot.told,
    window: windowWords({ span, question, times, seen: { ...seen, kinds: kinds.own.length, pivot: pivot.ms } }),
    events,
    eventsNotListed: kinds.own.length - events.length,
    chains: foundChains({ readers, chains: knowledge.chains, seen, clocks, pivot: pivot.told.evidence }),
    gaps: await gapsIn(readers, span, checkCancelled),
    clocks: clocks === null ? null : clocksSentence(clocks),
    empty: seen.shapes.length === 0 ? emptySentence(span, times) : null,
  };
}

/** Those that reach into the window, in the order of time. */
async function gapsIn(
  readers: readonly BundleReader[],
  span: Span,
  checkCancelled: () => void,
): Promise<readonly TimelineGap[]> {
  const gaps: TimelineGap[] = [];
  for (const reader of readers) gaps.push(...(await gapsOfBundle(reader, async () => checkCancelled())));
  return gaps
    .filter(({ from, to }) => Date.parse(to) >= span.from && (from === null || Date.parse(from) < span.to))
    .sort((one, two) => Date.parse(one.to) - Date.parse(two.to));
}

const NOTHING = { pivot: null, events: [], eventsNotListed: 0, chains: [], gaps: [], clocks: null } as const;

function clocksSentence({ sentence }: ClockAlignments): string {
  return `${sentence} Nothing is moved by it: lines stand in the order that their clocks show.`;
}

interface PlacedPivot {
  readonly ms: number;
  readonly told: Pivot;
  readonly entities: readonly Entity[];
}

/** @returns why there is none, in a sentence. */
function pivotOf(readers: readonly BundleReader[], place: PivotPlace): PlacedPivot | string {
  if (place.at === 'nowhere') return place.because;
  if (place.at === 'instant') {
    const { kind, time, finding, sentence } = place;
    const told = { kind, time: new Date(time).toISOString(), evidence: null, finding, sentence };
    return { ms: time, told, entities: [] };
  }
  const { kind, fileId, line, finding, sentence } = place;
  const reader = readers.find(({ bundle }) => bundle.id === place.bundle);
  const file = reader?.file(fileId) ?? null;
  if (reader === undefined || file === null) return 'The line is not in scope.';
  const evidence = cite(reader, [{ fileId, line, endLine: line }])[0];
  const { time } = timeOfLine(reader, file, line, evidence.text);
  if (time === null) {
    return `${file.path}:${line} has no time, and neither has a line shortly before it: there is nothing to correlate around.`;
  }
  const { entities } = parseEvent(file.format, [evidence.text]);
  return {
    ms: Date.parse(time),
    told: { kind, time, evidence, finding, sentence },
    entities: distinct(entities).filter(({ name }) => name !== reader.bundle.node),
  };
}

function distinct(entities: readonly Entity[]): readonly Entity[] {
  return [...new Map(entities.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }])).values()];
}

interface Ranking {
  readonly readers: readonly BundleReader[];
  readonly kinds: WithoutCopies<SaidShape>;
  readonly pivot: PlacedPivot;
  readonly span: Span;
  readonly knowledge: CorrelateKnowledge;
  readonly limit: number;
  readonly checkCancelled: () => void;
}

interface RankedShape {
  readonly seen: SeenShape;
  readonly rank: Rank;
}

/** The highest score first; equals in the order of time. */
function rankedEvents(ranking: Ranking): readonly CorrelatedEvent[] {
  const { readers, limit, checkCancelled } = ranking;
  const { own, copyOf } = ranking.kinds;
  const byRule = new Map(ranking.knowledge.rules.map((rule) => [rule.id, rule]));
  const ranked = (shape: SeenShape, shapes: ShapeCount, shared: readonly Entity[]): RankedShape => ({
    seen: shape,
    rank: rankOf({
      rules: [...shape.rules]
        .map((id) => byRule.get(id))
        .filter((rule): rule is RankedRule & Rule => rule !== undefined),
      level: shape.level,
      distanceMs: shape.time - ranking.pivot.ms,
      reachMs: Math.max(ranking.span.to - ranking.pivot.ms, ranking.pivot.ms - ranking.span.from),
      shapes,
      shared,
    }),
  });
  const { entities } = ranking.pivot;
  const copies = new Map([...copyOf].map(([{ shape: one }, { shape: copy }]) => [one, placeWords(readers, copy, one)]));
  const first = own
    .map(({ shape }) => {
      const named = entities.filter(({ name }) => shape.text.includes(name));
      return ranked(shape, { atLeast: shape.inWindow }, named);
    })
    .sort(byScore)
    .slice(0, Math.max(CANDIDATES_MIN, limit * CANDIDATES_PER_LISTED));
  const wanted = first.map(({ seen: { shape, file } }) => ({ shape, role: file.role }));
  const counts = countShapes(readers, wanted, checkCancelled);
  return first
    .map(({ seen: shape }, at) => {
      const inCase = counts[at] ?? null;
      const event = parseEvent(shape.file.format, [shape.text]);
      const named = distinct(event.entities);
      const shared = entities.filter(({ kind, name }) => named.some((one) => one.kind === kind && one.name === name));
      const count: ShapeCount = inCase === null ? { atLeast: shape.inWindow } : { counted: inCase };
      return { ...ranked(shape, count, shared), inCase, named, component: event.component };
    })
    .sort(byScore)
    .slice(0, limit)
    .map(({ seen: shape, rank, inCase, named, component }) => {
      const reader = readers[shape.bundle] as BundleReader;
      const copy = copies.get(shape);
      const evidence: Evidence = cite(reader, [
        { ...refOf(shape), ...(copy === undefined ? {} : { note: `the same message stands in ${copy}` }) },
      ])[0];
      return {
        bundle: reader.bundle.id,
        node: reader.bundle.node,
        evidence,
        time: new Date(shape.time).toISOString(),
        timeBasis: readStamp(shape.text, shape.file.clock)?.basis ?? 'inherited',
        distanceMs: shape.time - ranking.pivot.ms,
        severity: SEVERITY_OF_LEVEL[['none', 'info', 'warning', 'error'].indexOf(shape.level)] ?? null,
        component: componentOf(shape.file) === 'system' ? (component ?? 'system') : componentOf(shape.file),
        inWindow: shape.inWindow,
        inCase,
        first: new Date(shape.first).toISOString(),
        last: new Date(shape.last).toISOString(),
        rules: [...shape.rules].filter((id) => byRule.has(id)).sort(),
        findings: [...shape.findings].sort(),
        entities: named,
        ...rank,
      };
    });
}

type SaidShape = Said & { readonly shape: SeenShape };

function saidOf(shape: SeenShape): SaidShape {
  const { bundle, file, line, time, text } = shape;
  return { bundle, fileId: file.id, line, time, said: saidIn(text), role: file.role, shape };
}

/** @returns the place of the first bundle of the same node. */
function machineOf(readers: readonly BundleReader[], bundle: number): number {
  const node = readers[bundle]?.bundle.node ?? null;
  return node === null ? bundle : readers.findIndex((reader) => reader.bundle.node === node);
}

/** @param beside the place that it is told of. */
function placeWords(readers: readonly BundleReader[], { bundle, file, line }: SeenShape, beside: SeenShape): string {
  const of = bundle === beside.bundle ? '' : ` of ${readers[bundle]?.bundle.name ?? ''}`;
  return `${file.path}:${line}${of}`;
}

function byScore(one: RankedShape, two: RankedShape): number {
  return two.rank.score - one.rank.score || comparePlaces(one.seen, two.seen);
}
