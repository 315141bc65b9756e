/**
 * The kube-proxy checks of the pod network runbook, one line each, in its wording: mode, required chains, activity,
 * masquerade, rules of a pod. What was not collected is called that and never "not found"; only rules whose counter
 * is above 0 have traffic; an address matches as a whole (10.0.0.1 is not 10.0.0.10).
 */
import type { Family, PacketRule } from '../core/packet-rule.ts';
import type { LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import { CHAINS_MISSING_ACTIONS, type CheckResultLine, MASQUERADE_ACTIONS, NO_COUNTS_ACTIONS } from './check-line.ts';
import { checkIpvs, checkNftables } from './kube-proxy-check-modes.ts';
import { checkPod } from './kube-proxy-check-pod.ts';

export type { CheckResultLine } from './check-line.ts';

/** Evidence lines cited by one check line. */
const CITED_MAX = 5;

/**
 * @param podIp address of the pod asked about; null takes the bundle's own pod-ip file.
 * @returns the checks in the order of the runbook.
 */
export function checkKubeProxy(facts: NodeFacts, podIp: string | null): readonly CheckResultLine[] {
  const address = podIp ?? facts.podIp?.address ?? null;
  const lines: CheckResultLine[] = [modeLine(facts), ...facts.mode.contradictions.map(contradictionLine)];
  if (facts.mode.mode === 'nftables') lines.push(...checkNftables(facts));
  else for (const family of familiesOf(facts)) lines.push(...checkFamily(facts, family));
  if (facts.mode.mode === 'ipvs') lines.push(...checkIpvs(facts));
  lines.push(...checkPod(facts, address));
  return lines;
}

function modeLine(facts: NodeFacts): CheckResultLine {
  const { mode, because, evidence } = facts.mode;
  const known = mode === 'iptables' || mode === 'ipvs' || mode === 'nftables';
  if (known) return { level: 'OK', text: `kube-proxy mode: ${mode}`, evidence: evidence.slice(0, CITED_MAX) };
  return {
    level: mode === 'replaced' ? 'INFO' : 'WARN',
    text: `kube-proxy mode: ${mode} (${because})`,
    evidence: evidence.slice(0, CITED_MAX),
  };
}

function contradictionLine(trace: NodeFacts['mode']['contradictions'][number]): CheckResultLine {
  return {
    level: 'WARN',
    text: `traces of ${trace.mode} mode as well: ${trace.sentence}`,
    evidence: trace.evidence.slice(0, CITED_MAX),
  };
}

function familiesOf(facts: NodeFacts): readonly Family[] {
  const six = facts.tables.some((table) => table.family === 'IPv6' && table.chains.has('KUBE-SERVICES'));
  return six ? ['IPv4', 'IPv6'] : ['IPv4'];
}

function checkFamily(facts: NodeFacts, family: Family): readonly CheckResultLine[] {
  const tableOf = (name: string): RuleTable | null =>
    facts.tables.find((table) => table.family === family && table.table === name) ?? null;
  const nat = tableOf('nat');
  const filter = tableOf('filter');
  const v6 = family === 'IPv6' ? ' (IPv6)' : '';
  const lines: CheckResultLine[] = [];
  const say = (level: CheckResultLine['level'], text: string, evidence: readonly LineRef[] = []): void => {
    const wrong = level === 'ISSUE' || level === 'WARN';
    const actions = wrong ? { actions: CHAINS_MISSING_ACTIONS } : {};
    lines.push({ level, text: `${text}${v6}`, evidence: evidence.slice(0, CITED_MAX), ...actions });
  };
  const ipvs = facts.mode.mode === 'ipvs';
  // Without a known mode nothing says that these chains should be there.
  const absence = facts.mode.mode === 'iptables' || ipvs ? 'ISSUE' : 'WARN';
  const names: readonly (readonly [string, RuleTable | null, string])[] = [
    ['filter', filter, ipvs ? 'KUBE-IPVS-FILTER' : 'KUBE-SERVICES'],
    ['nat', nat, 'KUBE-SERVICES'],
    ['nat', nat, ipvs ? 'KUBE-NODE-PORT' : 'KUBE-NODEPORTS'],
  ];
  for (const [name, table, chainName] of names) {
    const chain = table?.chains.get(chainName);
    if (table === null) say('INFO', notCollected(facts, name, chainName));
    else if (chain !== undefined) say('OK', `${chainName} chain found in ${name} table`, [chainRef(table, chain)]);
    else if (table.cut !== null)
      say('INFO', `${chainName} chain not seen in ${name} table, whose dump is incomplete (${table.cut.because})`);
    else
      say(
        chainName === 'KUBE-NODEPORTS' || chainName === 'KUBE-NODE-PORT' ? 'WARN' : absence,
        `${chainName} chain not found in ${name} table (${table.file})`,
      );
  }
  if (nat === null) {
    say('INFO', notCollected(facts, 'nat', 'KUBE-MARK-MASQ'));
  } else {
    lines.push(...checkMarkMasq(nat, absence, v6));
    lines.push(...checkHooks(nat, v6));
    lines.push(...checkActivity(facts, nat, v6));
    lines.push(...checkMasquerade(nat, absence, v6));
  }
  return lines;
}

function notCollected(facts: NodeFacts, table: string, chain: string): string {
  const empty = facts.rules.empty.map((dump) => dump.file);
  const why = empty.length === 0 ? 'no dump of it is in the bundle' : `empty: ${empty.slice(0, 4).join(', ')}`;
  return `${table} table not collected (${why}): ${chain} cannot be checked`;
}

function checkMarkMasq(nat: RuleTable, absence: CheckResultLine['level'], v6: string): readonly CheckResultLine[] {
  const chain = nat.chains.get('KUBE-MARK-MASQ');
  if (chain === undefined) {
    if (nat.cut !== null)
      return [{ level: 'INFO', text: `KUBE-MARK-MASQ chain not seen, the nat dump is incomplete${v6}`, evidence: [] }];
    return [
      {
        level: absence,
        text: `KUBE-MARK-MASQ chain not found in nat table (${nat.file})${v6}`,
        evidence: [],
        actions: CHAINS_MISSING_ACTIONS,
      },
    ];
  }
  const references = chain.references ?? chainGraph(nat).jumpsTo.get('KUBE-MARK-MASQ')?.length ?? 0;
  const found: CheckResultLine = {
    level: 'OK',
    text: `KUBE-MARK-MASQ chain found (${references} references)${v6}`,
    evidence: [chainRef(nat, chain)],
  };
  if (chain.rules.some((rule) => rule.target === 'MARK') || nat.cut !== null) return [found];
  return [
    found,
    {
      level: 'ISSUE',
      text: `KUBE-MARK-MASQ chain has no MARK rule: nothing is marked for masquerade${v6}`,
      evidence: [chainRef(nat, chain)],
      actions: MASQUERADE_ACTIONS,
    },
  ];
}

function checkHooks(nat: RuleTable, v6: string): readonly CheckResultLine[] {
  const chain = nat.chains.get('KUBE-SERVICES');
  if (chain === undefined || nat.cut !== null) return [];
  const reached = chainGraph(nat).hooksOf.get('KUBE-SERVICES');
  return ['PREROUTING', 'OUTPUT'].flatMap((hook): readonly CheckResultLine[] =>
    nat.chains.has(hook) && !reached?.has(hook)
      ? [
          {
            level: 'ISSUE',
            text: `KUBE-SERVICES chain is not reached from ${hook} in nat table${v6}`,
            evidence: [chainRef(nat, chain)],
            actions: CHAINS_MISSING_ACTIONS,
          },
        ]
      : [],
  );
}

function checkActivity(facts: NodeFacts, nat: RuleTable, v6: string): readonly CheckResultLine[] {
  const chain = nat.chains.get('KUBE-SERVICES');
  if (chain === undefined) return [];
  if (chain.rules.length === 0 && nat.cut === null) {
    return [
      {
        level: 'ISSUE',
        text: `KUBE-SERVICES chain in nat table is empty: no packet to a service is sent to an endpoint${v6}`,
        evidence: [chainRef(nat, chain)],
        rule: 'kube-services-empty',
        actions: CHAINS_MISSING_ACTIONS,
      },
    ];
  }
  const counted = [...facts.tables, ...facts.rules.counted].find(
    (table) => table.family === nat.family && table.table === 'nat' && table.counters === 'packets',
  );
  if (counted === undefined) {
    return [
      {
        level: 'INFO',
        text: `KUBE-SERVICES chain: counters were not captured (${nat.file} is a dump without them), activity is not known${v6}`,
        evidence: [chainRef(nat, chain)],
      },
    ];
  }
  const own = withTraffic(rulesOf(counted, 'KUBE-SERVICES'));
  const busy = [...own, ...withTraffic(chainGraph(counted).jumpsTo.get('KUBE-SERVICES') ?? [])];
  const refs = busy.slice(0, CITED_MAX).map((rule) => ruleRef(counted, rule));
  const [busiest] = [...busy].sort((left, right) => (right.packets?.value ?? 0) - (left.packets?.value ?? 0));
  if (busiest === undefined) {
    const cited = counted.chains.get('KUBE-SERVICES');
    if (facts.mode.mode === 'ipvs') {
      return [
        {
          level: 'INFO',
          text: `KUBE-SERVICES chain has no packet counts: in IPVS mode the virtual servers tell the activity${v6}`,
          evidence: cited === undefined ? [] : [chainRef(counted, cited)],
        },
      ];
    }
    return [
      {
        level: 'WARN',
        text: `KUBE-SERVICES chain has no packet counts (kube-proxy may not be processing traffic)${v6}`,
        evidence: cited === undefined ? [] : [chainRef(counted, cited)],
        actions: NO_COUNTS_ACTIONS,
      },
    ];
  }
  const active: CheckResultLine = {
    level: 'OK',
    text: `KUBE-SERVICES chain active (${busy.length} rule(s) with traffic, sample: ${busiest.packets?.printed} packets)${v6}`,
    evidence: refs,
  };
  if (own.length > 0) return [active];
  return [
    active,
    {
      level: 'WARN',
      text: `Packets come to KUBE-SERVICES but none of its own rules has packet counts: no packet met a service${v6}`,
      evidence: refs,
      actions: NO_COUNTS_ACTIONS,
    },
  ];
}

function withTraffic(rules: readonly PacketRule[]): readonly PacketRule[] {
  return rules.filter((rule) => (rule.packets?.value ?? 0) > 0);
}

function checkMasquerade(nat: RuleTable, absence: CheckResultLine['level'], v6: string): readonly CheckResultLine[] {
  const rules = [...nat.chains.values()].flatMap((chain) => chain.rules.filter((rule) => rule.target === 'MASQUERADE'));
  const marks = chainGraph(nat).jumpsTo.get('KUBE-MARK-MASQ')?.length ?? 0;
  const own = rules.filter((rule) => rule.chain === 'KUBE-POSTROUTING');
  if (own.length > 0) {
    const hooked = chainGraph(nat).hooksOf.get('KUBE-POSTROUTING')?.has('POSTROUTING') === true;
    const post = nat.chains.get('POSTROUTING');
    if (!hooked && post !== undefined && nat.cut === null) {
      return [
        {
          level: 'ISSUE',
          text: `Masquerade rules are not met: KUBE-POSTROUTING is not reached from POSTROUTING in nat table${v6}`,
          evidence: [chainRef(nat, post), ...own.map((rule) => ruleRef(nat, rule))].slice(0, CITED_MAX),
          actions: MASQUERADE_ACTIONS,
        },
      ];
    }
    return [
      {
        level: 'OK',
        text: `Masquerade rules present (${rules.length} MASQUERADE rule(s), ${marks} KUBE-MARK-MASQ reference(s))${v6}`,
        evidence: own.slice(0, CITED_MAX).map((rule) => ruleRef(nat, rule)),
      },
    ];
  }
  if (nat.cut !== null)
    return [{ level: 'INFO', text: `Masquerade rules not seen, the nat dump is incomplete${v6}`, evidence: [] }];
  const elsewhere = rules.length > 0 ? ` (${rules.length} MASQUERADE rule(s) in other chains)` : '';
  return [
    {
      level: absence,
      text: `Masquerade rules missing: KUBE-POSTROUTING in nat table has no MASQUERADE rule${elsewhere}${v6}`,
      evidence: rules.slice(0, CITED_MAX).map((rule) => ruleRef(nat, rule)),
      actions: MASQUERADE_ACTIONS,
    },
  ];
}
