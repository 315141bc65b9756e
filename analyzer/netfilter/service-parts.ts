/** What the lists of services have in common, whatever the mode. */
import type { NodeService, ServiceEntry, ServiceRefusal } from './node-service.ts';

/**
 * @returns what kube-proxy does to packets to the cluster IP, when it refuses them. An external address with a policy
 * Local and no local endpoint is taken by nat for some senders only: that alone does not make a service refused.
 */
export function refusedOf(
  refusals: readonly ServiceRefusal[],
  entries: readonly ServiceEntry[],
): NodeService['refused'] {
  const met = refusals.filter((refusal) => refusal.met);
  const cluster = met.find((refusal) => refusal.kind === 'cluster IP');
  if (cluster !== undefined) return cluster.action;
  return entries.length === 0 ? (met[0]?.action ?? null) : null;
}

/** @returns null for a share that is not decided (NaN). Rounding of the printed probabilities (0.33333333349) is no lost share. */
export function decided(share: number): number | null {
  if (Number.isNaN(share)) return null;
  return Math.abs(share) < 1e-9 ? 0 : Math.min(share, 1);
}

/** @returns addresses by kind; a note is added when the rules do not tell the kind. */
export function kindOfAddresses(
  entries: readonly ServiceEntry[],
  refusals: readonly ServiceRefusal[],
  notes: string[],
): { readonly external: readonly string[]; readonly loadBalancer: readonly string[] } {
  const external = new Set<string>();
  const loadBalancer = new Set<string>();
  const either = new Set<string>();
  for (const { kind, address } of [...entries, ...refusals]) {
    if (address === null) continue;
    if (kind === 'external IP') external.add(address);
    if (kind === 'load balancer IP') loadBalancer.add(address);
    if (kind === 'external or load balancer IP') either.add(address);
  }
  const untold = [...either].filter((address) => !external.has(address) && !loadBalancer.has(address));
  if (untold.length > 0)
    notes.push(`The rules do not tell whether ${untold.join(', ')} is an external or a load-balancer address`);
  return { external: [...external, ...untold], loadBalancer: [...loadBalancer] };
}
