/** What each kind of step does with a case. A step that cannot be done says so; none throws for what the case holds. */
import type { SearchAnswer } from '../contract/search.ts';
import { failedChecks } from '../core/not-run.ts';
import { type Evidence, type Finding, severityRank } from '../core/vocabulary.ts';
import type { Action, Question } from '../runbooks/runbook.ts';
import { counted, evidenceOf, listed, type RunbookCase, STEP_EVIDENCE_MAX, type StepOutcome } from './runbook-case.ts';
import { networkStep } from './runbook-network.ts';

type Do<K extends Action['do']> = Extract<Action, { do: K }>;

/** Actions that look at the case; the others report what came of it (runbook-report.ts). */
export type LookingAction = Do<
  'check' | 'look' | 'ask' | 'findings' | 'network' | 'timeline' | 'compare' | 'completeness' | 'collected'
>;

/** @param found whether an earlier step ended as `finding`. */
export async function lookingStep(
  action: LookingAction,
  of: RunbookCase,
  found: (step: string) => boolean,
): Promise<StepOutcome> {
  switch (action.do) {
    case 'check':
      return checkStep(action, of);
    case 'look':
      return lookStep(action, of);
    case 'ask': {
      const answered = action.unless.find(found);
      if (answered !== undefined) return { end: 'not-applicable', because: `step ${answered} found it already` };
      return asked(action.question);
    }
    case 'findings':
      return findingsStep(of);
    case 'network':
      return networkStep(action.sections, of);
    case 'timeline':
      return timelineStep(action.query, of);
    case 'compare':
      return compareStep(action.ask, of);
    case 'completeness':
      return completenessStep(of);
    case 'collected':
      return collectedStep(of);
  }
}

function asked({ command, why }: Question, but: string | null = null): StepOutcome {
  return { end: 'needs-customer', because: but === null ? why : `${but}; ${why}`, commands: [command] };
}

async function checkStep(action: Do<'check'>, of: RunbookCase): Promise<StepOutcome> {
  const { findings, atLeast, ask, process } = action;
  const unknown = findings.filter((id) => !of.known.has(id));
  if (unknown.length === findings.length || (of.runbook.form === 'yaml' && unknown.length > 0)) {
    return { end: 'failed', because: `there is no rule or analyzer ${listed(unknown)}` };
  }
  const there = of.findings.filter(({ rule }) => findings.includes(rule));
  const counts = there.filter(({ severity }) => severityRank(severity) >= severityRank(atLeast));
  if (counts.length > 0) {
    const because = [...new Set(counts.map(({ title, claim }) => `${title}: ${claim}`))].join(' ');
    return { end: 'finding', because, evidence: evidenceOf(counts), findings: counts };
  }
  const looked = lookedAt(findings, of);
  const lesser =
    there.length === 0 ? '' : ` (${listed(there.map(({ title, severity }) => `${title}: only ${severity}`))})`;
  if (looked.end === 'failed') return looked;
  if (process !== null) return processStep(process, of, ask, `${looked.because}${lesser}`);
  if (looked.end === 'needs-customer' && ask !== null) return asked(ask, looked.because);
  if (looked.end === 'needs-customer') {
    return {
      ...looked,
      commands: of.analysis.askCustomer
        .filter((one) => isOf(one.node, of))
        .map((one) => one.command)
        .slice(0, 3),
    };
  }
  return { ...looked, because: `${looked.because}${lesser}`, evidence: evidenceOf(there), findings: there };
}

function isOf(node: string | null, of: RunbookCase): boolean {
  return node === null || node === of.reader.bundle.node;
}

/** How these rules and analyzers ended, none of them with a finding that counts. */
function lookedAt(ids: readonly string[], of: RunbookCase): StepOutcome {
  const outcomes = of.analysis.coverage.analyzers.filter(
    ({ id, bundle }) => bundle === of.reader.bundle.id && ids.includes(id),
  );
  const failed = outcomes.flatMap(({ outcome }) => (outcome.outcome === 'failed' ? [outcome.why] : []));
  const missing = outcomes.flatMap(({ outcome }) => (outcome.outcome === 'skipped' ? [outcome.missing] : []));
  const passed = outcomes.flatMap(({ id, outcome }) =>
    outcome.outcome === 'pass' ? [`${id}: ${outcome.because}`] : [],
  );
  if (failed.length > 0) return { end: 'failed', because: listed(failed) };
  const rest = missing.length === 0 ? '' : `; not looked at: ${listed(missing)}`;
  if (passed.length > 0) return { end: rest === '' ? 'pass' : 'not-found', because: `${listed(passed)}${rest}` };
  if (missing.length > 0) return { end: 'needs-customer', because: `not looked at: ${listed(missing)}` };
  if (outcomes.length > 0) return { end: 'pass', because: 'nothing that counts' };
  return { end: 'not-applicable', because: `${listed(ids)} does not concern kube-proxy's mode on this node` };
}

