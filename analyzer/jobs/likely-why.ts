/**
 * Pairs where one finding may be why another exists, without proving it. `explains` of a finding is for
 * mechanisms that always work that way and moves the explained finding below its cause; an entry here only
 * adds a sentence and ranks the possible reason directly below what it may explain.
 */
export interface LikelyWhy {
  /** Rule of the possible reason. */
  readonly why: string;
  /** Rules of what it may explain. */
  readonly of: readonly string[];
  readonly because: string;
  /** What would have to be seen for it to be the cause. */
  readonly provenBy: string;
}

/** Findings of a table that kube-proxy would have written in its first sync after start. */
const NEVER_WRITTEN = ['kube-services-empty', 'chain-not-hooked', 'svc-no-endpoints', 'mark-masq-empty'];

export const LIKELY_WHY: readonly LikelyWhy[] = [
  {
    why: 'kube-proxy-api-unreachable',
    of: NEVER_WRITTEN,
    because:
      'a kube-proxy that never got its first list of Services after a start writes no rules; one that had it leaves the rules it wrote in place',
    provenBy:
      'the kube-proxy log reaches back to its start and never says that it listed Services ("Caches are synced", "Caches populated")',
  },
  {
    why: 'kube-proxy-api-refused',
    of: NEVER_WRITTEN,
    because:
      'a kube-proxy that never got its first list of Services after a start writes no rules; one that had it leaves the rules it wrote in place',
    provenBy:
      'the kube-proxy log reaches back to its start and never says that it listed Services ("Caches are synced", "Caches populated")',
  },
  {
    why: 'kube-proxy-canary-deleted',
    of: [...NEVER_WRITTEN, 'postrouting-no-masquerade', 'nodeports-jump-missing'],
    because: 'another program flushed tables of this node, which also removes rules that kube-proxy wrote',
    provenBy: 'the journal of the node shows a program that flushed these tables after the last sync of kube-proxy',
  },
  {
    why: 'kube-proxy-xtables-lock',
    of: ['kube-proxy-sync-failure'],
    because: 'a sync fails when another program holds the xtables lock for too long',
    provenBy: 'the failed syncs give the lock as their reason',
  },
];
