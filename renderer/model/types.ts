/** The words of the contract as the renderer uses them. Types only: no schema reaches the window. */
import type { CaseSummary, MethodInput, MethodOutput, RecentCase } from '../../analyzer/contract/contract.ts';
import type { SearchAnswer, SearchMatch } from '../../analyzer/contract/search.ts';
import type { Bookmark, FindingMark, Highlighter, SavedSearch } from '../../analyzer/core/notebook.ts';
import type {
  CheckedReference,
  PinnedAnswer,
  RedactionChoice,
  RedactionPreview,
  ReportCheck,
  ReportDraft,
  ReportSection,
  ReportSectionKind,
} from '../../analyzer/core/report.ts';

export type { RedactionProfileRow, ReportFormat, ReportTemplate } from '../../analyzer/contract/report.ts';
export type {
  Bookmark,
  CaseSummary,
  CheckedReference,
  FindingMark,
  Highlighter,
  PinnedAnswer,
  RecentCase,
  RedactionChoice,
  RedactionPreview,
  ReportCheck,
  ReportDraft,
  ReportSection,
  ReportSectionKind,
  SavedSearch,
  SearchAnswer,
  SearchMatch,
};

export type CaseId = CaseSummary['id'];
export type Bundle = CaseSummary['bundles'][number];
export type BundleId = Bundle['id'];
export type Gap = Bundle['gaps'][number];
export type Failure = CaseSummary['unreadable'][number];
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export type Analysis = MethodOutput<'case.analysis'>;
export type Finding = Analysis['findings'][number];
export type FindingId = Finding['id'];
export type Cause = Analysis['causes'][number];
export type Evidence = Finding['evidence'][number];
export type Severity = Finding['severity'];
export type NodeFacts = Analysis['nodes'][number];
export type CompletenessEntry = Analysis['completeness'][number];
export type CustomerAsk = Analysis['askCustomer'][number];
export type Coverage = Analysis['coverage'];

export type SourceFile = MethodOutput<'file.list'>[number];
export type Line = MethodOutput<'file.lines'>['lines'][number];
export type Job = MethodOutput<'job.wait'>;
export type JobId = Job['id'];
export type ImportResult = Job['imports'][number];
export type About = MethodOutput<'engine.about'>;
export type ReportDocument = MethodOutput<'report.build'>;
export type ReportPack = MethodOutput<'report.pack'>;
export type RedactedValue = RedactionPreview['entries'][number];

export type ServicesAnswer = MethodOutput<'network.services'>;
export type ServiceRow = ServicesAnswer['services'][number];
export type ServiceEndpoint = ServiceRow['endpoints'][number];
export type HealthLevel = ServiceRow['health']['level'];
export type NetworkNode = ServicesAnswer['nodes'][number];
export type LineLink = ServiceRow['evidence'][number];
export type ServiceGraph = MethodOutput<'network.graph'>;
export type GraphNode = ServiceGraph['nodes'][number];
export type GraphEdge = ServiceGraph['edges'][number];
export type TraceNames = MethodOutput<'network.names'>;
export type Trace = MethodOutput<'network.trace'>;
export type TraceOutcome = Trace['outcomes'][number];
export type TraceStep = TraceOutcome['steps'][number];
export type AddressAnswer = MethodOutput<'network.lookup'>;
export type AddressFact = AddressAnswer['facts'][number];
export type RawChain = MethodOutput<'network.chains'>[number];
export type RawChainAnswer = MethodOutput<'network.chain'>;
export type RawRule = RawChainAnswer['rules'][number];

export type RunbooksAnswer = MethodOutput<'runbooks.list'>;
export type ListedRunbook = RunbooksAnswer['runbooks'][number];
export type RunbookReason = ListedRunbook['suggested'][number];
export type BrokenRunbook = RunbooksAnswer['broken'][number];
export type RunbookContents = MethodOutput<'runbooks.get'>;
export type RunbookResult = MethodOutput<'runbooks.run'>;
export type RunbookHead = RunbookResult['runbook'];
export type RunbookStep = RunbookResult['steps'][number];
export type StepEnd = RunbookStep['end'];
export type SafetyRating = RunbookResult['mitigation'][number]['safety'];

export type SettingsAnswer = MethodOutput<'settings.get'>;
export type Settings = SettingsAnswer['settings'];
export type RaisableLimit = SettingsAnswer['limits'][number];
export type RulesAnswer = MethodOutput<'rules.list'>;
export type ListedRule = RulesAnswer['rules'][number];
export type RejectedRuleFile = RulesAnswer['rejected'][number];

export type TimelineHistogram = MethodOutput<'timeline.histogram'>;
export type TimelineLane = TimelineHistogram['lanes'][number];
export type TimelineGap = TimelineHistogram['gaps'][number];
export type TimelineMarker = TimelineHistogram['markers'][number];
export type MergedPage = MethodOutput<'timeline.lines'>;
export type MergedLine = MergedPage['lines'][number];
export type Correlation = MethodOutput<'correlate.run'>;
export type CorrelatedEvent = Correlation['events'][number];
export type FoundChain = Correlation['chains'][number];

export type Comparison = MethodOutput<'compare.run'>;
export type Difference = Comparison['differences'][number];
export type ComparedSide = Comparison['sides'][number];
export type SideValue = Difference['values'][number];
export type DifferingText = Comparison['texts'][number];
export type TextComparison = MethodOutput<'compare.text'>;
export type TextHunk = TextComparison['hunks'][number];
export type Fleet = MethodOutput<'case.fleet'>;
export type FleetNode = Fleet['nodes'][number];
export type FleetGroup = Fleet['groups'][number];
export type ClockAlignments = MethodOutput<'clocks.align'>;
export type ClockAlignment = ClockAlignments['nodes'][number];
export type ClockOverride = MethodOutput<'clock.overrides'>[number];
export type ClockOverrideRequest = MethodInput<'clock.override'>['override'];
export type FileClock = SourceFile['clock'];

/** Worst first. */
export const SEVERITY_ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Something fetched from the engine: never asked for, on its way, here, or refused. */
export type Loadable<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: Failure };
