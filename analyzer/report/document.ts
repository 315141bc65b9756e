/**
 * A report before it has a format: plain data, every text as it was captured or written. All formats are made of this and
 * nothing else, so they say the same; as JSON it is itself a format. A section that is not shown has no content here.
 */
import * as z from 'zod';
import { ReportReference } from '../contract/report.ts';
import { BundleId, FileId, FindingId } from '../core/ids.ts';
import { PinnedAnswer, ReportSectionKind } from '../core/report.ts';
import {
  Advice,
  BundleNotOpened,
  CompletenessEntry,
  Confidence,
  Entity,
  Gap,
  Owner,
  ProxyMode,
  Severity,
} from '../core/vocabulary.ts';

/** Changes when a key is removed or changes its meaning. */
export const REPORT_SCHEMA = 'coldcase-report/2';

const listOf = <T extends z.ZodType>(one: T) => z.array(one).readonly();
/** Of a reference of this report: `F2.1`, `L3`, `A1.4`, `N1.2`. */
const Label = z.string().max(40);
const Labels = listOf(Label);

/** The order of the report. `text`: the engineer's words at its beginning; empty: none. */
export const DocumentSection = z.object({ kind: ReportSectionKind, heading: z.string(), text: z.string() }).readonly();
export type DocumentSection = z.infer<typeof DocumentSection>;

export const DocumentLine = z
  .object({
    number: z.number().int(),
    text: z.string(),
    /** Characters of this line that are left out behind its text. */
    more: z.number().int(),
  })
  .readonly();
export type DocumentLine = z.infer<typeof DocumentLine>;

/** Cited lines. The hash is of the bytes from `byteStart` to `byteEnd`, also where not all of their text is shown. */
export const DocumentEvidence = z
  .object({
    label: Label,
    file: z.string(),
    line: z.number().int(),
    endLine: z.number().int(),
    lines: listOf(DocumentLine),
    sha256: z.string(),
    bundle: BundleId,
    node: z.string().nullable(),
    fileId: FileId,
    byteStart: z.number().int(),
    byteEnd: z.number().int(),
    note: z.string().nullable(),
    /** Cited lines that are not shown. */
    moreLines: z.number().int(),
    /** Context; no part of what the hash covers. */
    before: listOf(DocumentLine),
    after: listOf(DocumentLine),
  })
  .readonly();
export type DocumentEvidence = z.infer<typeof DocumentEvidence>;

export const DocumentFinding = z
  .object({
    /** `F1`, `F2` ... in the order of the report. */
    label: Label,
    id: FindingId,
    rule: z.string(),
    title: z.string(),
    claim: z.string(),
    severity: Severity,
    confidence: Confidence,
    owner: Owner,
    node: z.string().nullable(),
    bundle: BundleId,
    /** `cited`: not chosen by the engineer, but the verdict or a cause rests on it. */
    chosen: z.enum(['chosen', 'cited']),
    first: z.string().nullable(),
    last: z.string().nullable(),
    count: z.number().int(),
    evidence: listOf(DocumentEvidence),
    entities: listOf(Entity),
    userNotices: z.string(),
    advice: Advice,
    /** Nodes marked healthy that show the same. */
    alsoOn: listOf(z.string()),
    /** The engineer's. */
    note: z.string(),
  })
  .readonly();
export type DocumentFinding = z.infer<typeof DocumentFinding>;

export const DocumentCause = z
  .object({
    rank: z.number().int(),
    /** Label of the finding that is the cause. */
    finding: Label,
    because: z.string(),
    explains: Labels,
    /** Findings it explains that this report leaves out. */
    explainsElsewhere: z.number().int(),
    changesIf: listOf(z.string()),
  })
  .readonly();
export type DocumentCause = z.infer<typeof DocumentCause>;

/** A line that the engineer keeps: `L1` ... */
export const DocumentKeptLine = z.object({ label: Label, note: z.string(), evidence: DocumentEvidence }).readonly();
export type DocumentKeptLine = z.infer<typeof DocumentKeptLine>;

export const DocumentTable = z
  .object({
    caption: z.string(),
    columns: listOf(z.string()),
    /** `cites`: labels of the references that a row rests on. As many cells as columns. */
    rows: listOf(z.object({ cells: listOf(z.string()), cites: Labels }).readonly()),
  })
  .readonly();
export type DocumentTable = z.infer<typeof DocumentTable>;

