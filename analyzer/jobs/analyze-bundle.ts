/** Everything that is concluded from one bundle alone: facts, findings, outcomes, completeness. */
import type { BundleReader } from '../core/case-reader.ts';
import { cite, findingId } from '../core/cite.ts';
import type {
  Evidence,
  Fact,
  Finding,
  FindingDraft,
  LineRef,
  NodeAnalysis,
  NonEmpty,
  Outcome,
  ProxyMode,
} from '../core/vocabulary.ts';
import { severityRank } from '../core/vocabulary.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import { statedVersions } from '../facts/stated-versions.ts';
import { layoutDefinition } from '../layouts/definitions.ts';
import { ruleOutcome } from '../rules/draft.ts';
import { matchRules, type RuleMatches } from '../rules/match.ts';
import type { Rule } from '../rules/schema.ts';
import { completeness } from './completeness.ts';
import { damageOf } from './damage-of.ts';
import { densestErrors } from './densest-errors.ts';
import { versionFacts } from './overview-facts.ts';

/** How an analyzer or rule ended, before its findings are cited. */
export type DraftOutcome =
  | { readonly outcome: 'pass'; readonly because: string }
  | { readonly outcome: 'finding'; readonly findings: readonly FindingDraft[] }
  | { readonly outcome: 'skipped'; readonly missing: string };

/** What this job needs of an analyzer. */
export interface RunnableAnalyzer {
  readonly id: string;
  readonly onlyIn?: ProxyMode | readonly ProxyMode[];
  run(facts: NodeFacts): DraftOutcome;
}

export interface AnalyzeProgress {
  readonly phase: 'facts' | 'analyzers' | 'rules' | 'evidence';
  readonly done: number;
  readonly total: number;
}

export interface AnalyzeOptions {
  readonly rules: readonly Rule[];
  readonly analyzers: readonly RunnableAnalyzer[];
  /** Facts that the caller has read already. */
  readonly facts?: NodeFacts;
  readonly isCancelled?: () => boolean;
  readonly onProgress?: (progress: AnalyzeProgress) => void;
}

type NamedOutcome = NodeAnalysis['outcomes'][number];

/**
 * Runs every analyzer and rule on one bundle. One that throws is a failed outcome naming itself and disturbs
 * no other; a cancelled run ends early with the outcomes so far (the caller discards it).
 */
export function analyzeBundle(reader: BundleReader, options: AnalyzeOptions): NodeAnalysis {
  const begun = beginBundle(reader, options);
  return begun.conclude(() =>
    matchRules(reader, options.rules, {
      ...(options.isCancelled === undefined ? {} : { isCancelled: options.isCancelled }),
      onProgress: (done, total) => options.onProgress?.({ phase: 'rules', done, total }),
    }),
  );
}

/** An analysis of which only the rules are missing. */
export interface BegunBundle {
  /** @param matches what the rules found; when it throws, every rule is a failed outcome. */
  conclude(matches: () => readonly RuleMatches[]): NodeAnalysis;
}

/** The first part of `analyzeBundle`, for who has the rules matched elsewhere meanwhile. */
export function beginBundle(reader: BundleReader, options: AnalyzeOptions): BegunBundle {
  const isCancelled = options.isCancelled ?? (() => false);
  const report = (phase: AnalyzeProgress['phase'], done: number, total: number): void =>
    options.onProgress?.({ phase, done, total });
  const collected = new Collected(reader);

  report('facts', 0, 1);
  const facts = guarded(() => options.facts ?? buildNodeFacts(reader));
  if (!facts.ok) collected.failed('node-facts', facts);
  for (const [done, analyzer] of options.analyzers.entries()) {
    if (isCancelled()) break;
    report('analyzers', done, options.analyzers.length);
    if (facts.ok && concernsAnotherMode(analyzer, facts.value.mode.mode)) continue;
    if (facts.ok) collected.add(analyzer.id, () => analyzer.run(facts.value));
    else
      collected.add(analyzer.id, () => ({ outcome: 'skipped', missing: 'facts of the node: they could not be read' }));
  }
  // Before the rules are asked for: whoever has them matched elsewhere would only wait.
  const rest = restOf(reader, facts);
  return {
    conclude(match) {
      const matches = guarded(match);
      if (matches.ok) addRules(reader, matches.value, collected);
      else for (const rule of options.rules) collected.failed(rule.id, matches);
      report('evidence', 0, 1);
      return concluded(reader, facts, rest, collected);
    },
  };
}

