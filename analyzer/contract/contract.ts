/**
 * The one API table. A method added here exists at once for the desktop, the web host and the command line.
 * Schemas and types only: this file is imported by the renderer.
 */
import * as z from 'zod';
import { ClockOverride, ClockOverrideRequest } from '../core/clock-override.ts';
import { Failure } from '../core/failure.ts';
import { TimeBasis } from '../core/file-clock.ts';
import { BundleId, CaseId, FileId, FindingId, JobId } from '../core/ids.ts';
import { Job } from '../core/job.ts';
import { LINES_PER_CALL_MAX } from '../core/limits.ts';
import { Analysis, Bundle, Evidence, Finding, ProxyMode, Severity, SourceFile } from '../core/vocabulary.ts';
import { BookmarkSet, FileBytes, FileCite, FileLineAt, FileParsed, FileSpans, LinkFollow } from './files.ts';
import {
  AddressAnswer,
  Flow,
  RawChain,
  RawChainAnswer,
  ServiceGraph,
  ServicesAnswer,
  Trace,
  TraceNames,
} from './network.ts';
import {
  BookmarkList,
  BookmarkRemove,
  HighlighterList,
  HighlighterSet,
  MarkList,
  MarkSet,
  SearchRemember,
  SearchSave,
  SearchSaved,
  SearchUnsave,
} from './notebook.ts';
import {
  PinList,
  PinRemove,
  PinSet,
  RedactionProfiles,
  ReportBuild,
  ReportDraftGet,
  ReportDraftKeep,
  ReportPack,
  ReportRedaction,
  ReportTemplates,
  ReportUnredact,
  ReportVerify,
} from './report.ts';
import { RunbooksGet, RunbooksList, RunbooksRun } from './runbooks.ts';
import {
  FileFind,
  FileMatchMap,
  SearchAnswer,
  SearchCancel,
  SearchInput,
  SearchPage,
  SearchPageInput,
  SearchProgress,
} from './search.ts';
import { RulesList, SettingsGet, SettingsSet } from './settings.ts';
import {
  CaseFleet,
  ClocksAlign,
  CompareRun,
  CompareText,
  CorrelateRun,
  TimelineHistogramOf,
  TimelineLines,
} from './timeline.ts';

export const CaseSummary = z
  .object({
    id: CaseId,
    title: z.string(),
    bundles: z.array(Bundle).readonly(),
    /** Bundle files of this case that could not be opened; the others still can. */
    unreadable: z.array(Failure).readonly(),
  })
  .readonly();
export type CaseSummary = z.infer<typeof CaseSummary>;

export const RecentCase = z
  .object({
    id: CaseId,
    title: z.string(),
    openedAt: z.string(),
    bundles: z.number().int(),
    nodes: z.array(z.string()).readonly(),
    /** Sentence of the last verdict, null before the first analysis. */
    verdict: z.string().nullable(),
    /** Severity of the verdict's cause; null when none was found or none is known yet. */
    severity: Severity.nullable(),
  })
  .readonly();
export type RecentCase = z.infer<typeof RecentCase>;

export const ChainTable = z
  .object({
    family: z.enum(['IPv4', 'IPv6']),
    table: z.string(),
    file: z.string(),
    chains: z.number().int(),
    rules: z.number().int(),
    counters: z.enum(['packets', 'none']),
  })
  .readonly();
export type ChainTable = z.infer<typeof ChainTable>;

export const ChainsAnswer = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    mode: ProxyMode,
    modeBecause: z.string(),
    tables: z.array(ChainTable).readonly(),
    findings: z.array(Finding).readonly(),
    /** What the chain analysis could not look at, one sentence each. */
    notLookedAt: z.array(z.string()).readonly(),
  })
  .readonly();
export type ChainsAnswer = z.infer<typeof ChainsAnswer>;

/** One line of `check kube-proxy`, e.g. {level: 'OK', text: 'kube-proxy mode: iptables'}. */
export const CheckLine = z
  .object({
    level: z.enum(['OK', 'INFO', 'WARN', 'ISSUE']),
    text: z.string(),
    evidence: z.array(Evidence).readonly(),
    /** What to do next; empty for lines that are as they should be. */
    actions: z.array(z.string()).readonly(),
    /** The rule whose finding says the same of the same lines; null where none does. */
    rule: z.string().nullable(),
  })
  .readonly();
export type CheckLine = z.infer<typeof CheckLine>;

export const KubeProxyCheck = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    podIp: z.string().nullable(),
    lines: z.array(CheckLine).readonly(),
  })
  .readonly();
export type KubeProxyCheck = z.infer<typeof KubeProxyCheck>;

