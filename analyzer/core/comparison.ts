/** What sets nodes apart, or one node at two times. Pure schemas. */
import * as z from 'zod';
import { BundleId, FindingId } from './ids.ts';
import { Evidence, Severity } from './vocabulary.ts';

export const COMPARED_BUNDLES_MAX = 20;

/** One bundle among those compared. */
export const ComparedSide = z
  .object({
    bundle: BundleId,
    /** Unique among the sides: the node, with the time of collection where two bundles are of one node. */
    label: z.string(),
    node: z.string().nullable(),
    collectedAt: z.string().nullable(),
    /** `affected` and `healthy` as given, or as marked; `unknown` else. */
    part: z.enum(['affected', 'healthy', 'unknown']),
  })
  .readonly();
export type ComparedSide = z.infer<typeof ComparedSide>;

/** What one side says. `null` value: not known there, with the reason; never the same as none. */
export const SideValue = z
  .object({
    bundle: BundleId,
    value: z.string().nullable(),
    because: z.string().nullable(),
    evidence: z.array(Evidence).readonly(),
  })
  .readonly();
export type SideValue = z.infer<typeof SideValue>;

export const DIFFERENCE_KINDS = ['finding', 'service', 'fact', 'vocabulary', 'text'] as const;

/** One difference, meaning first. */
export const Difference = z
  .object({
    /** Stable in one comparison, e.g. `fact:kernel`, `finding:kube-services-empty`. */
    id: z.string(),
    kind: z.enum(DIFFERENCE_KINDS),
    /** E.g. `network`, `versions`, `kernel settings`, as shown over a group. */
    area: z.string(),
    /** What differs, e.g. `net.ipv4.ip_forward`, `shop/web:http`. */
    subject: z.string(),
    /** One sentence that reads alone: `Only ip-10-0-113-27 has an empty nat KUBE-SERVICES; the others hold 13 rules.` */
    sentence: z.string(),
    /** How much it matters, the largest first; `because` says what made it so. */
    weight: z.number(),
    because: z.string(),
    /** Of a finding or of what the difference is known to lead to; null: none is known. */
    severity: Severity.nullable(),
    /** In the order of the sides; every side is in it. */
    values: z.array(SideValue).readonly(),
    findings: z.array(FindingId).readonly(),
  })
  .readonly();
export type Difference = z.infer<typeof Difference>;

/** A captured text that differs between sides: what a text comparison can open. */
export const DifferingText = z
  .object({
    role: z.string(),
    title: z.string(),
    files: z.array(z.object({ bundle: BundleId, file: z.string(), lines: z.number().int() }).readonly()).readonly(),
  })
  .readonly();
export type DifferingText = z.infer<typeof DifferingText>;

export const Comparison = z
  .object({
    sides: z.array(ComparedSide).readonly(),
    /** First line of the answer: what sets them apart, or that they are the same. */
    sentence: z.string(),
    /** No difference in what was compared. */
    isSame: z.boolean(),
    /** What matters most; at most ten of `differences`, by id. */
    decisive: z.array(z.string()).readonly(),
    /** By weight, then by subject. */
    differences: z.array(Difference).readonly(),
    /** Differences beyond those that are listed. */
    notListed: z.number().int(),
    /** Rules with findings on every side. */
    common: z
      .array(z.object({ rule: z.string(), title: z.string(), findings: z.array(FindingId).readonly() }).readonly())
      .readonly(),
    /** How many facts were compared, and how many of them are the same on all sides. */
    facts: z.number().int(),
    sameFacts: z.number().int(),
    texts: z.array(DifferingText).readonly(),
    /** How sides were lined up (same cluster, clocks, how far apart captures are), and what could not be compared. */
    notes: z.array(z.string()).readonly(),
    notCompared: z.array(z.object({ what: z.string(), because: z.string() }).readonly()).readonly(),
  })
  .readonly();
export type Comparison = z.infer<typeof Comparison>;

/** Lines of one kind of a text comparison; line numbers of the first line on each side, null where it has none of them. */
export const TextHunk = z
  .object({
    kind: z.enum(['same', 'only-left', 'only-right']),
    left: z.number().int().nullable(),
    right: z.number().int().nullable(),
    lines: z.array(z.string()).readonly(),
    /** Lines of `same` that are left out between its first and last ones. */
    leftOut: z.number().int(),
  })
  .readonly();
export type TextHunk = z.infer<typeof TextHunk>;

export const TextComparison = z
  .object({
    hunks: z.array(TextHunk).readonly(),
    /** Lines on one side only. */
    onlyLeft: z.number().int(),
    onlyRight: z.number().int(),
    /** Why not all was compared, or is not shown; null when all was and is. */
    cut: z.string().nullable(),
  })
  .readonly();
export type TextComparison = z.infer<typeof TextComparison>;

/** One node of the fleet table. */
export const FleetNode = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    isHealthy: z.boolean(),
    mode: z.string(),
    /** Facts by the column's name (`kubelet`, `kernel`, `kube-proxy`, ...); null: not known. */
    facts: z
      .array(z.object({ name: z.string(), value: z.string().nullable(), differs: z.boolean() }).readonly())
      .readonly(),
    findings: z
      .object({ critical: z.number(), high: z.number(), medium: z.number(), low: z.number(), info: z.number() })
      .readonly(),
    /** ISO instants. */
    bootedAt: z.string().nullable(),
    collectedAt: z.string().nullable(),
    /** As `clocks.align` tells it, sentence and offset; null also for a reference that no other clock is told against. */
    clockOffsetMs: z.number().nullable(),
    clock: z.string(),
    /** Id of its group. */
    group: z.string(),
  })
  .readonly();
export type FleetNode = z.infer<typeof FleetNode>;

export const Fleet = z
  .object({
    /** Columns of facts, in order. */
    columns: z.array(z.string()).readonly(),
    nodes: z.array(FleetNode).readonly(),
    /** Nodes with the same causes, the worst first. */
    groups: z
      .array(
        z
          .object({
            id: z.string(),
            /** Rules of the causes they share; empty: nothing of medium or above. */
            rules: z.array(z.string()).readonly(),
            sentence: z.string(),
            severity: Severity.nullable(),
            bundles: z.array(BundleId).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type Fleet = z.infer<typeof Fleet>;