/** Whether a program was running when the bundle was collected: the list of processes tells, if it was captured. */
async function processStep(
  name: string,
  of: RunbookCase,
  ask: Question | null,
  otherwise: string,
): Promise<StepOutcome> {
  const running = await of.search(`source:processes ="${name}"`, 1);
  // A list without kubelet is of something else, or cut.
  const whole = await of.search('source:processes ="kubelet"', 1);
  if (!running.ok) return { end: 'failed', because: running.failure.message };
  if (running.value.total > 0) {
    const evidence = await of.cited(running.value.matches);
    return { end: 'pass', because: `${name} is among the captured processes; ${otherwise}`, evidence };
  }
  const log = await of.search(`source:${name}-log`, 1);
  if (whole.ok && whole.value.total > 0 && log.ok && log.value.total > 0) {
    const because = `${name} is not among the captured processes, while its log is there: it was not running when the bundle was collected`;
    return { end: 'finding', because, evidence: await of.cited([...whole.value.matches, ...log.value.matches]) };
  }
  if (ask !== null) return asked(ask, `the processes of the node were not captured; ${otherwise}`);
  return { end: 'not-found', because: otherwise };
}

async function lookStep({ query, lines, expects }: Do<'look'>, of: RunbookCase): Promise<StepOutcome> {
  const all = await of.search(query, lines);
  if (!all.ok) return { end: 'failed', because: all.failure.message };
  const { total, stopped } = all.value;
  const part = stopped === null ? '' : ` ${stopped.message}`;
  if (total === 0) {
    if (stopped !== null) return { end: 'failed', because: stopped.message };
    const end = expects === 'presence' && of.runbook.form === 'yaml' ? 'finding' : 'not-found';
    return { end, because: `No line of this bundle matches ${query}.` };
  }
  const cited = await of.search(`(${query}) has:finding`, lines);
  const told = cited.ok && cited.value.total > 0 ? cited.value : null;
  const loud = severe(all.value);
  const worst = told === null && loud > 0 ? await of.search(`(${query}) sev:>=warning`, lines) : null;
  const shown = told ?? (worst?.ok ? worst.value : all.value);
  const evidence = await of.cited(shown.matches.slice(0, lines));
  const findings = told === null ? [] : citing(told, of);
  const count = `${counted(total, 'line')} ${total === 1 ? 'matches' : 'match'}, ${loud === 0 ? 'none' : loud} of them of severity warning or worse.`;
  const known =
    findings.length === 0
      ? 'No finding rests on them.'
      : `${listed(findings.map(({ title }) => title))} rests on them.`;
  const because = `${count} ${known}${part}`;
  if (expects === 'presence') return { end: 'pass', because, evidence, findings };
  const matters = of.runbook.form === 'yaml' || loud > 0 || findings.some(({ severity }) => severity !== 'info');
  return { end: matters ? 'finding' : 'pass', because, evidence, findings };
}

/** Matching lines of severity warning or worse. */
function severe({ facets }: SearchAnswer): number {
  return facets.severity
    .filter(({ severity }) => severity !== null && severityRank(severity) >= severityRank('medium'))
    .reduce((sum, { count }) => sum + count, 0);
}

/** @returns findings of the bundle that cite one of the matched lines. */
function citing({ matches }: SearchAnswer, of: RunbookCase): readonly Finding[] {
  return of.findings.filter(({ evidence }) =>
    evidence.some((one) =>
      matches.some(({ file, aliases, line }) => {
        const same = one.file === file || aliases.includes(one.file);
        return same && one.line <= line && line <= one.endLine;
      }),
    ),
  );
}

function findingsStep(of: RunbookCase): StepOutcome {
  const counts = of.findings.filter(({ severity, part }) => severity !== 'info' && part !== 'recovery');
  const tied = of.tied();
  const first = [...tied, ...counts.filter((finding) => !tied.includes(finding))];
  const crashed = failedChecks(of.analysis.coverage.analyzers).filter(({ bundle }) => bundle === of.reader.bundle.id);
  const failed =
    crashed.length === 0 ? '' : ` ${counted(crashed.length, 'check')} failed: ${listed(crashed.map(({ id }) => id))}.`;
  if (first.length === 0) return { end: 'pass', because: `No finding above info on this node.${failed}` };
  const about = tied.length === 0 ? 'none of them leads to this runbook' : `${tied.length} lead to this runbook`;
  const because = `${counted(counts.length, 'finding')} on this node, ${about}: ${listed(first.map(({ title }) => title))}.${failed}`;
  return { end: 'finding', because, evidence: evidenceOf(first.slice(0, 3)), findings: first };
}