export const LinesAnswer = z
  .object({
    file: SourceFile,
    lines: z
      .array(
        z
          .object({
            number: z.number().int(),
            byteStart: z.number().int(),
            byteEnd: z.number().int(),
            text: z.string(),
            /** ISO instant; of a line without a stamp that of the line before. */
            time: z.string().nullable(),
            timeBasis: TimeBasis.nullable(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type LinesAnswer = z.infer<typeof LinesAnswer>;

const inCase = { caseId: CaseId };
const method = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });

/** method name -> input and output schema. Names read `noun.verb`. */
export const CONTRACT = {
  'engine.about': method(
    z.object({}),
    z
      .object({
        version: z.string(),
        runtime: z.string(),
        casesFolder: z.string(),
        rules: z.number().int(),
        analyzers: z.number().int(),
      })
      .readonly(),
  ),
  'case.recent': method(z.object({}), z.array(RecentCase).readonly()),
  /** Makes an empty case. Without `dir` it is placed in the cases folder under a new name. */
  'case.create': method(z.object({ title: z.string().max(200).nullable(), dir: z.string().nullable() }), CaseSummary),
  'case.open': method(z.object(inCase), CaseSummary),
  /** Opens the sample case, importing the shipped sample archive when it is not there yet. */
  'case.sample': method(z.object({}), z.object({ case: CaseSummary, job: JobId.nullable() }).readonly()),
  /** Starts an import job; `node` and `layout` override what would be recognised. */
  'case.import': method(
    z.object({
      ...inCase,
      paths: z.array(z.string().min(1)).min(1),
      node: z.string().nullable(),
      layout: z.string().nullable(),
      mark: z.enum(['healthy']).nullable(),
    }),
    z.object({ job: JobId }).readonly(),
  ),
  /** The analysis of everything in the case; computed in a worker when it is not yet known for these bundles. */
  'case.analysis': method(z.object(inCase), Analysis),
  'finding.list': method(
    z.object({ ...inCase, severity: Severity.nullable(), node: z.string().nullable(), rule: z.string().nullable() }),
    z.array(Finding).readonly(),
  ),
  'finding.get': method(z.object({ ...inCase, finding: FindingId }), Finding),
  'file.list': method(z.object(inCase), z.array(SourceFile).readonly()),
  'file.lines': method(
    z.object({
      ...inCase,
      bundle: BundleId,
      file: z.string(),
      from: z.number().int().positive(),
      count: z.number().int().positive().max(LINES_PER_CALL_MAX),
    }),
    LinesAnswer,
  ),
  'file.lineAt': FileLineAt,
  'file.spans': FileSpans,
  'file.bytes': FileBytes,
  'file.parsed': FileParsed,
  'file.cite': FileCite,
  'link.follow': LinkFollow,
  'bookmark.list': BookmarkList,
  'bookmark.set': BookmarkSet,
  'bookmark.remove': BookmarkRemove,
  'search.saved': SearchSaved,
  'search.save': SearchSave,
  'search.unsave': SearchUnsave,
  'search.remember': SearchRemember,
  'highlighter.list': HighlighterList,
  'highlighter.set': HighlighterSet,
  'mark.list': MarkList,
  'mark.set': MarkSet,
  /** What the engineer says about clocks, in the order in which it was said. Files tell their clock in `file.list`. */
  'clock.overrides': method(z.object(inCase), z.array(ClockOverride).readonly()),
  /**
   * Sets a zone or a shift, in the place of one for the same files (`replaced`, to undo). Fails with `wrong-usage` when
   * the value cannot be used, or when no file of the case is meant.
   */
  'clock.override': method(
    z.object({ ...inCase, override: ClockOverrideRequest }),
    z
      .object({
        set: ClockOverride,
        replaced: ClockOverride.nullable(),
        /** Files whose clock it changes now. */
        files: z.number().int(),
      })
      .readonly(),
  ),
  /** Takes overrides back (all of them: null): what was inferred counts again. Answers with those that there were. */
  'clock.restore': method(
    z.object({ ...inCase, overrides: z.array(z.number().int()).nullable() }),
    z.array(ClockOverride).readonly(),
  ),
  /**
   * Answers when every line was looked at, or when it was stopped. A query that is wrong fails with `wrong-usage`; `where`
   * of the failure is `START-END` in the query, in UTF-16 units.
   */
  'search.run': method(SearchInput, SearchAnswer),
  /** Matches behind those of an earlier answer to the same question: `after` is its `next`. */
  'search.page': method(SearchPageInput, SearchPage),
  'search.cancel': method(SearchCancel.input, SearchCancel.output),
  /** The nearest matching line of a file, null when there is none. */
  'file.find': method(FileFind.input, FileFind.output),
  /** Where in a file lines match. */
  'file.matchMap': method(FileMatchMap.input, FileMatchMap.output),
  'chains.analyze': method(z.object({ ...inCase, node: z.string().nullable() }), z.array(ChainsAnswer).readonly()),
  /** Services as the captured rules of every node (or one) make them. */
  'network.services': method(z.object({ ...inCase, node: z.string().nullable() }), ServicesAnswer),
  /** @param service id of a ServiceRow. */
  'network.graph': method(
    z.object({ ...inCase, bundle: BundleId, service: z.string().max(1000), family: z.enum(['IPv4', 'IPv6']) }),
    ServiceGraph,
  ),
  'network.names': method(z.object({ ...inCase, node: z.string().nullable() }), TraceNames),
  /**
   * Traces one packet through the captured rules of one node. `from`: an address or `node`; `to`: `ip:port`, `[v6]:port`,
   * an address alone, or `namespace/name[:port]`. Fails with `wrong-usage` and the nearest names when it names nothing.
   */
  'network.trace': method(
    z.object({
      ...inCase,
      /** Bundle or node; both null is enough when the case holds one node. */
      bundle: BundleId.nullable(),
      node: z.string().nullable(),
      from: z.string().max(200),
      to: z.string().max(1000),
      protocol: z.string().max(20).default('tcp'),
      inInterface: z.string().max(50).nullable(),
      state: z.enum(['new', 'established']).default('new'),
    }),
    Trace,
  ),
  /** Traces many flows, answers in their order; steps only when asked for. */
  'network.traceFlows': method(
    z.object({
      ...inCase,
      bundle: BundleId.nullable(),
      node: z.string().nullable(),
      flows: z.array(Flow).max(100_000),
      steps: z.boolean(),
    }),
    z.array(Trace).readonly(),
  ),
  /** Who an address is: everything captured that names it as a whole address. */
  'network.lookup': method(
    z.object({ ...inCase, node: z.string().nullable(), address: z.string().max(200) }),
    AddressAnswer,
  ),
  'network.chains': method(z.object({ ...inCase, node: z.string().nullable() }), z.array(RawChain).readonly()),
  'network.chain': method(
    z.object({
      ...inCase,
      bundle: BundleId,
      fileId: FileId,
      family: z.string(),
      table: z.string(),
      chain: z.string(),
    }),
    RawChainAnswer,
  ),
  'kubeProxy.check': method(
    z.object({ ...inCase, node: z.string().nullable(), podIp: z.string().nullable() }),
    z.array(KubeProxyCheck).readonly(),
  ),
  /** Runbooks, and why they fit a case; broken ones are listed beside them. */
  'runbooks.list': RunbooksList,
  'runbooks.get': RunbooksGet,
  'runbooks.run': RunbooksRun,
  /** Lines by time, severity and lane, with gaps and findings. */
  'timeline.histogram': TimelineHistogramOf,
  'timeline.lines': TimelineLines,
  /** How the clocks of the nodes stand against each other, by what several of them saw. */
  'clocks.align': ClocksAlign,
  'correlate.run': CorrelateRun,
  'compare.run': CompareRun,
  'compare.text': CompareText,
  /** All nodes of a case beside each other. */
  'case.fleet': CaseFleet,
  /** Templates, pinned answers and the kept draft: what reports are made of. */
  'report.templates': ReportTemplates,
  'report.profiles': RedactionProfiles,
  'report.draft': ReportDraftGet,
  'report.keepDraft': ReportDraftKeep,
  'pin.list': PinList,
  'pin.set': PinSet,
  'pin.remove': PinRemove,
  'report.build': ReportBuild,
  'report.redaction': ReportRedaction,
  'report.pack': ReportPack,
  'report.verify': ReportVerify,
  'report.unredact': ReportUnredact,
  'settings.get': SettingsGet,
  'settings.set': SettingsSet,
  'rules.list': RulesList,
  'job.list': method(z.object({}), z.array(Job).readonly()),
  'job.cancel': method(z.object({ job: JobId }), Job),
  /** Answers when the job has ended. */
  'job.wait': method(z.object({ job: JobId }), Job),
} as const;

export type Contract = typeof CONTRACT;
export type MethodName = keyof Contract;
/** What a caller passes (defaults may be left out). */
export type MethodInput<M extends MethodName> = z.input<Contract[M]['input']>;
/** What the engine receives after validation. */
export type MethodArguments<M extends MethodName> = z.output<Contract[M]['input']>;
export type MethodOutput<M extends MethodName> = z.output<Contract[M]['output']>;

/** event name -> payload schema. */
export const EVENTS = {
  onDidChangeJob: Job,
  onDidChangeCase: z.object({ caseId: CaseId }).readonly(),
  onDidProgressSearch: SearchProgress,
} as const;
export type EventName = keyof typeof EVENTS;
export type EventPayload<E extends EventName> = z.output<(typeof EVENTS)[E]>;

/** @returns true when `name` is a method of the contract (own keys only: `constructor` is none). */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(CONTRACT, name);
}
