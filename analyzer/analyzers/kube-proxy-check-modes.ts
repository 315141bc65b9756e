/** The same checks where kube-proxy does not work with iptables chains: nftables and IPVS mode. */
import type { LineRef } from '../core/vocabulary.ts';
import type { NftFact, NodeFacts } from '../facts/node-facts.ts';
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
  if (facts.nft.length === 0) {
    return [
      ...lines,
      {
        level: 'INFO',
        text: "kube-proxy's nft table was captured in a form that is not read line by line: its chains were not checked",
        evidence: [],
      },
    ];
  }
  return [...lines, ...facts.nft.flatMap(checkRuleset)];
}

function checkRuleset(fact: NftFact): readonly CheckResultLine[] {
  const lines: CheckResultLine[] = [];
  for (const table of new Set(fact.chains.map((chain) => chain.table))) {
    const chains = fact.chains.filter((chain) => chain.table === table);
    const ref = (line: number): readonly LineRef[] => [{ fileId: fact.fileId, line, endLine: line }];
    const services = chains.find((chain) => chain.name === 'services');
    if (services === undefined)
      lines.push({ level: 'ISSUE', text: `chain services not found in table ${table}`, evidence: [] });
    else {
      lines.push({ level: 'OK', text: `chain services found in table ${table}`, evidence: ref(services.line) });
      for (const name of ['nat-prerouting', 'nat-output']) {
        const hook = chains.find((chain) => chain.name === name);
        const jump = hook?.rules.find((rule) => /\b(jump|goto) services$/.test(rule.text));
        if (jump !== undefined)
          lines.push({ level: 'OK', text: `chain services is reached from ${name}`, evidence: ref(jump.line) });
        else
          lines.push({
            level: 'ISSUE',
            text: `chain services is not reached from ${name}`,
            evidence: hook === undefined ? ref(services.line) : ref(hook.line),
          });
      }
    }
    const endpoints = chains.filter((chain) => chain.name.startsWith('endpoint-'));
    const first = endpoints[0];
    lines.push({
      level: first === undefined ? 'WARN' : 'OK',
      text: `${endpoints.length} endpoint chains found in table ${table}`,
      evidence: first === undefined ? [] : ref(first.line),
    });
    const masquerade = chains
      .find((chain) => chain.name === 'masquerading')
      ?.rules.find((rule) => /^masquerade\b/.test(rule.text));
    if (masquerade === undefined)
      lines.push({
        level: 'ISSUE',
        text: `Masquerade rules missing: chain masquerading of table ${table} has no masquerade`,
        evidence: [],
      });
    else
      lines.push({ level: 'OK', text: `Masquerade rules present in table ${table}`, evidence: ref(masquerade.line) });
  }
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
