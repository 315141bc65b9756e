/** From what each bundle shows to one answer: ranked causes, a verdict in plain words, and what was not looked at. */
import { gapSentence } from '../core/gap-sentence.ts';
import {
  countedUnusedRules,
  type DamagedBundle,
  damagedBundles,
  damagedSentence,
  notRunGroups,
  notRunSummary,
  unusedRules,
} from '../core/not-run.ts';
import { someOf } from '../core/some-of.ts';
import {
  type Analysis,
  type Bundle,
  type BundleNotOpened,
  type Coverage,
  type CustomerAsk,
  type Finding,
  type NodeAnalysis,
  type SourceFile,
  severityRank,
  type Verdict,
} from '../core/vocabulary.ts';
import { layoutDefinition } from '../layouts/definitions.ts';
import { counted, notOpenedSentence } from '../report/model.ts';
import { annotated, baselineOf } from './baseline.ts';
import { mattersInMode, NETFILTER_ROLES } from './completeness.ts';
import { confirmedFindings } from './confirmed-findings.ts';
import { type RankedCause, rankCauses } from './rank-causes.ts';

/** Checks that follow a packet into the Service rules of a mode: without one that could run nothing is known of them. */
const SERVICE_CHECKS: readonly string[] = [
  'kube-services-empty',
  'chain-not-hooked',
  'svc-no-endpoints',
  'ipvs-vs-missing',
];

/** Things named in a sentence before it says "and N more". */
const NAMED_MAX = 3;

/**
 * @param nodes one analysis a bundle, in any order.
 * @param bundles all bundles of the case that could be opened.
 * @param files all source files of the case, folded copies included.
 * @param across what shows when the bundles are held against each other.
 * @param notOpened the other bundles of the case.
 */
export function concludeCase(
  nodes: readonly NodeAnalysis[],
  bundles: readonly Bundle[],
  files: readonly SourceFile[],
  across: Pick<NodeAnalysis, 'findings' | 'outcomes'> = { findings: [], outcomes: [] },
  notOpened: readonly BundleNotOpened[] = [],
): Analysis {
  const healthy = new Set(bundles.filter((bundle) => bundle.markedHealthy).map((bundle) => bundle.id));
  const sorted = [...nodes].sort(
    (one, two) =>
      Number(healthy.has(one.bundle)) - Number(healthy.has(two.bundle)) || compareText(one.bundle, two.bundle),
  );
  const stated = distinctFindings([...sorted.flatMap((node) => node.findings), ...across.findings]);
  const findings = annotated(confirmedFindings(stated), bundles);
  // What a bundle marked healthy shows as well is listed, but it is not what is wrong with the others.
  const suspect = findings.filter((finding) => !healthy.has(finding.bundle));
  const causes = rankCauses(
    nodes.some((node) => !healthy.has(node.bundle)) ? suspect : findings,
    sorted.flatMap((node) => node.outcomes),
  );
  const ground = { nodes: sorted, bundles, files, across: across.outcomes, notOpened };
  return {
    verdict: withLost(verdict(causes, ground), notOpened, damagedBundles(outcomesOf(ground))),
    causes: causes.map((ranked) => ranked.cause),
    findings: inCauseOrder(findings, causes),
    coverage: coverage(ground),
    completeness: sorted.flatMap((node) => node.completeness),
    askCustomer: distinctAsks(sorted.flatMap((node) => node.askCustomer)),
    ...(healthy.size === 0 ? {} : { baseline: baselineOf(findings, bundles) }),
    nodes: sorted.map(({ bundle, node, mode, modeBecause, facts, densestErrors }) => ({
      bundle,
      node,
      mode,
      modeBecause,
      facts,
      densestErrors: densestErrors ?? null,
    })),
  };
}

function compareText(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}

/** Two bundles of one node that hold the same lines state the same finding, with the same id: it is of both. */
function distinctFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...Map.groupBy(findings, ({ id }) => id).values()].flatMap(([first, ...others]): Finding[] => {
    if (first === undefined) return [];
    const alsoIn = [...new Set(others.map(({ bundle }) => bundle))].filter((bundle) => bundle !== first.bundle);
    return [alsoIn.length === 0 ? first : { ...first, alsoIn }];
  });
}

/** Causes as ranked, each followed by what it explains; then the rest, worst first. */
function inCauseOrder(findings: readonly Finding[], causes: readonly RankedCause[]): readonly Finding[] {
  const led = causes.flatMap((ranked) => [ranked.finding, ...ranked.explained]);
  const rest = findings
    .filter((finding) => !led.includes(finding))
    .sort((one, two) => severityRank(two.severity) - severityRank(one.severity) || compareText(one.id, two.id));
  return [...new Set([...led, ...rest])];
}

