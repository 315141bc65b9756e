/**
 * How kube-proxy names its chains (pkg/proxy/iptables, since 1.2): a prefix and the first 16 characters of
 * base32(sha256(service port name + protocol [+ endpoint])). A name can therefore be checked, not only read:
 * default/kubernetes:https over tcp is always KUBE-SVC-NPX46M4PTMTKRN6Y.
 */
import { hash } from 'node:crypto';

export type KubeChainKind = 'SVC' | 'SVL' | 'EXT' | 'FW' | 'XLB' | 'SEP';

export interface KubeChain {
  readonly kind: KubeChainKind;
  readonly hash: string;
}

const KEPT_MAX = 100_000;
const PREFIX = 'KUBE-';
const HASH_CHARS = 16;

/** @returns the kind of a service or endpoint chain's name, or null for any other name; keeps nothing. */
export function kubeChainKind(name: string): KubeChainKind | null {
  // Asked for every jump of large tables, several times.
  const dash = name.length - HASH_CHARS - 1;
  if (dash < 7 || dash > 8 || !name.startsWith(PREFIX) || name[dash] !== '-') return null;
  for (let at = dash + 1; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    const base32 = (code >= 65 && code <= 90) || (code >= 50 && code <= 55);
    if (!base32) return null;
  }
  return kindAt(name, dash);
}

function kindAt(name: string, dash: number): KubeChainKind | null {
  switch (name.slice(PREFIX.length, dash)) {
    case 'SVC':
      return 'SVC';
    case 'SEP':
      return 'SEP';
    case 'SVL':
      return 'SVL';
    case 'EXT':
      return 'EXT';
    case 'FW':
      return 'FW';
    case 'XLB':
      return 'XLB';
    default:
      return null;
  }
}

/** @returns kind and hash of a service or endpoint chain's name, or null for any other name. */
export function kubeChain(name: string): KubeChain | null {
  const kind = kubeChainKind(name);
  return kind === null ? null : { kind, hash: name.slice(-HASH_CHARS) };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @returns first 16 base32 characters of the sha256 of a text: what follows KUBE-SVC-. */
export function kubeHash(text: string): string {
  const digest = hash('sha256', text, 'buffer');
  let out = '';
  let bits = 0;
  let held = 0;
  // 16 characters of 5 bits are the first 10 bytes.
  for (let at = 0; at < 10; at += 1) {
    bits = ((bits << 8) | (digest[at] as number)) & 0xfff;
    held += 8;
    for (; held >= 5; held -= 5) out += ALPHABET[(bits >> (held - 5)) & 31];
  }
  return out;
}

const serviceHashes = new Map<string, string>();

/** @param service `namespace/name:port`, or `namespace/name` for a port without a name. @param protocol tcp, udp or sctp. */
export function serviceHash(service: string, protocol: string): string {
  const text = service + protocol;
  const known = serviceHashes.get(text);
  if (known !== undefined) return known;
  const value = kubeHash(text);
  if (serviceHashes.size >= KEPT_MAX) serviceHashes.clear();
  serviceHashes.set(text, value);
  return value;
}

/** @param endpoint `a.b.c.d:port` or `[v6]:port`. */
export function endpointHash(service: string, protocol: string, endpoint: string): string {
  return kubeHash(service + protocol + endpoint);
}

// Namespaces and service names are DNS labels: no dots, so a prefix such as 10.0.0.0/8 is none.
const SERVICE = '[a-z0-9][-a-z0-9]{0,62}\\/[a-z0-9][-a-z0-9]{0,62}(?::[A-Za-z0-9_.-]{1,63})?';
// Every sentence kube-proxy writes around a service port's name, present and past.
const COMMENTS: readonly RegExp[] = [
  new RegExp(`^(${SERVICE})$`),
  new RegExp(`^(${SERVICE}) -> \\S+$`),
  new RegExp(`^(${SERVICE}) (?:cluster IP|external IP|loadbalancer IP|health check node port)$`),
  new RegExp(`^(${SERVICE}) has no (?:local )?endpoints$`),
  new RegExp(`^(${SERVICE}) traffic not accepted by \\S+$`),
  new RegExp(
    `^(?:masquerade traffic for|pod traffic for|masquerade LOCAL traffic for|route LOCAL traffic for) (${SERVICE}) external destinations$`,
  ),
  new RegExp(`^other traffic to (${SERVICE}) will be dropped by \\S+$`),
];

/** @returns `namespace/name:port` when the comment is one of kube-proxy's own, else null. */
export function serviceInComment(comment: string | null): string | null {
  if (comment === null || comment.length > 1024) return null;
  for (const form of COMMENTS) {
    const found = form.exec(comment);
    if (found?.[1] !== undefined) return found[1];
  }
  return null;
}

/** @returns `ip:port` of a comment `ns/name:port -> ip:port`, else null. */
export function endpointInComment(comment: string | null): string | null {
  return comment === null ? null : (/^\S+ -> (\S+)$/.exec(comment)?.[1] ?? null);
}

/** Service ports every cluster has: their chains can be named even when no comment survives. */
export const EVERYWHERE = [
  { service: 'default/kubernetes:https', protocol: 'tcp' },
  { service: 'kube-system/kube-dns:dns', protocol: 'udp' },
  { service: 'kube-system/kube-dns:dns-tcp', protocol: 'tcp' },
  { service: 'kube-system/kube-dns:metrics', protocol: 'tcp' },
] as const;