/** A pinned answer, asked again for this report: `A1` ... */
export const DocumentAnswer = z
  .object({
    label: Label,
    method: PinnedAnswer.unwrap().shape.method,
    /** The section it stands in. */
    section: ReportSectionKind,
    title: z.string(),
    /** What was asked, in words. */
    question: z.string(),
    /** The engineer's. */
    note: z.string(),
    /** Why it could not be answered this time; null when it was. */
    failed: z.string().nullable(),
    sentences: listOf(z.string()),
    tables: listOf(DocumentTable),
  })
  .readonly();
export type DocumentAnswer = z.infer<typeof DocumentAnswer>;

/** When the events of a finding happened. */
export const DocumentMoment = z
  .object({ finding: Label, title: z.string(), node: z.string().nullable(), first: z.string(), last: z.string() })
  .readonly();
export type DocumentMoment = z.infer<typeof DocumentMoment>;

export const DocumentFact = z
  .object({ name: z.string(), value: z.string(), because: z.string(), cites: Labels })
  .readonly();

export const DocumentNode = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    mode: ProxyMode,
    modeBecause: z.string(),
    facts: listOf(DocumentFact),
  })
  .readonly();
export type DocumentNode = z.infer<typeof DocumentNode>;

/** What was read, and what is not known. */
export const DocumentCoverage = z
  .object({
    sentence: z.string(),
    bundlesNotOpened: listOf(BundleNotOpened),
    gaps: listOf(Gap.unwrap().extend({ bundle: BundleId }).readonly()),
    gapsNotListed: z.number().int(),
    /** Expected files that are anything but present. */
    incomplete: listOf(CompletenessEntry),
    /** Expected files there are at all. */
    expected: z.number().int(),
    checks: z.string(),
    unusedRules: listOf(z.string()),
    /** Checks that did not run; `lacking` null: they failed. */
    notRun: listOf(
      z
        .object({
          bundle: BundleId,
          lacking: z.string().nullable(),
          ids: listOf(z.string()),
          reasons: listOf(z.string()),
        })
        .readonly(),
    ),
  })
  .readonly();
export type DocumentCoverage = z.infer<typeof DocumentCoverage>;

export const DocumentBundle = z
  .object({
    id: BundleId,
    sha256: z.string(),
    name: z.string(),
    node: z.string().nullable(),
    nodeBecause: z.string(),
    layout: z.string(),
    layoutBecause: z.string(),
    collectedAt: z.string().nullable(),
    importedAt: z.string(),
    files: z.number().int(),
    lines: z.number().int(),
    bytes: z.number().int(),
    outcome: z.enum(['complete', 'with-gaps']),
    markedHealthy: z.boolean(),
  })
  .readonly();
export type DocumentBundle = z.infer<typeof DocumentBundle>;

/** report/redaction/statement.ts as a schema. */
const Redaction = z
  .object({
    profiles: listOf(z.object({ id: z.string(), title: z.string(), about: z.string() }).readonly()),
    replaced: listOf(
      z.object({ kind: z.string(), title: z.string(), values: z.number().int(), places: z.number().int() }).readonly(),
    ),
    kept: listOf(z.string()),
  })
  .readonly();

export const CaseDocument = z
  .object({
    schema: z.literal(REPORT_SCHEMA),
    title: z.string(),
    template: z.string(),
    /** ISO instant. */
    generatedAt: z.string(),
    /** `rules`: how many there were. */
    generatedBy: z.object({ name: z.string(), version: z.string(), rules: z.number().int() }).readonly(),
    sections: listOf(DocumentSection),
    /** null: not shown, as in all that follows where it is empty. */
    verdict: z
      .object({
        sentence: z.string(),
        confidence: Confidence,
        /** Label of the finding it rests on. */
        finding: Label.nullable(),
      })
      .readonly()
      .nullable(),
    causes: listOf(DocumentCause),
    /** Also without a section of findings: those that the verdict, the causes and the timeline name. */
    findings: listOf(DocumentFinding),
    findingsNotInReport: z.number().int(),
    kept: listOf(DocumentKeptLine),
    timeline: listOf(DocumentMoment),
    answers: listOf(DocumentAnswer),
    askCustomer: listOf(z.object({ why: z.string(), command: z.string(), node: z.string().nullable() }).readonly()),
    coverage: DocumentCoverage.nullable(),
    nodes: listOf(DocumentNode),
    /** Always all: references name them. */
    bundles: listOf(DocumentBundle),
    /** Lines of places that only answers and facts cite, each place once, under the first label it has. */
    excerpts: listOf(DocumentEvidence),
    /** Every place that is cited anywhere in the report. */
    references: listOf(ReportReference),
    /** null: nothing was replaced. */
    redaction: Redaction.nullable(),
  })
  .readonly();
export type CaseDocument = z.infer<typeof CaseDocument>;
