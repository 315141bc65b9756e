/**
 * Tracked UDP flows that are still translated to an endpoint which no rule holds any more. Rules are only asked about
 * the first packet of a flow, and a client that keeps sending from one port keeps its entry alive: its packets go on to
 * the dead address until the entry is deleted. kube-proxy deletes such entries when it removes an endpoint.
 */
import type { ConntrackEntry } from '../core/node-state.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { type ConntrackFact, refAt } from '../facts/node-state.ts';
import { nodeServices } from '../facts/services.ts';
import { addressText, type NodeService, normalEndpoint } from '../netfilter/node-service.ts';
import type { Analyzer } from './analyzer.ts';
import { chainFinding, gathered, likely, listed, outcomeOf } from './outcome.ts';

export const conntrackStaleUdp: Analyzer = {
  id: 'conntrack-stale-udp',
  title: 'Tracked UDP flows lead to endpoints that exist',
  area: 'network',
  run(facts) {
    const captured = facts.state.conntrack.filter((fact) => fact.dump.entries > 0 || fact.dump.declared === 0);
    if (captured.length === 0) return { outcome: 'skipped', missing: 'tracked connections (conntrack -L)' };
    const services = nodeServices(facts).filter((each) => each.protocol === 'udp');
    if (services.length === 0) return { outcome: 'skipped', missing: 'UDP services in the rules of the node' };
    const found = captured.flatMap((fact) => check(fact, services));
    return outcomeOf(
      gathered(found, `${found.length} removed UDP endpoints still have tracked flows`),
      'every translated UDP flow to a service leads to one of its endpoints',
    );
  },
};

function check(fact: ConntrackFact, services: readonly NodeService[]): readonly FindingDraft[] {
  if (fact.dump.translatedUdp.length === 0) return [];
  const byEntry = new Map(
    services.flatMap((service) =>
      service.entries.flatMap((entry): [string, NodeService][] =>
        entry.address === null ? [] : [[`${entry.address} ${entry.port}`, service]],
      ),
    ),
  );
  const alive = new Set(services.flatMap((each) => each.endpoints.map((endpoint) => normalEndpoint(endpoint.address))));
  const dead = new Map<string, { service: NodeService; endpoint: string; flows: ConntrackEntry[] }>();
  for (const entry of fact.dump.translatedUdp) {
    const { original, reply } = entry;
    const service = byEntry.get(`${addressText(original.destination)} ${original.destinationPort}`);
    if (service === undefined || reply.sourcePort === null) continue;
    const address = addressText(reply.source);
    const endpoint = normalEndpoint(
      address.includes(':') ? `[${address}]:${reply.sourcePort}` : `${address}:${reply.sourcePort}`,
    );
    if (alive.has(endpoint)) continue;
    const key = `${service.id} ${endpoint}`;
    const known = dead.get(key);
    if (known === undefined) dead.set(key, { service, endpoint, flows: [entry] });
    else known.flows.push(entry);
  }
  return [...dead.values()].flatMap((each) => finding(fact, each.service, each.endpoint, each.flows));
}

function finding(
  fact: ConntrackFact,
  service: NodeService,
  endpoint: string,
  flows: readonly ConntrackEntry[],
): readonly FindingDraft[] {
  const silent = flows.filter((flow) => flow.unreplied);
  const [first, ...rest] = silent.length > 0 ? [...silent, ...flows.filter((flow) => !flow.unreplied)] : flows;
  if (first === undefined) return [];
  const address = endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const clients = [...new Set(flows.map((flow) => flow.original.source))];
  const { destination, destinationPort } = first.original;
  const count = `${flows.length} tracked UDP ${flows.length === 1 ? 'flow' : 'flows'}`;
  const unanswered = silent.length === 0 ? 'all of them got an answer once' : `${silent.length} without any answer`;
  const rule = service.entries[0]?.place;
  return [
    chainFinding(refAt(fact, first.line), {
      rule: 'conntrack-stale-udp',
      area: 'network',
      title: `UDP flows to ${service.id} still go to ${endpoint}, which is no endpoint any more`,
      claim: `${count} to ${destination}:${destinationPort} (${service.id}) ${flows.length === 1 ? 'is' : 'are'} translated to ${endpoint} (${unanswered}), and no rule of this node sends packets of a UDP service to ${endpoint}.`,
      severity: silent.length > 0 ? 'medium' : 'low',
      confidence: likely(
        silent.length > 0
          ? 'the flow got no answer; rules and connections were captured seconds apart, and an endpoint removed in between looks the same'
          : 'the flow was answered once; it may have ended before the endpoint was removed',
      ),
      owner: 'kube-proxy',
      count: flows.length,
      entities: [
        { kind: 'service', name: service.id },
        { kind: 'endpoint', name: endpoint },
        ...clients.slice(0, 20).map((name) => ({ kind: 'ip' as const, name })),
      ],
      userNotices: `${listed(clients)} get no answer from ${service.id} as long as they send from the same port, other clients do. Typical are DNS and syslog clients.`,
      now: [
        `Delete the entries: \`sudo conntrack -D -p udp --orig-dst ${destination} --dst-nat ${address}\``,
        'Look in the log of kube-proxy for `conntrack` errors: it deletes such entries itself when it removes an endpoint',
      ],
      check: [`\`sudo conntrack -L -p udp --dst-nat ${address}\` shows no entry`],
      evidence: [
        ...rest.slice(0, 6).map((flow) => refAt(fact, flow.line)),
        ...(rule === undefined
          ? []
          : [{ fileId: rule.fileId, line: rule.line, endLine: rule.line, note: 'the service in the rules' }]),
      ],
    }),
  ];
}
