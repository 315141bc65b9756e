/**
 * The words of Coldcase as types: one schema a word, used by the engine, the hosts and the renderer alike.
 * Pure: no Node, no DOM, so that every side can import it.
 */
import * as z from 'zod';
import { FileClock } from './file-clock.ts';
import { BundleId, FileId, FindingId } from './ids.ts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** @returns a number that grows with severity (info 0 ... critical 4), for sorting and thresholds. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.length - 1 - SEVERITIES.indexOf(severity);
}

/** How sure a claim is, always with its reason; never a percentage. */
export const Confidence = z
  .object({ level: z.enum(['certain', 'likely', 'possible']), because: z.string() })
  .readonly();
export type Confidence = z.infer<typeof Confidence>;

/** Who can mend it. */
export const Owner = z.enum([
  'kube-proxy',
  'VPC CNI',
  'kubelet',
  'container runtime',
  'kernel',
  'node OS',
  'AWS',
  'workload',
  'another firewall',
  'Kubernetes API',
]);
export type Owner = z.infer<typeof Owner>;

/**
 * An exact reference that can be re-verified: the lines `line..endLine` (from 1) of one source file,
 * their byte range in that file (end exclusive), the sha256 of those bytes and their text.
 */
export const Evidence = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    fileId: FileId,
    /** The member's path in the bundle. */
    file: z.string(),
    line: z.number().int().positive(),
    endLine: z.number().int().positive(),
    byteStart: z.number().int().nonnegative(),
    byteEnd: z.number().int().nonnegative(),
    sha256: z.string(),
    text: z.string(),
    /** What the engineer should see in these lines, when the text alone does not say. */
    note: z.string().nullable(),
  })
  .readonly();
export type Evidence = z.infer<typeof Evidence>;

/** Evidence before it is cited: what parsers and analyzers know. `cite` turns it into Evidence. */
export interface LineRef {
  readonly fileId: FileId;
  readonly line: number;
  readonly endLine: number;
  readonly note?: string;
}

/** A list that holds at least one thing: a finding without evidence does not type-check. */
export type NonEmpty<T> = readonly [T, ...T[]];

export const Entity = z
  .object({
    kind: z.enum([
      'pod',
      'container',
      'ip',
      'eni',
      'veth',
      'interface',
      'service',
      'endpoint',
      'unit',
      'volume',
      'chain',
      'process',
      'node',
      'image',
      'device',
      'host',
    ]),
    name: z.string(),
  })
  .readonly();
export type Entity = z.infer<typeof Entity>;

export const Advice = z
  .object({
    /** What to do now; each entry one action, commands in back quotes. */
    now: z.array(z.string()).readonly(),
    longTerm: z.array(z.string()).readonly(),
    /** How to check that the fix worked. */
    check: z.array(z.string()).readonly(),
  })
  .readonly();
export type Advice = z.infer<typeof Advice>;

export const PARTS = ['cause', 'symptom', 'recovery'] as const;
/** What log lines say: why something fails, that it fails, or that it works again. */
export const Part = z.enum(PARTS);
export type Part = z.infer<typeof Part>;

const findingFields = {
  /** Id of the rule or analyzer, e.g. `kube-services-empty`; these never change. */
  rule: z.string(),
  title: z.string(),
  claim: z.string(),
  severity: Severity,
  confidence: Confidence,
  owner: Owner,
  area: z.string(),
  /** ISO instant of the first and last event, null for a claim about captured state. */
  first: z.string().nullable(),
  last: z.string().nullable(),
  /** Exact number of events or rules the claim counts. */
  count: z.number().int().nonnegative(),
  entities: z.array(Entity).readonly(),
  userNotices: z.string(),
  advice: Advice,
};

export const Finding = z
  .object({
    id: FindingId,
    ...findingFields,
    bundle: BundleId,
    node: z.string().nullable(),
    evidence: z.tuple([Evidence], Evidence).readonly(),
    /** Ids of rules whose findings this one explains when both are present on the same node. */
    explains: z.array(z.string()).readonly(),
    /** Ids of rules whose findings explain this one when both are present on the same node. */
    explainedBy: z.array(z.string()).readonly().optional(),
    /** Ids of rules of which one must have a finding on the same node for this one to be critical. */
    secondSignal: z.array(z.string()).readonly().optional(),
    /** Absent for what was captured as state. */
    part: Part.optional(),
    /** Other bundles of the same node that state it by the same lines; see stated-in.ts. */
    alsoIn: z.array(BundleId).readonly().optional(),
    /** Nodes marked healthy (by name, else by bundle) on which the same rule found something: known noise, perhaps. */
    alsoOn: z.array(z.string()).readonly().optional(),
    /** Ids of runbooks that go on from here. */
    runbooks: z.array(z.string()).readonly().optional(),
  })
  .readonly();