/** On each side of the event that is correlated around. */
const AROUND_MS = 600_000;
const TIMELINE_LINES = 6;

/** Correlates around the first warning or error that matches; without one the first lines that match. */
async function timelineStep(query: string, of: RunbookCase): Promise<StepOutcome> {
  const pivot = await of.search(`(${query}) sev:>=warning`, 1, 'time');
  if (!pivot.ok) return { end: 'failed', because: pivot.failure.message };
  const [first] = pivot.value.matches;
  if (first === undefined) {
    const any = await of.search(query, 1, 'time');
    if (!any.ok) return { end: 'failed', because: any.failure.message };
    if (any.value.total === 0) return { end: 'not-found', because: `No line of this bundle matches ${query}.` };
    const because = `${counted(any.value.total, 'line')} match, none of severity warning or worse: there is nothing to follow.`;
    return { end: 'pass', because, evidence: await of.cited(any.value.matches) };
  }
  if (first.time === null) {
    return {
      end: 'finding',
      because: 'The matching lines carry no time.',
      evidence: await of.cited(pivot.value.matches),
    };
  }
  const found = await of.correlate(`(${query}) sev:>=warning`, AROUND_MS, TIMELINE_LINES);
  if (!found.ok) return { end: 'failed', because: found.failure.message };
  const { window, chains, events } = found.value;
  const inTime = events.toSorted((one, two) => Date.parse(one.time) - Date.parse(two.time));
  const cited = [
    ...chains.flatMap(({ steps }) => steps.map(({ evidence }) => evidence)),
    ...inTime.map(({ evidence }) => evidence),
  ];
  const time = first.time.replace(/\.\d+Z$/, 'Z');
  const because = [
    `${counted(pivot.value.total, 'line')} of severity warning or worse, the first at ${time}.`,
    window.sentence,
    chains.length === 0
      ? 'No declared chain is in this window.'
      : `${chains.map(({ title, confidence }) => `${title} (${confidence.level})`).join('; ')}.`,
  ].join(' ');
  return { end: 'finding', because, evidence: distinctLines(cited).slice(0, STEP_EVIDENCE_MAX) };
}

function distinctLines(evidence: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(evidence.map((one) => [`${one.fileId}:${one.line}`, one])).values()];
}

/** What this node has and others do not, and the other way round. */
function compareStep(ask: Question, of: RunbookCase): StepOutcome {
  const others = of.view.nodes.filter(({ bundle }) => bundle !== of.reader.bundle.id);
  if (others.length === 0) return asked(ask, 'the case holds no other node');
  const here = of.tied();
  const names = others.map(({ name }) => name);
  const same = here.filter(({ rule }) =>
    of.analysis.findings.some((one) => one.bundle !== of.reader.bundle.id && one.rule === rule),
  );
  const only = here.filter((finding) => !same.includes(finding));
  if (here.length === 0)
    return { end: 'pass', because: `Nothing here leads to this runbook; compared with ${listed(names)}.` };
  const parts = [
    ...(only.length === 0 ? [] : [`only here: ${listed(only.map(({ title }) => title))}`]),
    ...(same.length === 0 ? [] : [`on other nodes as well: ${listed(same.map(({ title }) => title))}`]),
  ];
  const because = `Compared with ${listed(names)}: ${parts.join('; ')}.`;
  return { end: 'finding', because, evidence: evidenceOf(here), findings: here };
}

function completenessStep(of: RunbookCase): StepOutcome {
  const entries = of.analysis.completeness.filter(({ bundle }) => bundle === of.reader.bundle.id);
  const absent = entries.filter(({ state }) => state !== 'present' && state !== 'not-installed');
  if (absent.length === 0) return { end: 'pass', because: `${counted(entries.length, 'expected file')}, all there.` };
  const commands = of.analysis.askCustomer.filter(({ node }) => isOf(node, of)).map(({ command }) => command);
  const because = `${absent.length} of ${counted(entries.length, 'expected file')} missing or not whole: ${listed(absent.map(({ expected }) => expected))}.`;
  return { end: commands.length === 0 ? 'not-found' : 'needs-customer', because, commands };
}

function collectedStep(of: RunbookCase): StepOutcome {
  const { collectedAt, name, files } = of.reader.bundle;
  const when = collectedAt === null ? 'at a time that is not known' : `at ${collectedAt}`;
  return { end: 'not-applicable', because: `Collected already: ${name}, ${counted(files, 'file')}, ${when}.` };
}
