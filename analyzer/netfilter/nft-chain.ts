/** Jumps between the chains of kube-proxy's nft table, as its statements spell them. */

/** The part of a captured chain that reasoning needs. */
export interface NftChainText {
  readonly table: string;
  readonly name: string;
  readonly line: number;
  readonly hook: string | null;
  readonly rules: readonly { readonly line: number; readonly text: string }[];
}

/** @returns names a statement jumps or goes to, vmap elements included. */
export function nftTargets(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:jump|goto) ([^\s,}]+)/g)].map((found) => found[1] as string);
}

/** @returns names of the chains a packet in one of `starts` can come to, they included. */
export function nftReached(chains: readonly NftChainText[], starts: readonly NftChainText[]): ReadonlySet<string> {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const reached = new Set(starts.map((chain) => chain.name));
  const open = [...reached];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const rule of byName.get(name)?.rules ?? []) {
      for (const target of nftTargets(rule.text)) {
        if (reached.has(target)) continue;
        reached.add(target);
        open.push(target);
      }
    }
  }
  return reached;
}

/**
 * @param chain `endpoint-HASH8-ns/name/proto/port__ip/port` or `service-HASH8-ns/name/proto/port`.
 * @returns `ns/name:port` and, for an endpoint, `ip:port`; null when the name has another form.
 */
export function nftNamed(chain: string): { readonly service: string; readonly endpoint: string | null } | null {
  const found =
    /^(?:service|endpoint|external|local|firewall|affinity)-[A-Z2-7]{8}-([^/]+\/[^/]+)\/(?:tcp|udp|sctp)\/(.*?)(?:__(.+)\/(\d{1,5}))?$/.exec(
      chain,
    );
  if (found === null) return null;
  const address = found[3];
  const endpoint = address === undefined ? null : `${address.includes(':') ? `[${address}]` : address}:${found[4]}`;
  return { service: found[2] ? `${found[1]}:${found[2]}` : (found[1] as string), endpoint };
}