export type Finding = z.infer<typeof Finding>;

/** A finding as an analyzer or rule states it: line references instead of cited evidence, no id, no node. */
export type FindingDraft = Omit<Finding, 'id' | 'bundle' | 'node' | 'evidence'> & {
  readonly evidence: NonEmpty<LineRef>;
};

/** Why a check failed that read a bundle of which the file is damaged; `file` in the folder of the case. */
export const Damage = z.object({ file: z.string(), because: z.string() }).readonly();
export type Damage = z.infer<typeof Damage>;

/** How one analyzer, rule file or runbook step ended. */
export const Outcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('pass'), because: z.string() }).readonly(),
  z.object({ outcome: z.literal('finding'), findings: z.array(FindingId).readonly() }).readonly(),
  z.object({ outcome: z.literal('skipped'), missing: z.string() }).readonly(),
  z.object({ outcome: z.literal('failed'), why: z.string(), damage: Damage.optional() }).readonly(),
]);
export type Outcome = z.infer<typeof Outcome>;

/** What could not be known, and why. A `major` gap makes the command line exit with 4. */
export const Gap = z
  .object({
    kind: z.enum([
      'truncated',
      'corrupt',
      'unreadable',
      'not-a-log-archive',
      'unsupported',
      'link',
      'special-file',
      'limit',
      'name',
      'binary',
      'not-collected',
    ]),
    weight: z.enum(['major', 'minor']),
    message: z.string(),
    /** What makes it readable, where the engineer can do that: `Unpack it and import the folder`, without a full stop. */
    advice: z.string().optional(),
    /** The member's path, or null when it concerns the archive as a whole. */
    file: z.string().nullable(),
    /** Byte offset in the archive (or in the member, when the message says so). */
    byte: z.number().int().nonnegative().nullable(),
  })
  .readonly();
export type Gap = z.infer<typeof Gap>;

/** What was done with one source file. */
export const FileCoverage = z.enum(['read', 'empty', 'truncated', 'binary', 'not-opened']);
export type FileCoverage = z.infer<typeof FileCoverage>;

export const SourceFile = z
  .object({
    id: FileId,
    bundle: BundleId,
    /** Path in the bundle, separators `/`, without a leading `./`; display only, never a path on disk. */
    path: z.string(),
    /** See layouts/roles.ts; `other` when nothing recognised it. */
    role: z.string(),
    roleBecause: z.string(),
    /** Id of a format of analyzer/formats; `text` when none fits, `binary` when it is no text. */
    format: z.string(),
    /** Encoding of the original bytes, e.g. `utf-8`, `utf-16le`. Lines and byte offsets are of its text as UTF-8. */
    encoding: z.string(),
    clock: FileClock,
    bytes: z.number().int().nonnegative(),
    lines: z.number().int().nonnegative(),
    firstTime: z.string().nullable(),
    lastTime: z.string().nullable(),
    warnings: z.number().int().nonnegative(),
    errors: z.number().int().nonnegative(),
    sha256: z.string(),
    /** Path of the first file with the same bytes, when this one is its copy. */
    aliasOf: z.string().nullable(),
    coverage: FileCoverage,
  })
  .readonly();
export type SourceFile = z.infer<typeof SourceFile>;

export const Bundle = z
  .object({
    id: BundleId,
    sha256: z.string(),
    /** Base name of the archive or folder as imported. */
    name: z.string(),
    layout: z.string(),
    layoutBecause: z.string(),
    node: z.string().nullable(),
    nodeBecause: z.string(),
    collectedAt: z.string().nullable(),
    importedAt: z.string(),
    files: z.number().int(),
    lines: z.number().int(),
    bytes: z.number().int(),
    storedBytes: z.number().int(),
    outcome: z.enum(['complete', 'with-gaps']),
    gaps: z.array(Gap).readonly(),
    /** Gaps beyond the number that is listed. */
    gapsNotListed: z.number().int(),
    markedHealthy: z.boolean(),
  })
  .readonly();
export type Bundle = z.infer<typeof Bundle>;

/** A fact of one node, shown with where it was read. */
export const Fact = z
  .object({ name: z.string(), value: z.string(), because: z.string(), evidence: z.array(Evidence).readonly() })
  .readonly();
export type Fact = z.infer<typeof Fact>;

