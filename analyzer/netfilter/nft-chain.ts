/** How the chains of one nft table lead to each other, through verdicts, verdict maps and named maps. */
import type { NftChainDump, NftExpression, NftRule, NftStatement, NftTable } from '../core/nft-ruleset.ts';

/** A jump or goto, with the line of the rule or of the map's element. */
export interface NftTarget {
  readonly chain: string;
  readonly line: number;
}

/** @returns chains a rule can lead to, elements of the named maps it looks in included. */
export function nftTargets(rule: NftRule, table: NftTable): readonly NftTarget[] {
  return rule.statements.flatMap((statement): readonly NftTarget[] => {
    if (statement.kind === 'verdict')
      return 'chain' in statement.verdict ? [at(statement.verdict.chain, rule.line)] : [];
    if (statement.kind !== 'vmap') return [];
    return vmapElements(statement.data, table).flatMap(({ verdict, line }) =>
      verdict !== null && 'chain' in verdict ? [at(verdict.chain, line === 0 ? rule.line : line)] : [],
    );
  });
}

function at(chain: string, line: number): NftTarget {
  return { chain, line };
}

function vmapElements(data: NftExpression, table: NftTable) {
  if (data.kind === 'elements') return data.elements;
  return data.kind === 'set-reference' ? (table.sets.get(data.name)?.elements ?? []) : [];
}

const reachedBy = new WeakMap<NftTable, Map<string, ReadonlySet<string>>>();

/** @returns names of the chains a packet in one of `starts` can come to, they included. */
export function nftReached(table: NftTable, starts: readonly NftChainDump[]): ReadonlySet<string> {
  const key = starts.map((chain) => chain.name).join(' ');
  const known = reachedBy.get(table) ?? new Map<string, ReadonlySet<string>>();
  reachedBy.set(table, known);
  const before = known.get(key);
  if (before !== undefined) return before;
  const reached = new Set(starts.map((chain) => chain.name));
  const open = [...reached];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const rule of table.chains.get(name)?.rules ?? []) {
      for (const target of nftTargets(rule, table)) {
        if (reached.has(target.chain)) continue;
        reached.add(target.chain);
        open.push(target.chain);
      }
    }
  }
  known.set(key, reached);
  return reached;
}

/** @returns the first NAT statement of this chain that is one of `types`, with its rule. */
export function nftNat(
  chain: NftChainDump,
  ...types: readonly Extract<NftStatement, { kind: 'nat' }>['type'][]
): { readonly rule: NftRule; readonly statement: Extract<NftStatement, { kind: 'nat' }> } | null {
  for (const rule of chain.rules) {
    for (const statement of rule.statements) {
      if (statement.kind === 'nat' && types.includes(statement.type)) return { rule, statement };
    }
  }
  return null;
}

/** What the name of a service or endpoint chain says. */
export interface NftNamed {
  /** service, endpoint, external, local, firewall, affinity. */
  readonly kind: string;
  readonly hash: string;
  /** `ns/name:port`, or `ns/name` for a port without a name. */
  readonly service: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** `ip:port` of an endpoint or affinity chain. */
  readonly endpoint: string | null;
}

/**
 * @param chain `endpoint-HASH8-ns/name/proto/port__ip/port` or `service-HASH8-ns/name/proto/port`.
 * @returns what it says; null when the name has another form.
 */
export function nftNamed(chain: string): NftNamed | null {
  const found =
    /^(service|endpoint|external|local|firewall|affinity)-([A-Z2-7]{8})-([^/]+\/[^/]+)\/(tcp|udp|sctp)\/(.*?)(?:__(.+)\/(\d{1,5}))?$/.exec(
      chain,
    );
  if (found === null) return null;
  const [, kind = '', hash = '', owner = '', protocol = '', port = '', address, endpointPort] = found;
  return {
    kind,
    hash,
    service: port === '' ? owner : `${owner}:${port}`,
    protocol: protocol as NftNamed['protocol'],
    endpoint:
      address === undefined ? null : `${address.includes(':') ? `[${address}]` : address}:${endpointPort ?? ''}`,
  };
}
