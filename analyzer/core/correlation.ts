/** What happened around something, and what led to it. Pure schemas. */
import * as z from 'zod';
import { TimeBasis } from './file-clock.ts';
import { BundleId, FindingId } from './ids.ts';
import { TimelineGap, WindowStatement } from './timeline.ts';
import { Confidence, Entity, Evidence, Severity } from './vocabulary.ts';

/** A reason for the rank of an event, with what it adds: ranks can be recomputed by hand. */
export const RankReason = z
  .object({
    kind: z.enum(['rule', 'severity', 'rarity', 'closeness', 'entities']),
    /** Plain, e.g. `stands 3 times in the case`, `11.8 s before`, `shares pod shop/web-1`. */
    sentence: z.string(),
    /** Factor; the score is the product of all. */
    factor: z.number(),
  })
  .readonly();
export type RankReason = z.infer<typeof RankReason>;

/** Messages of one shape in the window, told by the one closest to the pivot. */
export const CorrelatedEvent = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    evidence: Evidence,
    time: z.string(),
    timeBasis: TimeBasis,
    /** Instant minus pivot's, ms: negative is before. */
    distanceMs: z.number(),
    severity: Severity.nullable(),
    component: z.string().nullable(),
    /** Messages of this shape in the window, and in all bundles in scope: null where there were too many places to count. */
    inWindow: z.number().int(),
    inCase: z.number().int().nullable(),
    /** The first and the last of them in the window. */
    first: z.string(),
    last: z.string(),
    /** Rules it matches, findings whose evidence it is. */
    rules: z.array(z.string()).readonly(),
    findings: z.array(FindingId).readonly(),
    entities: z.array(Entity).readonly(),
    score: z.number(),
    because: z.array(RankReason).readonly(),
  })
  .readonly();
export type CorrelatedEvent = z.infer<typeof CorrelatedEvent>;

/** One end of a declared chain as it was found. */
export const ChainStep = z
  .object({
    /** As the chain declares it, e.g. `Rule sync fails`. */
    title: z.string(),
    bundle: BundleId,
    node: z.string().nullable(),
    /** ISO instants of the first and last event of this step. */
    first: z.string(),
    last: z.string(),
    count: z.number().int(),
    /** The lines that make the chain: the closest pair in the right order. */
    evidence: Evidence,
  })
  .readonly();
export type ChainStep = z.infer<typeof ChainStep>;

export const FoundChain = z
  .object({
    /** Id of the declared chain. */
    chain: z.string(),
    title: z.string(),
    /** What it means, in plain words. */
    meaning: z.string(),
    /** In the order of time, at least two. */
    steps: z.array(ChainStep).readonly(),
    /** What the steps share; null where the chain declares that being of one node is enough. */
    shares: Entity.nullable(),
    /** Across nodes only as sure as their clocks. */
    confidence: Confidence,
    /** Declared allowance between the steps and what was measured, in words. */
    because: z.string(),
  })
  .readonly();
export type FoundChain = z.infer<typeof FoundChain>;

/** What one correlates around. */
export const Pivot = z
  .object({
    kind: z.enum(['text', 'finding', 'line', 'time']),
    /** ISO instant. */
    time: z.string(),
    /** Null for an instant. */
    evidence: Evidence.nullable(),
    finding: FindingId.nullable(),
    /** How it was chosen, e.g. `first of 109 lines with "sync failed"`. */
    sentence: z.string(),
  })
  .readonly();
export type Pivot = z.infer<typeof Pivot>;

export const Correlation = z
  .object({
    /** Null when there is none: `empty` says why. */
    pivot: Pivot.nullable(),
    window: WindowStatement,
    /** Highest score first. */
    events: z.array(CorrelatedEvent).readonly(),
    /** Shapes beyond those that are listed. */
    eventsNotListed: z.number().int(),
    chains: z.array(FoundChain).readonly(),
    /** In or at the window. */
    gaps: z.array(TimelineGap).readonly(),
    /** How far the order between nodes can be trusted; null for one node. */
    clocks: z.string().nullable(),
    /** Why there is nothing, in one sentence; null when there is something. */
    empty: z.string().nullable(),
  })
  .readonly();
export type Correlation = z.infer<typeof Correlation>;