function distinctAsks(asks: readonly CustomerAsk[]): readonly CustomerAsk[] {
  return [...new Map(asks.map((ask) => [`${ask.node ?? ''}\n${ask.command}`, ask])).values()];
}

/** What was concluded from. */
interface Ground {
  readonly nodes: readonly NodeAnalysis[];
  readonly bundles: readonly Bundle[];
  readonly files: readonly SourceFile[];
  /** Outcomes of the case as a whole. */
  readonly across: NodeAnalysis['outcomes'];
  readonly notOpened: readonly BundleNotOpened[];
}

/** Whatever is concluded is of the rest alone: of the other bundles, and of what could be read of the damaged ones. */
function withLost(
  { sentence, cause, confidence }: Verdict,
  notOpened: readonly BundleNotOpened[],
  damaged: readonly DamagedBundle[],
): Verdict {
  if (notOpened.length + damaged.length === 0) return { sentence, cause, confidence };
  return {
    sentence: [
      sentence,
      ...firstOf(notOpened.map(notOpenedSentence), 'could not be opened'),
      ...firstOf(damaged.map(damagedSentence), 'damaged'),
    ]
      .filter((one) => one !== '')
      .join(' '),
    cause,
    // Of a case that was not read whole it cannot be likely that nothing is wrong.
    confidence: cause === null ? { ...confidence, level: 'possible' } : confidence,
  };
}

/** @param sentences one a bundle. @returns the first ones; the coverage has all. */
function firstOf(sentences: readonly string[], what: 'could not be opened' | 'damaged'): readonly string[] {
  const more = sentences.length - NAMED_MAX;
  const how = what === 'damaged' ? (more === 1 ? 'is damaged' : 'are damaged') : what;
  return [...sentences.slice(0, NAMED_MAX), ...(more > 0 ? [`${counted(more, 'more bundle')} ${how}.`] : [])];
}

function outcomesOf({ nodes, across }: Pick<Ground, 'nodes' | 'across'>): NodeAnalysis['outcomes'] {
  return [...nodes.flatMap((node) => node.outcomes), ...across];
}

function verdict(causes: readonly RankedCause[], { nodes, bundles, files, across, notOpened }: Ground): Verdict {
  const ofNodes = nodes.filter((node) => hasRuleDumps(node, files) || !isOfCluster(node, bundles, files));
  const unseen = ofNodes.filter((node) => !rulesCaptured(node, files));
  const [first] = causes;
  if (first !== undefined) {
    const notSeen = unseen.length === 0 ? '' : ` The Service rules of ${listNodes(unseen)} were not captured.`;
    return {
      sentence: `${causeSentence(first, causes)}${whenSentence(first.finding, nodes)}${notSeen}`,
      cause: first.finding.id,
      confidence: first.finding.confidence,
    };
  }
  if (nodes.length === 0 && notOpened.length > 0) {
    // The sentences of these bundles are all that there is to say.
    return {
      sentence: '',
      cause: null,
      confidence: { level: 'possible', because: 'no bundle of the case could be opened' },
    };
  }
  if (nodes.length === 0) {
    return {
      sentence: 'Nothing has been analyzed yet.',
      cause: null,
      confidence: { level: 'possible', because: 'the case holds no bundle' },
    };
  }
  if (bundles.length > 0 && bundles.every((bundle) => bundle.lines === 0)) {
    const why = bundles.flatMap((bundle) => bundle.gaps).find((gap) => gap.weight === 'major');
    return {
      sentence: `Nothing could be read: ${why === undefined ? 'the bundle holds no text' : gapSentence(why)}.`,
      cause: null,
      confidence: { level: 'possible', because: 'no line of text was imported' },
    };
  }
  const noArchive = bundles.map((bundle) => bundle.gaps.find((gap) => gap.kind === 'not-a-log-archive'));
  if (bundles.length > 0 && !noArchive.includes(undefined) && unseen.length === ofNodes.length) {
    return {
      sentence: `No archive was read: ${noArchive[0]?.message}.`,
      cause: null,
      confidence: { level: 'possible', because: 'no rules of a node are in what was imported' },
    };
  }
  const missing = notLookedAt({ nodes, bundles, across });
  const unchecked = ofNodes.filter((node) => !unseen.includes(node) && !rulesChecked(node));
  if (unseen.length > 0 || unchecked.length > 0 || ofNodes.length === 0) {
    const why = [
      ...(ofNodes.length === 0 ? ['only objects and logs of the cluster were captured, no rules of a node'] : []),
      ...(unseen.length > 0 ? [`no iptables, nftables or IPVS rules of ${listNodes(unseen)} were captured`] : []),
      ...(unchecked.length > 0
        ? [`no check of Service rules could run on ${listNodes(unchecked)} (${listModes(unchecked)})`]
        : []),
    ];
    return {
      sentence: `Cannot tell whether the Service rules are right: ${why.join(', and ')}. Nothing wrong found in the rest.${missing}`,
      cause: null,
      confidence: { level: 'possible', because: 'without the rules of a node nothing can be said of its Services' },
    };
  }
  return {
    sentence: `Nothing wrong found in what was captured.${missing}`,
    cause: null,
    confidence: {
      level: missing === '' ? 'likely' : 'possible',
      because: 'every check that could run passed; what was not captured was not checked',
    },
  };
}

