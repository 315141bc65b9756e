/** `coldcase analyze <target>`: the verdict first, at most one screen, then every finding. */
import type { Command } from 'commander';
import type { CaseSummary } from '../../../contract/contract.ts';
import { countedUnusedRules, failedChecks, notRunGroups, unusedRules } from '../../../core/not-run.ts';
import { bundlesStating } from '../../../core/stated-in.ts';
import { type Analysis, type Bundle, type Finding, type Severity, severityRank } from '../../../core/vocabulary.ts';
import { counted, coverageSentence, nodeNamer, notOpenedSentence, stateWords } from '../../../report/model.ts';
import { publicFinding } from '../../../report/public-shape.ts';
import { EXIT } from '../exit.ts';
import { findingsLines, referencesLine, severityWord } from '../findings-text.ts';
import { exitOfChecks } from '../lost-bundles.ts';
import { bundlesOf } from '../nodes.ts';
import { severityOption, withNodeOption, withRulesOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type RuleOptions, type TargetOptions, withRuleFolders, withTarget } from '../session.ts';
import { visible, wrap } from '../text.ts';

interface Options extends TargetOptions, RuleOptions {
  readonly failOn?: Severity;
}

/** A terminal of the usual height shows this much without scrolling. */
export const SCREEN_LINES = 24;
/** Below these the verdict and its causes would push the rest off the screen. */
const CAUSES_SHOWN = 3;
const NODES_SHOWN = 3;
/** Checks that could not run, named in one group. */
const CHECKS_NAMED_MAX = 12;

export const registerAnalyze: Registrar = (program, run) => {
  const command = withRulesOption(withNodeOption(withTargetOptions(program.command('analyze'))))
    .description('say what is wrong, since when, how sure, and on which lines that rests')
    .addOption(severityOption('--fail-on <severity>', 'exit 3 when a finding is at least this severe'));
  command.action((target: string, options: Options, self: Command) =>
    run(self, async (world, output) =>
      withTarget(
        await withRuleFolders(world, output, options),
        output,
        target,
        options,
        async ({ session, caseId, summary }) => {
          const bundles = bundlesOf(summary, options.node);
          const analysis = ofBundles(await session.call('case.analysis', { caseId }), bundles, summary);
          if (output.form === 'json') await output.json(publicAnalysis(analysis));
          else {
            await output.lines(screen(output, analysis, summary.bundles));
            await output.lines(details(output, analysis, summary));
          }
          const code = await exitOfChecks(output, caseId, analysis);
          return failsOn(analysis, options.failOn) ? EXIT.findings : code;
        },
      ),
    ),
  );
};

/** @returns the analysis with everything that belongs to other bundles left out; the verdict is the whole case's. */
function ofBundles(analysis: Analysis, bundles: readonly Bundle[], summary: CaseSummary): Analysis {
  if (bundles.length === summary.bundles.length) return analysis;
  const ids = new Set(bundles.map((bundle) => bundle.id));
  const findings = analysis.findings.filter((finding) => bundlesStating(finding).some((id) => ids.has(id)));
  const kept = new Set(findings.map((finding) => finding.id));
  const names = new Set(bundles.map((bundle) => bundle.node));
  return {
    ...analysis,
    findings,
    causes: analysis.causes.filter((cause) => kept.has(cause.finding)),
    completeness: analysis.completeness.filter((entry) => ids.has(entry.bundle)),
    askCustomer: analysis.askCustomer.filter((one) => one.node === null || names.has(one.node)),
    nodes: analysis.nodes.filter((node) => ids.has(node.bundle)),
  };
}

/** @returns the documented shape, its keys in the documented order. */
export function publicAnalysis(analysis: Analysis) {
  const { verdict, causes, findings, coverage, completeness, askCustomer, ...rest } = analysis;
  return { verdict, causes, findings: findings.map(publicFinding), coverage, completeness, askCustomer, ...rest };
}

/** Findings the script asked to fail on win over gaps: the script named them. */
function failsOn({ findings }: Analysis, failOn: Severity | undefined): boolean {
  return failOn !== undefined && findings.some(({ severity }) => severityRank(severity) >= severityRank(failOn));
}

const LABEL_WIDTH = 9;
function labelled(output: Output, label: string, text: string): readonly string[] {
  const lines = wrap(text, output.width - LABEL_WIDTH);
  return lines.map((line, index) =>
    index === 0 ? `${output.paint('strong', label.padEnd(LABEL_WIDTH))}${line}` : `${' '.repeat(LABEL_WIDTH)}${line}`,
  );
}

function tally(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'none';
  const counts = new Map<Severity, number>();
  for (const { severity } of findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => severityRank(b) - severityRank(a))
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
}

