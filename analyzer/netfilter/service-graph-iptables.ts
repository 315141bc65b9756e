/** The graph of a service in iptables mode: rules of KUBE-SERVICES and KUBE-NODEPORTS, KUBE-EXT, KUBE-SVC, KUBE-SEP, addresses. */
import type { PacketRule } from '../core/packet-rule.ts';
import { kubeChainKind } from './kube-names.ts';
import { addressText, type LinePlace, type NodeService, normalEndpoint } from './node-service.ts';
import { type Counters, countersOf } from './rule-counters.ts';
import { chainGraph, type RuleTable, rulesOf } from './rule-table.ts';
import {
  COLUMN,
  chanceText,
  countOf,
  entryDetail,
  entryId,
  entryText,
  type GraphDraft,
} from './service-graph-draft.ts';

interface Drawing {
  readonly draft: GraphDraft;
  readonly nat: RuleTable;
  readonly counters: Counters;
  readonly service: NodeService;
  readonly drawn: Set<string>;
}

const HOOK = 'hook KUBE-SERVICES';
const MARK = 'KUBE-MARK-MASQ';

/** Draws a service of iptables mode into the draft. */
export function drawIptables(
  draft: GraphDraft,
  service: NodeService,
  tables: readonly RuleTable[],
  others: readonly RuleTable[],
): void {
  const table = (name: string): RuleTable | null =>
    tables.find((each) => each.family === service.family && each.table === name) ?? null;
  const nat = table('nat');
  const counters = countersOf(others);
  if (nat !== null) {
    const drawing: Drawing = { draft, nat, counters, service, drawn: new Set() };
    drawHook(drawing);
    for (const entry of service.entries) {
      const id = entryId(entry.kind, entry.address, entry.port);
      const label = entryText(entry.address, entry.port);
      draft.node({
        id,
        kind: 'entry',
        label,
        detail: entryDetail(entry.kind),
        ...countOf(entry),
        column: COLUMN.entry,
        link: entry.place,
      });
      draft.edge({ from: HOOK, to: id, label: null, probability: null, ...countOf(entry), link: entry.place });
      if (entry.target === null) continue;
      draft.edge({
        from: id,
        to: entry.target,
        label: null,
        probability: null,
        ...countOf(entry),
        link: entry.place,
      });
      drawChain(drawing, entry.target, null);
    }
    // Chains that no entry leads to (KUBE-SERVICES was emptied) are drawn all the same.
    for (const name of service.chains) if (kubeChainKind(name) !== 'SEP') drawChain(drawing, name, null);
    const filter = table('filter');
    if (filter !== null) drawFirewall(drawing, filter);
  }
}

function drawHook({ draft, nat, service }: Drawing): void {
  const chain = nat.chains.get('KUBE-SERVICES');
  if (chain === undefined) {
    draft.node({
      id: HOOK,
      kind: 'missing',
      label: 'KUBE-SERVICES',
      detail: nat.cut === null ? 'not in the nat table' : 'not in the dump, which is incomplete',
      packets: null,
      column: COLUMN.hook,
      link: null,
    });
    return;
  }
  if (service.entries.length === 0 && chain.rules.length > 0) return;
  const hooks = chainGraph(nat).hooksOf.get('KUBE-SERVICES');
  const reached = ['PREROUTING', 'OUTPUT'].filter((hook) => hooks?.has(hook));
  draft.node({
    id: HOOK,
    kind: 'hook',
    label: 'KUBE-SERVICES',
    detail:
      chain.rules.length === 0
        ? 'no rules'
        : reached.length === 0
          ? 'no hook leads here'
          : `from ${reached.join(' and ')}${reached.length === 1 ? ' only' : ''}`,
    packets: null,
    column: COLUMN.hook,
    link: { fileId: nat.fileId, file: nat.file, line: chain.line },
  });
}

