/** The same checks where kube-proxy does not work with iptables chains: nftables and IPVS mode. */
import type { LineRef } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable, proxyTables } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nftNat, nftTargets } from '../netfilter/nft-chain.ts';
import type { CheckResultLine } from './check-line.ts';

/** @returns lines on kube-proxy's nft table: lookup chain and its hooks, endpoints, masquerade. */
export function checkNftables(facts: NodeFacts): readonly CheckResultLine[] {
  const lines: CheckResultLine[] = [
    {
      level: 'INFO',
      text: 'KUBE-SERVICES, KUBE-NODEPORTS and KUBE-MARK-MASQ are not used in nftables mode',
      evidence: [],
    },
    { level: 'INFO', text: 'nftables mode keeps no rule counters: activity is not known', evidence: [] },
  ];
  const tables = proxyTables(facts);
  if (tables.length === 0) {
    return [
      ...lines,
      {
        level: 'INFO',
        text: "kube-proxy's nft table was not captured in a form that is read: its chains were not checked",
        evidence: [],
      },
    ];
  }
  return [...lines, ...tables.flatMap(checkTable)];
}

function checkTable(place: ProxyTable): readonly CheckResultLine[] {
  const { table } = place;
  const name = `${table.family} ${table.name}`;
  const ref = (at: { readonly line: number }): readonly LineRef[] => [nftRef(place, at)];
  const lines: CheckResultLine[] = [];
  const absent = (text: string, evidence: readonly LineRef[]): void => {
    if (table.complete) lines.push({ level: 'ISSUE', text, evidence });
    else lines.push({ level: 'INFO', text: `${text}, but the end of the table was not captured`, evidence });
  };
  const services = table.chains.get('services');
  if (services === undefined) absent(`chain services not found in table ${name}`, []);
  else {
    lines.push({ level: 'OK', text: `chain services found in table ${name}`, evidence: ref(services) });
    for (const hookName of ['nat-prerouting', 'nat-output']) {
      const hook = table.chains.get(hookName);
      const jump = hook?.rules.find((rule) => nftTargets(rule, table).some(({ chain }) => chain === 'services'));
      if (jump !== undefined)
        lines.push({ level: 'OK', text: `chain services is reached from ${hookName}`, evidence: ref(jump) });
      else absent(`chain services is not reached from ${hookName}`, ref(hook ?? services));
    }
  }
  const endpoints = [...table.chains.values()].filter((chain) => chain.name.startsWith('endpoint-'));
  const first = endpoints[0];
  lines.push({
    level: first === undefined ? 'WARN' : 'OK',
    text: `${endpoints.length} endpoint chains found in table ${name}`,
    evidence: first === undefined ? [] : ref(first),
  });
  const masquerading = table.chains.get('masquerading');
  const masquerade = masquerading === undefined ? null : nftNat(masquerading, 'masquerade', 'snat');
  if (masquerade === null)
    absent(`Masquerade rules missing: chain masquerading of table ${name} has no masquerade`, []);
  else lines.push({ level: 'OK', text: `Masquerade rules present in table ${name}`, evidence: ref(masquerade.rule) });
  return lines;
}

/** @returns a line on the captured IPVS virtual servers. */
export function checkIpvs(facts: NodeFacts): readonly CheckResultLine[] {
  if (facts.network.ipvs.length === 0) {
    return [{ level: 'INFO', text: 'ipvsadm output not collected: virtual servers cannot be checked', evidence: [] }];
  }
  return facts.network.ipvs.map((fact): CheckResultLine => {
    const [first] = fact.value.services;
    return first === undefined
      ? { level: 'WARN', text: `${fact.file} lists no IPVS virtual server`, evidence: [] }
      : {
          level: 'OK',
          text: `IPVS virtual servers found (${fact.file})`,
          evidence: [{ fileId: fact.fileId, line: first.line, endLine: first.line }],
        };
  });
}