/** What is concluded beside findings, and rests on none. */
function restOf(reader: BundleReader, facts: Guarded<NodeFacts>) {
  const mode = facts.ok ? facts.value.mode.mode : 'unknown';
  return {
    mode,
    checked: guarded(() => completeness(reader, mode)),
    versions: guarded(() => versionFacts(reader, facts.ok ? facts.value.state.versions : statedVersions(reader))),
    densest: guarded(() => densestErrors(reader)),
  };
}

function concluded(
  reader: BundleReader,
  facts: Guarded<NodeFacts>,
  { mode, checked, versions, densest }: ReturnType<typeof restOf>,
  collected: Collected,
): NodeAnalysis {
  const { bundle } = reader;
  if (!checked.ok) collected.failed('completeness', checked);
  if (!versions.ok) collected.failed('versions', versions);
  if (!densest.ok) collected.failed('densest-errors', densest);
  return {
    bundle: bundle.id,
    node: bundle.node,
    mode,
    modeBecause: facts.ok ? facts.value.mode.because : 'the dumps could not be read',
    facts: [
      ...(bundle.node === null
        ? []
        : [{ name: 'node', value: bundle.node, because: bundle.nodeBecause, evidence: [] }]),
      { name: 'layout', value: layoutDefinition(bundle.layout).title, because: bundle.layoutBecause, evidence: [] },
      ...(facts.ok ? [modeFact(reader, facts.value), ...dumpFacts(reader, facts.value)] : []),
      ...(versions.ok ? versions.value : []),
    ],
    findings: collected.findings(),
    outcomes: collected.outcomes,
    completeness: checked.ok ? checked.value.entries : [],
    askCustomer: checked.ok ? checked.value.asks : [],
    densestErrors: densest.ok ? densest.value : null,
  };
}

/** Rules in their order. Those of recovery come to their say when there is something to recover from. */
function addRules(reader: BundleReader, matches: readonly RuleMatches[], collected: Collected): void {
  const drafted = matches.map((match) => ({ match, outcome: guarded(() => ruleOutcome(reader, match)) }));
  const failing = new Set([
    ...collected.findings().map(({ area }) => area),
    ...drafted.flatMap(({ match, outcome }) =>
      match.rule.part !== 'recovery' && outcome.ok && outcome.value.outcome === 'finding' ? [match.rule.area] : [],
    ),
  ]);
  for (const { match, outcome } of drafted) {
    const { id, part, area } = match.rule;
    if (!outcome.ok) collected.failed(id, outcome);
    else if (part === 'recovery' && outcome.value.outcome === 'finding' && !failing.has(area)) {
      const because = `what works is written, and nothing of ${area} was found that it would have ended`;
      collected.add(id, () => ({ outcome: 'pass', because }));
    } else collected.add(id, () => outcome.value);
  }
}

function modeFact(reader: BundleReader, facts: NodeFacts): Fact {
  const { mode, because, evidence } = facts.mode;
  const cited: readonly Evidence[] = isNonEmpty(evidence) ? cite(reader, evidence) : [];
  return { name: 'kube-proxy mode', value: mode, because, evidence: cited };
}

function concernsAnotherMode(analyzer: RunnableAnalyzer, mode: ProxyMode): boolean {
  return analyzer.onlyIn !== undefined && mode !== 'unknown' && ![analyzer.onlyIn].flat().includes(mode);
}

