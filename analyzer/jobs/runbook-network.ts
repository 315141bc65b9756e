/** Sections of network and other diagnostics, answered from what was captured and concluded. */
import type { KubeProxyCheck } from '../contract/contract.ts';
import { type Finding, severityRank } from '../core/vocabulary.ts';
import { evidenceOf, listed, type RunbookCase, STEP_EVIDENCE_MAX, type StepOutcome } from './runbook-case.ts';

/** What a section is about: areas of findings, and roles of files that hold it. */
interface SectionMeaning {
  readonly areas: readonly string[];
  readonly roles: readonly string[];
}

const SECTIONS: Readonly<Record<string, SectionMeaning>> = {
  kube_proxy: { areas: ['kube-proxy'], roles: ['kube-proxy-log', 'kube-proxy-config'] },
  dns: { areas: ['dns'], roles: ['resolv-conf'] },
  cni: { areas: ['vpc-cni', 'sandbox'], roles: ['cni-log', 'ipamd-log'] },
  vpc_cni: { areas: ['vpc-cni'], roles: ['cni-log', 'ipamd-log'] },
  ipamd: { areas: ['vpc-cni'], roles: ['ipamd-log'] },
  eni: { areas: ['vpc-cni', 'ena'], roles: ['ip-addr', 'interface-counters', 'ipamd-log'] },
  interfaces: { areas: ['network', 'ena'], roles: ['ip-addr', 'interface-counters'] },
  routes: { areas: ['network'], roles: ['ip-route', 'ip-rule'] },
  conntrack: { areas: ['conntrack'], roles: ['conntrack', 'sysctl'] },
  sysctl: { areas: ['network', 'kernel'], roles: ['sysctl'] },
  kubelet: { areas: ['kubelet'], roles: ['kubelet-log'] },
  volumes: { areas: ['volumes'], roles: ['kubelet-log', 'storage'] },
  disk: { areas: ['disk', 'eviction'], roles: ['storage'] },
  mounts: { areas: ['volumes', 'disk'], roles: ['storage'] },
};

/** Sections that are the packet filter rules themselves. */
const RULES: readonly string[] = ['iptables', 'ip6tables', 'ipvs', 'nftables', 'nft', 'services'];

export async function networkStep(sections: readonly string[], of: RunbookCase): Promise<StepOutcome> {
  const wanted = sections.length === 0 ? ['iptables', 'kube_proxy'] : sections;
  const parts: StepOutcome[] = [];
  for (const name of wanted) parts.push(await section(name, of));
  return joined(wanted, parts);
}

async function section(name: string, of: RunbookCase): Promise<StepOutcome> {
  if (RULES.includes(name)) return rulesSection(of);
  const meaning = SECTIONS[name.replaceAll('-', '_')];
  if (meaning === undefined) return { end: 'not-applicable', because: 'no such section is known' };
  const mode = name === 'kube_proxy' ? await modeWords(of) : '';
  const findings = of.findings.filter(
    ({ area, severity, part }) => meaning.areas.includes(area) && severity !== 'info' && part !== 'recovery',
  );
  if (findings.length > 0) {
    const because = `${mode}${listed(findings.map(({ title }) => title))}`;
    return { end: 'finding', because, evidence: evidenceOf(findings), findings };
  }
  const files = of.reader.files().filter(({ role, bytes }) => meaning.roles.includes(role) && bytes > 0);
  if (files.length > 0)
    return { end: 'pass', because: `${mode}nothing wrong in ${listed(files.map(({ path }) => path))}` };
  return { end: 'needs-customer', because: `${mode}nothing of it was captured`, commands: commandsOf(of) };
}

async function modeWords(of: RunbookCase): Promise<string> {
  const checked = await of.kubeProxy();
  const [mode] = checked?.lines ?? [];
  return mode === undefined ? '' : `${mode.text}; `;
}

/** What the check of kube-proxy says of the rules, and findings of chains. */
async function rulesSection(of: RunbookCase): Promise<StepOutcome> {
  const checked = await of.kubeProxy();
  if (checked === null) return { end: 'failed', because: 'the check of kube-proxy could not be made' };
  const [, ...lines] = checked.lines;
  const wrong = lines.filter(({ level }) => level === 'ISSUE');
  const odd = lines.filter(({ level }) => level === 'WARN');
  const fine = lines.filter(({ level }) => level === 'OK');
  const findings = of.findings.filter(
    ({ area, severity }) => area === 'chains' && severityRank(severity) >= severityRank('medium'),
  );
  if (wrong.length > 0 || findings.length > 0) {
    const besides = wrong.filter((line) => findings.every((finding) => !saysTheSame(finding, line)));
    const said = [...findings.map(({ title }) => title), ...besides.map(({ text }) => text)];
    const evidence = [...evidenceOf(findings), ...wrong.flatMap((line) => line.evidence.slice(0, 1))];
    return { end: 'finding', because: listed(said), evidence: evidence.slice(0, STEP_EVIDENCE_MAX), findings };
  }
  if (fine.length === 0) {
    const because = listed(lines.map(({ text }) => text)) || 'no rules were captured';
    return { end: 'needs-customer', because, commands: commandsOf(of) };
  }
  const notes = odd.length === 0 ? '' : `; to be noted: ${listed(odd.map(({ text }) => text))}`;
  const evidence = fine.flatMap((line) => line.evidence.slice(0, 1)).slice(0, STEP_EVIDENCE_MAX);
  return { end: 'pass', because: `${listed(fine.map(({ text }) => text))}${notes}`, evidence };
}

/** A finding and a line of the check about the same line of a dump, which would be told twice. */
function saysTheSame(finding: Finding, line: KubeProxyCheck['lines'][number]): boolean {
  return (
    finding.rule === line.rule &&
    line.evidence.some((one) => finding.evidence.some((own) => own.file === one.file && own.line === one.line))
  );
}

function commandsOf(of: RunbookCase): readonly string[] {
  const { node } = of.reader.bundle;
  const asks = of.analysis.askCustomer.filter((ask) => ask.node === null || ask.node === node);
  return asks.map(({ command }) => command).slice(0, COMMANDS_MAX);
}

/** The case's own list has all of them. */
const COMMANDS_MAX = 3;

/** The end that needs most attention counts. */
const ORDER: readonly StepOutcome['end'][] = [
  'failed',
  'finding',
  'needs-customer',
  'not-found',
  'pass',
  'not-applicable',
];

/** @returns the end of several that needs most attention. */
export function worstEnd(ends: readonly StepOutcome['end'][]): StepOutcome['end'] {
  return ORDER.find((end) => ends.includes(end)) ?? 'not-applicable';
}

function joined(names: readonly string[], parts: readonly StepOutcome[]): StepOutcome {
  const findings = new Map(parts.flatMap((part) => part.findings ?? []).map((one): [string, Finding] => [one.id, one]));
  const end = worstEnd(parts.map((part) => part.end));
  // What is wrong is to be seen; what is right beside it would take its place.
  const cited = parts.filter((part) => part.end === end);
  return {
    end,
    because: parts.map(({ because }, at) => `${names[at]}: ${because}.`).join(' '),
    evidence: cited.flatMap((part) => part.evidence ?? []).slice(0, STEP_EVIDENCE_MAX),
    findings: [...findings.values()],
    commands: end === 'needs-customer' ? [...new Set(parts.flatMap((part) => part.commands ?? []))] : [],
  };
}
