/** The rules of one pod: who names its address, as a whole address, and which services send packets to it. */
import type { PacketRule } from '../core/packet-rule.ts';
import { someOf } from '../core/some-of.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { capturedCluster } from '../facts/captured-cluster.ts';
import { nftRef, proxyTables } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { addressFamily, canonicalAddress } from '../netfilter/address.ts';
import { kubeChainKind } from '../netfilter/kube-names.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import { ruleRef } from '../netfilter/rule-table.ts';
import { type CheckResultLine, podActions } from './check-line.ts';

/** Evidence lines cited by one check line. */
const CITED_MAX = 5;
/** Services named in one line. */
const NAMED_MAX = 5;

/** @param podIp null: no pod was asked about and the bundle names none. @returns one or two lines on its rules. */
export function checkPod(facts: NodeFacts, podIp: string | null): readonly CheckResultLine[] {
  if (podIp === null)
    return [
      {
        level: 'INFO',
        text: 'No pod IP was given and the bundle holds none: rules of a pod were not looked for',
        evidence: [],
      },
    ];
  const address = canonicalAddress(podIp) ?? podIp;
  const { refs, ofService } = linesNaming(facts, address);
  const { mode } = facts.mode;
  const what =
    mode === 'iptables'
      ? 'iptables rule(s)'
      : mode === 'ipvs'
        ? 'iptables, IPVS and ipset line(s)'
        : mode === 'nftables'
          ? 'nftables rule(s)'
          : 'rule(s)';
  const evidence = refs.slice(0, CITED_MAX);
  if (ofService > 0) {
    const text = `Found ${refs.length} ${what} for pod IP ${podIp} (service rules present)`;
    return [{ level: 'OK', text, evidence }, ...serviceLines(facts, podIp, address)];
  }
  const unseen = notSeen(facts, address);
  if (refs.length > 0) {
    const text = `Found ${refs.length} ${what} for pod IP ${podIp}, none of a service`;
    return [
      { level: 'INFO', text: unseen === null ? text : `${text} (${unseen})`, evidence, actions: podActions(podIp) },
      ...capturedLines(facts, podIp, address),
    ];
  }
  const text =
    unseen === null
      ? `No rules found for pod IP ${podIp} (normal when the pod is behind no Service)`
      : `Rules for pod IP ${podIp} cannot be looked for: ${unseen}`;
  const next = unseen === null ? { actions: podActions(podIp) } : {};
  return [
    { level: 'INFO', text, evidence: [], ...next },
    ...(unseen === null ? capturedLines(facts, podIp, address) : []),
  ];
}

function linesNaming(
  facts: NodeFacts,
  address: string,
): { readonly refs: readonly LineRef[]; readonly ofService: number } {
  const refs: LineRef[] = [];
  let ofService = 0;
  for (const table of facts.tables) {
    for (const chain of table.chains.values()) {
      for (const rule of chain.rules) {
        if (!names(rule, address)) continue;
        refs.push(ruleRef(table, rule));
        if (rule.target === 'DNAT' || kubeChainKind(rule.chain) !== null) ofService += 1;
      }
    }
  }
  for (const place of proxyTables(facts)) {
    for (const chain of place.table.chains.values()) {
      for (const rule of chain.rules) {
        if (!namesText(rule.raw, address)) continue;
        refs.push(nftRef(place, rule));
        ofService += 1;
      }
    }
  }
  // Several outputs list the same servers: the best one is counted.
  for (const fact of facts.network.ipvs.slice(0, 1)) {
    for (const server of fact.value.services.flatMap((service) => service.realServers)) {
      if (canonicalAddress(server.address) !== address) continue;
      refs.push({ fileId: fact.fileId, line: server.line, endLine: server.line });
      ofService += 1;
    }
  }
  if (facts.mode.mode === 'ipvs') {
    const seen = new Set<string>();
    for (const fact of facts.network.ipsets) {
      for (const set of fact.value) {
        // The output lists every set twice: as a list and in save form.
        if (seen.has(set.name)) continue;
        seen.add(set.name);
        for (const entry of set.entries) {
          if (!entry.text.split(',').some((part) => canonicalAddress(part) === address)) continue;
          refs.push({ fileId: fact.fileId, line: entry.line, endLine: entry.line });
        }
      }
    }
  }
  return { refs, ofService };
}