export const ProxyMode = z.enum(['iptables', 'ipvs', 'nftables', 'replaced', 'none', 'unknown']);
export type ProxyMode = z.infer<typeof ProxyMode>;

export const Cause = z
  .object({
    finding: FindingId,
    rank: z.number().int().positive(),
    because: z.string(),
    explains: z.array(FindingId).readonly(),
    changesIf: z.array(z.string()).readonly(),
  })
  .readonly();
export type Cause = z.infer<typeof Cause>;

export const Verdict = z
  .object({ sentence: z.string(), cause: FindingId.nullable(), confidence: Confidence })
  .readonly();
export type Verdict = z.infer<typeof Verdict>;

/** One expected file of the layout's catalogue and what its state keeps us from knowing. */
export const CompletenessEntry = z
  .object({
    bundle: BundleId,
    expected: z.string(),
    state: z.enum(['present', 'empty', 'not-collected', 'not-installed', 'timed-out', 'truncated']),
    prevents: z.string(),
    file: z.string().nullable(),
  })
  .readonly();
export type CompletenessEntry = z.infer<typeof CompletenessEntry>;

export const CustomerAsk = z.object({ why: z.string(), command: z.string(), node: z.string().nullable() }).readonly();
export type CustomerAsk = z.infer<typeof CustomerAsk>;

/** A bundle of the case whose file is missing or damaged: nothing of it was looked at. */
export const BundleNotOpened = z
  .object({
    bundle: BundleId,
    because: z.string(),
    /** What to do about it. */
    advice: z.string(),
  })
  .readonly();
export type BundleNotOpened = z.infer<typeof BundleNotOpened>;

/** What was read, skipped, truncated and not understood, over a whole case. */
export const Coverage = z
  .object({
    files: z.number().int(),
    filesRead: z.number().int(),
    filesEmpty: z.number().int(),
    filesTruncated: z.number().int(),
    filesBinary: z.number().int(),
    filesNotOpened: z.number().int(),
    duplicates: z.number().int(),
    lines: z.number().int(),
    bytes: z.number().int(),
    /** With one for each bundle that could not be opened. */
    gaps: z.number().int(),
    bundlesNotOpened: z.array(BundleNotOpened).readonly(),
    analyzers: z.array(z.object({ id: z.string(), bundle: BundleId, outcome: Outcome }).readonly()).readonly(),
  })
  .readonly();
export type Coverage = z.infer<typeof Coverage>;

/** Ten minutes of a node with the most lines of severity warning and error in its own logs. */
export const DensestErrors = z
  .object({
    from: z.string(),
    to: z.string(),
    count: z.number().int().positive(),
    /** What the other ten minutes of these logs have on average. */
    usual: z.number().nonnegative(),
  })
  .readonly();
export type DensestErrors = z.infer<typeof DensestErrors>;

/** Everything concluded from one bundle. */
export const NodeAnalysis = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    mode: ProxyMode,
    modeBecause: z.string(),
    facts: z.array(Fact).readonly(),
    findings: z.array(Finding).readonly(),
    outcomes: z.array(z.object({ id: z.string(), bundle: BundleId, outcome: Outcome }).readonly()).readonly(),
    completeness: z.array(CompletenessEntry).readonly(),
    askCustomer: z.array(CustomerAsk).readonly(),
    /** null: no line of its logs has a severity and an instant. */
    densestErrors: DensestErrors.nullable().optional(),
  })
  .readonly();
export type NodeAnalysis = z.infer<typeof NodeAnalysis>;

/** Everything concluded from a case: `coldcase analyze`. */
export const Analysis = z
  .object({
    verdict: Verdict,
    causes: z.array(Cause).readonly(),
    findings: z.array(Finding).readonly(),
    coverage: Coverage,
    completeness: z.array(CompletenessEntry).readonly(),
    askCustomer: z.array(CustomerAsk).readonly(),
    /** Absent when no bundle is marked healthy. */
    baseline: z
      .object({
        /** Nodes that are marked healthy, by name, else by bundle. */
        nodes: z.array(z.string()).readonly(),
        /** How many findings of other nodes they show as well (`alsoOn`). */
        findings: z.number().int(),
      })
      .readonly()
      .optional(),
    nodes: z
      .array(
        z
          .object({
            bundle: BundleId,
            node: z.string().nullable(),
            mode: ProxyMode,
            modeBecause: z.string(),
            facts: z.array(Fact).readonly(),
            densestErrors: DensestErrors.nullable().optional(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type Analysis = z.infer<typeof Analysis>;
