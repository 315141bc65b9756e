/** The graph of a service in IPVS mode: virtual servers, their real servers, and the rule that marks for masquerading. */
import { endpointText } from './address.ts';
import type { NodeService, ServiceInput } from './node-service.ts';
import { type RuleTable, rulesOf } from './rule-table.ts';
import { COLUMN, chanceText, entryDetail, entryId, entryText, type GraphDraft } from './service-graph-draft.ts';
import { realServerShares, type VirtualServer, virtualServers } from './service-list-ipvs.ts';

/** Draws a service of IPVS mode into the draft. */
export function drawIpvs(draft: GraphDraft, service: NodeService, input: ServiceInput): void {
  const servers = virtualServers(input);
  for (const entry of service.entries) {
    const server = servers.find(
      (one) => one.address === entry.address && one.port === entry.port && one.protocol === service.protocol,
    );
    if (server !== undefined) drawServer(draft, server);
  }
  if (service.entries.length === 0 && service.clusterIP !== null) {
    draft.node({
      id: `entry ${service.clusterIP}`,
      kind: 'missing',
      label: entryText(service.clusterIP, service.servicePort),
      detail: 'no virtual server',
      packets: null,
      column: COLUMN.entry,
      link: service.refs[0] ?? null,
    });
  }
  const nat = input.tables.find((table) => table.family === service.family && table.table === 'nat');
  if (nat !== undefined) drawMarks(draft, service, nat);
}

function drawServer(draft: GraphDraft, server: VirtualServer): void {
  const id = entryId(server.kind, server.address, server.port);
  draft.node({
    id,
    kind: 'entry',
    label: entryText(server.address, server.port),
    detail: [entryDetail(server.kind), server.scheduler].filter((part) => part !== null).join(', '),
    packets: server.connections,
    column: COLUMN.entry,
    link: server.place,
  });
  const { shares } = realServerShares(server);
  for (const [index, real] of server.realServers.entries()) {
    const address = endpointText(real.address, real.port);
    if (!draft.draws(address)) continue;
    const share = shares[index] ?? 0;
    const link = { ...server.place, line: real.line };
    draft.node({
      id: `address ${address}`,
      kind: 'address',
      label: address,
      detail: real.weight === 0 ? 'weight 0' : null,
      packets: real.connections,
      column: COLUMN.address,
      link,
    });
    draft.edge({
      from: id,
      to: `address ${address}`,
      label: share === 0 ? 'weight 0' : share < 1 ? chanceText(share) : null,
      probability: share < 1 ? share : null,
      packets: real.connections,
      link,
    });
  }
}

const SET_OF: Readonly<Record<string, RegExp>> = {
  'cluster IP': /^KUBE-(?:6-)?CLUSTER-IP$/,
  'external IP': /^KUBE-(?:6-)?EXTERNAL-IP(?:-LOCAL)?$/,
  'load balancer IP': /^KUBE-(?:6-)?LOAD-BALANCER$/,
  'node port': /^KUBE-(?:6-)?NODE-PORT-(?:TCP|UDP|SCTP-HASH)$/,
};

/** The rule that marks packets to such an address for masquerading. */
function drawMarks(draft: GraphDraft, service: NodeService, nat: RuleTable): void {
  const chains = ['KUBE-SERVICES', 'KUBE-LOAD-BALANCER', 'KUBE-NODE-PORT'];
  const marks = chains.flatMap((chain) => rulesOf(nat, chain)).filter((rule) => rule.target === 'KUBE-MARK-MASQ');
  for (const entry of service.entries) {
    const set = SET_OF[entry.kind];
    const rule = marks.find(
      (each) =>
        (set !== undefined && each.sets.some(({ name }) => set.test(name))) ||
        (entry.kind === 'load balancer IP' && each.chain === 'KUBE-LOAD-BALANCER'),
    );
    if (rule === undefined) continue;
    const id = `KUBE-MARK-MASQ ${rule.line}`;
    const link = { fileId: nat.fileId, file: nat.file, line: rule.line };
    draft.node({
      id,
      kind: 'masquerade',
      label: 'KUBE-MARK-MASQ',
      detail: rule.sets[0] === undefined ? `by ${rule.chain}` : `by ipset ${rule.sets[0].name}`,
      packets: rule.packets?.value ?? null,
      column: COLUMN.endpoint,
      link,
    });
    const label = rule.sets[0]?.flags.startsWith('src') ? 'from this node' : (sourceText(rule.source) ?? null);
    draft.edge({
      from: entryId(entry.kind, entry.address, entry.port),
      to: id,
      label,
      probability: null,
      packets: rule.packets?.value ?? null,
      link,
    });
  }
}

function sourceText(source: { readonly not: boolean; readonly value: string } | null): string | null {
  return source === null ? null : `source ${source.not ? 'not ' : ''}${source.value}`;
}