/** @returns why the rules of a pod may be there all the same, or null when they were all captured. */
function notSeen(facts: NodeFacts, address: string): string | null {
  const { mode } = facts.mode;
  if (mode === 'nftables') {
    const family = address.includes(':') ? 'ip6' : 'ip';
    const own = proxyTables(facts).find(({ table }) => table.family === family);
    if (own === undefined) return "kube-proxy's nft table was not collected";
    return own.table.complete ? null : `the end of the nft table in ${own.file} is missing`;
  }
  if (mode === 'ipvs' && facts.network.ipvs.length === 0) return 'the output of ipvsadm was not collected';
  if (mode === 'ipvs') return null;
  const nat = facts.tables.find((table) => table.table === 'nat' && table.family === addressFamily(address));
  if (nat === undefined) return 'the nat table was not collected';
  return nat.cut === null ? null : `the nat table in ${nat.file} is incomplete (${nat.cut.because})`;
}

/** Which services the pod is an endpoint of, and whether new connections come to it. */
function serviceLines(facts: NodeFacts, podIp: string, address: string): readonly CheckResultLine[] {
  const mine = nodeServices(facts).flatMap((service) =>
    service.endpoints
      .filter((endpoint) => splitEndpoint(endpoint.address)?.address === address)
      .map((endpoint) => ({ id: service.id, endpoint })),
  );
  if (mine.length === 0) return [];
  const refs = (list: typeof mine): readonly LineRef[] =>
    list
      .flatMap(({ endpoint }) => endpoint.refs)
      .slice(0, CITED_MAX)
      .map(({ fileId, line }) => ({ fileId, line, endLine: line }));
  const lines: CheckResultLine[] = [
    {
      level: 'OK',
      text: `Pod IP ${podIp} is an endpoint of ${someOf([...new Set(mine.map(({ id }) => id))], NAMED_MAX)} in these rules`,
      evidence: refs(mine),
    },
  ];
  const idle = mine.filter(({ endpoint }) => endpoint.share === 0);
  if (idle.length > 0)
    lines.push({
      level: 'WARN',
      text: `Pod IP ${podIp} gets no new connections to the cluster IP of ${someOf([...new Set(idle.map(({ id }) => id))], NAMED_MAX)}: its share of the rules is 0`,
      evidence: refs(idle),
    });
  return lines;
}

/** Captured EndpointSlices that hold the pod although no rule names it. */
function capturedLines(facts: NodeFacts, podIp: string, address: string): readonly CheckResultLine[] {
  const held = capturedCluster(facts.state).ports.flatMap((port) =>
    (port.endpoints ?? [])
      .filter((endpoint) => endpoint.address === address && endpoint.ready)
      .map((endpoint) => ({ service: port.service, ref: endpoint.ref })),
  );
  if (held.length === 0) return [];
  return [
    {
      level: 'WARN',
      text: `The captured endpoints of ${someOf([...new Set(held.map(({ service }) => service))], NAMED_MAX)} hold pod IP ${podIp}, but no service rule of this node names it`,
      evidence: held.slice(0, CITED_MAX).map(({ ref }) => ref),
      actions: podActions(podIp),
    },
  ];
}

/** Whole addresses only: as source, destination, DNAT target or in kube-proxy's `-> ip:port` comment. */
function names(rule: PacketRule, address: string): boolean {
  if (isIt(rule.source?.value, address) || isIt(rule.destination?.value, address)) return true;
  if (rule.toDestination !== null && isIt(splitEndpoint(rule.toDestination)?.address, address)) return true;
  const commented = rule.comment === null ? null : (/ -> (\S+)$/.exec(rule.comment)?.[1] ?? null);
  return commented !== null && isIt(splitEndpoint(commented)?.address, address);
}

function isIt(text: string | undefined, address: string): boolean {
  return text !== undefined && (text === address || (text.includes(':') && canonicalAddress(text) === address));
}

/** @returns true when the text holds the address and nothing that would make it part of another one. */
export function namesText(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text.slice(at + address.length, at + address.length + 2);
    if (!/[0-9A-Fa-f.]/.test(before) && !/^(?:[0-9]|\.[0-9])/.test(after)) return true;
  }
  return false;
}