function drawChain(drawing: Drawing, name: string, jump: PacketRule | null): void {
  const { draft, nat, counters, service, drawn } = drawing;
  if (drawn.has(name)) return;
  drawn.add(name);
  const kind = kubeChainKind(name);
  const endpoint = kind === 'SEP';
  const column = endpoint ? COLUMN.endpoint : kind === 'SVC' || kind === 'SVL' ? COLUMN.service : COLUMN.policy;
  const chain = nat.chains.get(name);
  if (chain === undefined) {
    draft.node({
      id: name,
      kind: 'missing',
      label: name,
      detail: 'not in the dump',
      packets: null,
      column,
      link: place(nat, jump),
    });
    return;
  }
  const dnat = chain.rules.filter((rule) => rule.target === 'DNAT');
  draft.node({
    id: name,
    kind: endpoint ? 'endpoint' : column === COLUMN.service ? 'service' : 'policy',
    label: name,
    detail:
      chain.rules.length === 0
        ? 'no rules'
        : endpoint
          ? dnat.length === 0
            ? 'no DNAT rule'
            : null
          : affinityText(service, column),
    packets: null,
    column,
    link: { fileId: nat.fileId, file: nat.file, line: chain.line },
  });
  const byChance = chain.rules.some((rule) => rule.probability !== null);
  for (const rule of chain.rules) {
    if (rule.target === 'DNAT' && rule.toDestination !== null) {
      const address = normalEndpoint(rule.toDestination);
      draft.node({
        id: `address ${address}`,
        kind: 'address',
        label: address,
        detail: null,
        ...counters.of(nat, rule),
        column: COLUMN.address,
        link: place(nat, rule),
      });
      draft.edge({
        from: name,
        to: `address ${address}`,
        label: null,
        probability: rule.probability,
        ...counters.of(nat, rule),
        link: place(nat, rule),
      });
    } else if (rule.target === MARK) {
      // The hairpin rule of every endpoint would hide the rules that matter.
      if (!endpoint) drawMark(drawing, name, rule);
    } else if (rule.target !== null && kubeChainKind(rule.target) !== null) {
      if (!draft.draws(rule.target)) continue;
      drawChain(drawing, rule.target, rule);
      const chance = rule.probability ?? (byChance && rule.recent === null && conditions(rule) === null ? 1 : null);
      draft.edge({
        from: name,
        to: rule.target,
        label: stepLabel(rule, chance),
        probability: chance,
        ...counters.of(nat, rule),
        link: place(nat, rule),
      });
    }
  }
}

function affinityText(service: NodeService, column: number): string | null {
  return column === COLUMN.service && service.affinity !== null ? `session affinity ${service.affinity} s` : null;
}

function drawMark(drawing: Drawing, from: string, rule: PacketRule): void {
  const { draft, nat, counters } = drawing;
  const chain = nat.chains.get(MARK);
  draft.node({
    id: MARK,
    kind: chain === undefined ? 'missing' : 'masquerade',
    label: MARK,
    detail:
      chain === undefined
        ? 'not in the dump'
        : chain.rules.some((each) => each.target === 'MARK')
          ? 'marks for masquerading'
          : 'no MARK rule',
    packets: null,
    column: COLUMN.endpoint,
    link: chain === undefined ? place(nat, rule) : { fileId: nat.fileId, file: nat.file, line: chain.line },
  });
  draft.edge({
    from,
    to: MARK,
    label: conditions(rule) ?? 'every packet',
    probability: null,
    ...counters.of(nat, rule),
    link: place(nat, rule),
  });
}

function stepLabel(rule: PacketRule, chance: number | null): string | null {
  if (rule.recent !== null) return 'session affinity';
  const when = conditions(rule);
  if (rule.probability !== null)
    return when === null ? chanceText(rule.probability) : `${chanceText(rule.probability)}, ${when}`;
  return when ?? (chance === null ? null : 'the rest');
}

/** What a rule asks of the sender; addresses and ports of the service itself are on the entry. */
function conditions(rule: PacketRule): string | null {
  const said: string[] = [];
  if (rule.source !== null) said.push(`source ${rule.source.not ? 'not ' : ''}${rule.source.value}`);
  if (rule.sourceType !== null)
    said.push(
      rule.sourceType.value === 'LOCAL'
        ? `${rule.sourceType.not ? 'not ' : ''}from this node`
        : `source type ${rule.sourceType.not ? 'not ' : ''}${rule.sourceType.value}`,
    );
  if (rule.inInterface !== null) said.push(`${rule.inInterface.not ? 'not ' : ''}in by ${rule.inInterface.value}`);
  for (const set of rule.sets) said.push(`${set.not ? 'not ' : ''}in set ${set.name}`);
  return said.length === 0 ? null : said.join(', ').slice(0, 200);
}

/** Packets outside the source ranges: KUBE-FW leaves them as they are, and filter drops them. */
function drawFirewall({ draft, service, counters }: Drawing, filter: RuleTable): void {
  const chain = service.chains.find((name) => kubeChainKind(name) === 'FW');
  if (chain === undefined) return;
  const addresses = new Set(service.loadBalancerIPs);
  for (const rule of rulesOf(filter, 'KUBE-PROXY-FIREWALL')) {
    if (rule.target !== 'DROP' || rule.destination === null || !addresses.has(addressText(rule.destination.value)))
      continue;
    const id = `refuse ${rule.line}`;
    draft.node({
      id,
      kind: 'refuse',
      label: 'DROP',
      detail: 'sources outside the ranges',
      ...counters.of(filter, rule),
      column: COLUMN.service,
      link: place(filter, rule),
    });
    draft.edge({
      from: chain,
      to: id,
      label: 'other sources',
      probability: null,
      ...counters.of(filter, rule),
      link: place(filter, rule),
    });
  }
}

function place(table: RuleTable, rule: PacketRule | null): LinePlace | null {
  return rule === null ? null : { fileId: table.fileId, file: table.file, line: rule.line };
}