/** @returns verdict, causes, nodes, coverage and open questions in at most one screen. */
export function screen(output: Output, analysis: Analysis, bundles: readonly Bundle[]): readonly string[] {
  const { verdict } = analysis;
  const byId = new Map(analysis.findings.map((finding) => [finding.id as string, finding]));
  const cause = verdict.cause === null ? undefined : byId.get(verdict.cause);
  const head = [
    ...labelled(output, 'Verdict', verdict.sentence),
    ...labelled(output, '', `${verdict.confidence.level}: ${verdict.confidence.because}`),
    ...(cause === undefined ? [] : [`${' '.repeat(LABEL_WIDTH)}${referencesLine(cause.evidence, 2)}`]),
  ];
  const nodeOf = nodeNamer(bundles);
  const ranked = [...analysis.causes].sort((a, b) => a.rank - b.rank);
  const causes = ranked.slice(0, CAUSES_SHOWN).flatMap((one) => {
    const finding = byId.get(one.finding);
    if (finding === undefined) return [];
    const explains = one.explains.length === 0 ? '' : `Explains ${counted(one.explains.length, 'more finding')}. `;
    return [
      `${output.paint('strong', `Cause ${one.rank}`.padEnd(LABEL_WIDTH))}${severityWord(output, finding)} ${visible(finding.title)}`,
      ...cut(labelled(output, '', explains + one.because), 2),
      `${' '.repeat(LABEL_WIDTH)}${referencesLine(finding.evidence, 1)}`,
    ];
  });
  const nodes = analysis.nodes
    .slice(0, NODES_SHOWN)
    .flatMap((node) =>
      cut(labelled(output, 'Node', `${nodeOf(node)}: kube-proxy mode ${node.mode} (${node.modeBecause})`), 2),
    );
  const foot = [
    ...(analysis.nodes.length > NODES_SHOWN
      ? [`${' '.repeat(LABEL_WIDTH)}and ${counted(analysis.nodes.length - NODES_SHOWN, 'more node')}`]
      : []),
    ...labelled(output, 'Findings', tally(analysis.findings)),
    ...labelled(output, 'Read', coverageSentence(analysis)),
    ...labelled(output, 'Unknown', unknownSentence(analysis)),
  ];
  // The verdict and what was not read always stay; causes and nodes give way.
  const top = cut(head, SCREEN_LINES - rows(foot, output.width));
  const kept: string[] = [];
  for (const line of [...causes, ...nodes]) {
    if (rows([...top, ...kept, line, ...foot], output.width) > SCREEN_LINES) break;
    kept.push(line);
  }
  return [...top, ...kept, ...foot];
}

/** @returns how many rows these lines take where a longer line goes on in the next row; colour takes no room. */
function rows(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(uncoloured(line).length / width)), 0);
}

function uncoloured(line: string): string {
  // The only escape sequences in a line are our own: texts of the archive went through `visible`.
  return line
    .split('\u001b')
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
    .join('');
}

/** @returns the first `count` lines; the last one says when there were more. */
function cut(lines: readonly string[], count: number): readonly string[] {
  if (lines.length <= count) return lines;
  return [...lines.slice(0, count - 1), `${lines[count - 1] ?? ''} ...`];
}

function unknownSentence(analysis: Analysis): string {
  const missing = analysis.completeness.filter((entry) => entry.state !== 'present').length;
  const outcomes = analysis.coverage.analyzers.map(({ outcome }) => outcome.outcome);
  const skipped = outcomes.filter((outcome) => outcome === 'skipped').length;
  const failed = failedChecks(analysis.coverage.analyzers).length;
  const unused = unusedRules(analysis.coverage.analyzers).length;
  const rules = unused === 0 ? '' : `${countedUnusedRules(unused)} not used, `;
  return `${counted(missing, 'expected file')} missing or incomplete, ${counted(skipped, 'check')} skipped, ${failed} failed, ${rules}${counted(analysis.askCustomer.length, 'thing')} to ask the customer.`;
}

/** Reasons of one kind that are printed word by word. */
const REASONS_MAX = 3;

/** @returns checks that looked at nothing, one line for each kind of input they lacked; none is left unnamed. */
function unlooked(analysis: Analysis, nodeOf: ReturnType<typeof nodeNamer>): readonly string[] {
  return notRunGroups(analysis.coverage.analyzers).map(({ bundle, lacking, ids, reasons }) => {
    const where = nodeOf({ bundle });
    if (lacking === null) {
      // A reason names its check, but for that of the checks of a damaged bundle.
      const unnamed = ids.filter((id) => !reasons.some((reason) => reason.startsWith(`${id}: `)));
      const which = unnamed.length === 0 ? '' : `: ${named(unnamed)}`;
      return `${where}: ${counted(ids.length, 'check')} failed: ${reasons.join('; ')}${which}`;
    }
    // A few reasons are worth their words; many of one kind are told by the kind.
    const why = reasons.length <= REASONS_MAX ? ` (${reasons.join('; ')})` : '';
    return `${where}: without ${lacking}: ${counted(ids.length, 'check')} skipped${why}: ${named(ids)}`;
  });
}

/** @returns the first checks by name; without logs the whole catalogue is skipped, and `--json` has all of them. */
function named(ids: readonly string[]): string {
  const more = ids.length - CHECKS_NAMED_MAX;
  return more <= 1 ? ids.join(', ') : `${ids.slice(0, CHECKS_NAMED_MAX).join(', ')} and ${more} more`;
}

function details(output: Output, analysis: Analysis, summary: CaseSummary): readonly string[] {
  const { paint, width } = output;
  const nodeOf = nodeNamer(summary.bundles);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint('strong', title), ...lines];
  const missing = analysis.completeness.filter((entry) => entry.state !== 'present');
  return [
    ...(analysis.findings.length === 0 ? [] : ['', ...findingsLines(output, analysis.findings, summary.bundles)]),
    ...section(
      'Not known',
      [
        ...analysis.coverage.bundlesNotOpened.map(notOpenedSentence),
        ...missing.map(
          (entry) =>
            `${entry.file ?? entry.expected} (${nodeOf(entry)}): ${stateWords(entry.state)}. ${entry.prevents}`,
        ),
        ...unusedRules(analysis.coverage.analyzers),
        ...unlooked(analysis, nodeOf),
      ].flatMap((line) => wrap(line, width, '  - ', '    ')),
    ),
    ...section(
      'To ask the customer',
      analysis.askCustomer.flatMap((one) => [
        ...wrap(`${one.node === null ? '' : `On ${one.node}: `}${one.why}`, width, '  - ', '    '),
        ...one.command.split('\n').map((line) => `      ${visible(line)}`),
      ]),
    ),
  ];
}
