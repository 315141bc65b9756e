/** When things happened, over all nodes and files of a case: what the timeline shows. Pure schemas. */
import * as z from 'zod';
import { TimeBasis } from './file-clock.ts';
import { BundleId, FindingId } from './ids.ts';
import { Evidence, Severity } from './vocabulary.ts';

/** Every answer about time says which span it looked at, why, and what it left out. */
export const WindowStatement = z
  .object({
    /** ISO instants, `to` excluded; both null when nothing in scope has an instant. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** `given` by the caller, around a `pivot` or an `incident`, or the `whole` of what has an instant. */
    because: z.enum(['given', 'pivot', 'incident', 'whole']),
    /** Plain sentence: the window, why, and what it leaves out. */
    sentence: z.string(),
    /**
     * Lines in scope. Inside and outside are told by the histogram: to its smallest bucket (10 s) at both ends, which the
     * sentence says where it is not exact. `undated`: lines without an instant: those of files of which no line has one,
     * and those before the first stamp of a file.
     */
    inside: z.number().int(),
    outside: z.number().int(),
    undated: z.number().int(),
  })
  .readonly();
export type WindowStatement = z.infer<typeof WindowStatement>;

/** Why nothing is known of a span: lines are missing there that once were, or may have been. */
export const TimelineGap = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    file: z.string(),
    /** What wrote the file: its lane is the one of this component. */
    component: z.string(),
    kind: z.enum(['suppressed', 'rotation', 'journal-start', 'log-start', 'reboot']),
    /** ISO instants; `from` null: all that was before `to`. */
    from: z.string().nullable(),
    to: z.string(),
    /** Plain sentence, e.g. `journald suppressed 1,204 messages of kubelet.service here`. */
    sentence: z.string(),
    /** The line that says so; null where the start of a file does. */
    evidence: Evidence.nullable(),
  })
  .readonly();
export type TimelineGap = z.infer<typeof TimelineGap>;

/** A finding where it begins and ends on the timeline. */
export const TimelineMarker = z
  .object({
    finding: FindingId,
    bundle: BundleId,
    node: z.string().nullable(),
    title: z.string(),
    severity: Severity,
    /** ISO instants of its first and last event. */
    first: z.string(),
    last: z.string(),
  })
  .readonly();
export type TimelineMarker = z.infer<typeof TimelineMarker>;

export const LANE_KINDS = ['case', 'node', 'component', 'file'] as const;
/** One lane for the case, for each node, for each component of each node, for each file. */
export const LaneKind = z.enum(LANE_KINDS);
export type LaneKind = z.infer<typeof LaneKind>;

/** Counts of one lane by column: `[column, none, low, warning, error]` one after the other, columns ascending, empty ones left out. */
export const LaneCells = z.array(z.number()).readonly();

export const TimelineLane = z
  .object({
    /** Stable in a case, e.g. `<bundle>/kubelet`. */
    id: z.string(),
    bundle: BundleId.nullable(),
    node: z.string().nullable(),
    /** What wrote the lines, e.g. `kube-proxy`, `kubelet`, `kernel`; null for lanes of nodes and of the case. */
    component: z.string().nullable(),
    /** Path of the file, for lanes of files. */
    file: z.string().nullable(),
    /** In the window. */
    lines: z.number().int(),
    cells: LaneCells,
  })
  .readonly();
export type TimelineLane = z.infer<typeof TimelineLane>;

export const TimelineHistogram = z
  .object({
    window: WindowStatement,
    /** Start of column 0 (ms since 1970, a multiple of `bucketMs`), width of a column, how many there are. */
    start: z.number(),
    bucketMs: z.number(),
    columns: z.number().int(),
    lanes: z.array(TimelineLane).readonly(),
    /** Gaps that reach into the window. */
    gaps: z.array(TimelineGap).readonly(),
    /** Findings with instants, also those outside of the window. */
    markers: z.array(TimelineMarker).readonly(),
    /** Ten minutes with the most warnings and errors, the densest first: proposals where to look. */
    densest: z
      .array(
        z
          .object({
            bundle: BundleId,
            node: z.string().nullable(),
            from: z.string(),
            to: z.string(),
            count: z.number().int(),
            usual: z.number(),
          })
          .readonly(),
      )
      .readonly(),
    /** The span of everything in scope that has an instant; null when nothing has. */
    whole: z.object({ from: z.string(), to: z.string() }).readonly().nullable(),
  })
  .readonly();
export type TimelineHistogram = z.infer<typeof TimelineHistogram>;

/** A line among those of all files and nodes, in the order of (instant, bundle in case order, file in archive order, line). */
export const MergedLine = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    file: z.string(),
    line: z.number().int(),
    time: z.string(),
    timeBasis: TimeBasis,
    severity: Severity.nullable(),
    component: z.string().nullable(),
    /** At most MERGED_TEXT_MAX characters. */
    text: z.string(),
    isCut: z.boolean(),
  })
  .readonly();
export type MergedLine = z.infer<typeof MergedLine>;
export const MERGED_TEXT_MAX = 2_000;

export const MergedPage = z
  .object({
    /** Ascending, whatever direction was asked for. */
    lines: z.array(MergedLine).readonly(),
    /** Where to go on before the first and behind the last of these lines; null when there is no line. */
    before: z.string().nullable(),
    after: z.string().nullable(),
  })
  .readonly();
export type MergedPage = z.infer<typeof MergedPage>;

/** One event that two clocks saw: stamps of one thing, by the node's own clock and by another. */
export const ClockAnchor = z
  .object({
    /** `api-date`: the `date:` header of an answer against the node's stamp; `shared-event`: the same object event on both. */
    kind: z.enum(['api-date', 'shared-event']),
    /** What both saw, e.g. `lease kube-system/kube-scheduler renewed`, `answer of the API server`. */
    what: z.string(),
    /** Node's clock minus the other one's, ms. */
    offsetMs: z.number(),
    /** The line by the node's clock, and the one by the other clock. */
    here: Evidence,
    there: Evidence,
  })
  .readonly();
export type ClockAnchor = z.infer<typeof ClockAnchor>;

/** How the clock of one bundle's node stands against that of the reference. */
export const ClockAlignment = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    outcome: z.enum(['reference', 'aligned', 'refused']),
    /** Median of node's clock minus reference clock (positive: ahead), ms; null when refused, 0 for the reference. */
    offsetMs: z.number().nullable(),
    /** Half of the middle half of the anchors (half the interquartile range), ms. */
    spreadMs: z.number().nullable(),
    anchors: z.array(ClockAnchor).readonly(),
    /** How many anchors there were; of many `anchors` lists some, spread evenly over them. */
    anchorCount: z.number().int(),
    /** Shift that the engineer gave for this node, ms; offsets are of the clocks as captured, without it. */
    shiftMs: z.number(),
    /** E.g. `90 s ahead of ip-10-0-1-12, by 12 anchors, spread 0.4 s`, `cannot be aligned: 1 anchor, 3 are needed`. */
    sentence: z.string(),
  })
  .readonly();
export type ClockAlignment = z.infer<typeof ClockAlignment>;

export const ClockAlignments = z
  .object({
    /** What offsets are told against: the clock of the API server when all have seen it, else that of a node. */
    reference: z.string(),
    nodes: z.array(ClockAlignment).readonly(),
    sentence: z.string(),
  })
  .readonly();
export type ClockAlignments = z.infer<typeof ClockAlignments>;