/** Which dump of each table was read, where the dumps disagree, and traces of another mode. */
function dumpFacts(reader: BundleReader, { rules, mode }: NodeFacts): readonly Fact[] {
  const read = [...new Set(rules.chosen.map((table) => table.file))];
  const noted = (name: string, list: readonly { readonly sentence: string; readonly evidence: readonly LineRef[] }[]) =>
    list.map(({ sentence, evidence }) => ({
      name,
      value: sentence,
      because: 'compared with the dump that was read',
      evidence: isNonEmpty(evidence) ? [...cite(reader, evidence)] : [],
    }));
  return [
    ...(read.length === 0
      ? []
      : [
          {
            name: 'rules read from',
            value: read.join(', '),
            because: 'the richest whole dump of each table',
            evidence: [],
          },
        ]),
    ...noted('trace of another mode', mode.contradictions).map((fact) => ({ ...fact, because: mode.because })),
    ...noted('dumps disagree', rules.disagreements),
  ];
}

function isNonEmpty(refs: readonly LineRef[]): refs is NonEmpty<LineRef> {
  return refs.length > 0;
}

type Failed = Omit<Extract<Outcome, { outcome: 'failed' }>, 'outcome'>;
type Guarded<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Failed);

function guarded<T>(work: () => T): Guarded<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error), ...damageOf(error) };
  }
}

/** Findings and outcomes of one bundle; a finding stated twice is kept once. */
class Collected {
  readonly outcomes: NamedOutcome[] = [];
  readonly #reader: BundleReader;
  readonly #findings = new Map<string, Finding>();

  constructor(reader: BundleReader) {
    this.#reader = reader;
  }

  add(id: string, run: () => DraftOutcome): void {
    const outcome = guarded<Outcome>(() => {
      const drafted = run();
      if (drafted.outcome !== 'finding') return drafted;
      // Cited first, kept together: a draft with a bad reference must not leave half of its analyzer behind.
      const findings = drafted.findings.map((draft) => this.#cited(draft));
      return { outcome: 'finding', findings: [...new Set(findings.map((finding) => this.#keep(finding)))] };
    });
    if (outcome.ok) this.outcomes.push({ id, bundle: this.#reader.bundle.id, outcome: outcome.value });
    else this.failed(id, outcome);
  }

  failed(id: string, { why, damage }: Failed): void {
    const outcome: Outcome = { outcome: 'failed', why: `${id}: ${why}`, ...(damage === undefined ? {} : { damage }) };
    this.outcomes.push({ id, bundle: this.#reader.bundle.id, outcome });
  }

  /** Worst first; then by id, so that the order does not depend on names or on the order of files. */
  findings(): readonly Finding[] {
    return [...this.#findings.values()].sort(
      (one, two) => severityRank(two.severity) - severityRank(one.severity) || (one.id < two.id ? -1 : 1),
    );
  }

  #cited(draft: FindingDraft): Finding {
    const { bundle } = this.#reader;
    const evidence = cite(this.#reader, draft.evidence);
    const id = findingId(draft.rule, bundle.node, evidence);
    return { ...draft, id, bundle: bundle.id, node: bundle.node, evidence: evidence as Finding['evidence'] };
  }

  #keep(finding: Finding): Finding['id'] {
    const known = this.#findings.get(finding.id);
    if (known === undefined || known.claim === finding.claim) {
      this.#findings.set(finding.id, known ?? finding);
      return finding.id;
    }
    // Two claims of one rule about the same lines: what they are about tells them apart.
    const subject =
      finding.entities
        .map((entity) => `${entity.kind} ${entity.name}`)
        .sort()
        .join('\n') || finding.claim;
    const id = findingId(finding.rule, finding.node, finding.evidence, subject);
    if (!this.#findings.has(id)) this.#findings.set(id, { ...finding, id });
    return id;
  }
}