/** `kube-proxy on NODE has no Service rules: ...` in the finding's own words, then what follows from it. */
function causeSentence(first: RankedCause, causes: readonly RankedCause[]): string {
  const { finding, explained, likelyWhy } = first;
  const alike = causes.filter((other) => other.finding.rule === finding.rule).map((other) => other.finding);
  const names = [...new Set([finding, ...alike].map((one) => one.node ?? ''))];
  const others = names.length - 1;
  const where = `On ${names[0] === '' ? 'this node' : shortName(names[0] ?? '')}${others > 0 ? ` and ${others} other ${others === 1 ? 'node' : 'nodes'}` : ''}`;
  const led = LEADS[finding.rule];
  const lead =
    led === undefined ? `${where}: ${withStop(finding.claim)}` : `${where}, ${led}: ${withStop(finding.claim)}`;
  const titles = [...new Set(explained.map((one) => one.title))];
  const explains = titles.length === 0 ? '' : ` This explains: ${someOf(titles, NAMED_MAX, '; ')}.`;
  const whyTitles = [...new Set(likelyWhy.map((why) => why.finding.title))];
  const why =
    whyTitles.length === 0 ? '' : ` A possible reason was found as well: ${someOf(whyTitles, NAMED_MAX, '; ')}.`;
  return `${lead}${explains}${why}`;
}

/** Errors so dense that they may be the incident: against what is usual, and at least so many. */
const DENSE_TIMES = 5;
const DENSE_LINES_MIN = 20;

/** A sentence where the node's errors crowd at the time of the cause: then that is when it happened. */
function whenSentence(cause: Finding, nodes: readonly NodeAnalysis[]): string {
  const dense = nodes.find((node) => node.bundle === cause.bundle)?.densestErrors ?? null;
  if (dense === null || cause.first === null || cause.last === null) return '';
  if (dense.count < DENSE_LINES_MIN || dense.count < DENSE_TIMES * dense.usual) return '';
  if (Date.parse(cause.first) >= Date.parse(dense.to) || Date.parse(cause.last) < Date.parse(dense.from)) return '';
  const [from, to] = [dense.from, dense.to].map((instant) => instant.slice(0, 16).replace('T', ' '));
  return ` Most warnings and errors of the node are of that time: ${dense.count} between ${from} and ${to?.slice(11)} UTC, elsewhere ${dense.usual} in ten minutes.`;
}

/** Host name without its domain: the sentence stays readable, the facts of the node give the whole name. */
function shortName(node: string): string {
  return node.split('.', 1)[0] ?? node;
}

/** What a finding means for the node, where its claim is about a chain and the reader asks about Services. */
const LEADS: Readonly<Record<string, string>> = {
  'kube-services-empty': 'packets to Services meet no Service rules',
  'kube-proxy-sync-failure': 'kube-proxy cannot bring its rules up to date',
  'kube-proxy-crash': 'kube-proxy does not keep running',
  'kube-proxy-crash-looping': 'kube-proxy does not keep running',
  'kube-proxy-config-error': 'kube-proxy does not accept its configuration',
  'kube-proxy-api-unreachable': 'kube-proxy does not learn of changes to Services',
  'kube-proxy-api-refused': 'kube-proxy does not learn of changes to Services',
};

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function listNodes(nodes: readonly NodeAnalysis[]): string {
  const names = [...new Set(nodes.map((node) => node.node))];
  if (names.length === 1 && names[0] === null) return nodes.length === 1 ? 'this node' : 'nodes without a name';
  const spoken = names.slice(0, NAMED_MAX).map((name) => name ?? 'a node without a name');
  const last = names.length > NAMED_MAX ? `${names.length - NAMED_MAX} more` : (spoken.pop() ?? '');
  return spoken.length === 0 ? last : `${spoken.join(', ')} and ${last}`;
}

/** Objects and logs of a cluster are not of a node: no rules are missing there. */
function isOfCluster(node: NodeAnalysis, bundles: readonly Bundle[], files: readonly SourceFile[]): boolean {
  const bundle = bundles.find(({ id }) => id === node.bundle);
  if (bundle !== undefined && layoutDefinition(bundle.layout).about === 'cluster') return true;
  const own = files.filter((file) => file.bundle === node.bundle);
  return own.length > 0 && own.every((file) => file.role === 'cluster-resources');
}

/** Content decides: an empty iptables-save shows no rules, whatever it is called. */
function rulesCaptured(node: NodeAnalysis, files: readonly SourceFile[]): boolean {
  return node.mode !== 'unknown' || hasRuleDumps(node, files);
}

function hasRuleDumps(node: NodeAnalysis, files: readonly SourceFile[]): boolean {
  return files.some(
    (file) => file.bundle === node.bundle && NETFILTER_ROLES.includes(file.role) && file.lines > NO_RULES_LINES_MAX,
  );
}

/** "ipvsadm not installed" or a lone header is no dump; the shortest real one has more lines. */
const NO_RULES_LINES_MAX = 3;

function rulesChecked(node: NodeAnalysis): boolean {
  return node.outcomes.some(
    ({ id, outcome }) =>
      SERVICE_CHECKS.includes(id) &&
      // In iptables mode it runs on filter alone as well, where Services are not looked up.
      !(id === 'chain-not-hooked' && node.mode === 'iptables') &&
      // In IPVS mode the chains only mark and filter: virtual servers lead to the Services.
      (id === 'ipvs-vs-missing' || node.mode !== 'ipvs') &&
      (outcome.outcome === 'pass' || outcome.outcome === 'finding'),
  );
}

function listModes(nodes: readonly NodeAnalysis[]): string {
  return someOf([...new Set(nodes.map((node) => `kube-proxy mode ${node.mode}${missingNat(node)}`))], NAMED_MAX, '; ');
}

/** In iptables mode the check itself says what it lacked: the nat table, or its end. */
function missingNat(node: NodeAnalysis): string {
  const found = node.outcomes.find(({ id }) => id === 'kube-services-empty');
  return node.mode === 'iptables' && found?.outcome.outcome === 'skipped' ? `: ${found.outcome.missing}` : '';
}

function notLookedAt({ nodes, bundles, across }: Pick<Ground, 'nodes' | 'bundles' | 'across'>): string {
  const absent = nodes.flatMap((node) => {
    const layout = bundles.find((bundle) => bundle.id === node.bundle)?.layout ?? 'generic';
    return node.completeness.flatMap((entry) => (mattersInMode(layout, entry, node.mode) ? [entry.prevents] : []));
  });
  const outcomes = outcomesOf({ nodes, across });
  const groups = notRunGroups(outcomes);
  const unused = unusedRules(outcomes).length;
  const notRun = groups.reduce((sum, group) => sum + group.ids.length, 0);
  const gaps = bundles.reduce((sum, bundle) => sum + bundle.gaps.filter((gap) => gap.weight === 'major').length, 0);
  const parts = [
    ...(absent.length > 0 ? [`${someOf([...new Set(absent)], NAMED_MAX, '; ')} (not captured)`] : []),
    ...(notRun > 0 ? [`${notRun} ${notRun === 1 ? 'check' : 'checks'} could not run: ${notRunSummary(groups)}`] : []),
    ...(unused > 0 ? [`${countedUnusedRules(unused)} could not be used`] : []),
    ...(gaps > 0 ? [`${gaps} ${gaps === 1 ? 'gap' : 'gaps'} in the archives`] : []),
  ];
  return parts.length === 0 ? '' : ` Not looked at: ${parts.join('. ')}.`;
}

function coverage({ nodes, bundles, files, across, notOpened }: Ground): Coverage {
  const having = (state: SourceFile['coverage']): number => files.filter((file) => file.coverage === state).length;
  return {
    files: files.length,
    filesRead: having('read'),
    filesEmpty: having('empty'),
    filesTruncated: having('truncated'),
    filesBinary: having('binary'),
    filesNotOpened: having('not-opened'),
    duplicates: files.filter((file) => file.aliasOf !== null).length,
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    gaps: bundles.reduce((sum, bundle) => sum + bundle.gaps.length + bundle.gapsNotListed, notOpened.length),
    bundlesNotOpened: notOpened,
    analyzers: outcomesOf({ nodes, across }),
  };
}
