/** One line of a check run, before its evidence is cited. */
import type { LineRef } from '../core/vocabulary.ts';

export interface CheckResultLine {
  readonly level: 'OK' | 'INFO' | 'WARN' | 'ISSUE';
  readonly text: string;
  readonly evidence: readonly LineRef[];
  /** What to do next, for lines that are not as they should be. */
  readonly actions?: readonly string[];
  /** The rule whose finding says the same of its evidence. */
  readonly rule?: string;
}

/** The chains of kube-proxy are not there (pod network runbook, "chains not found"). */
export const CHAINS_MISSING_ACTIONS: readonly string[] = [
  'See whether kube-proxy runs on this node: kubectl get pods -n kube-system -o wide | grep kube-proxy',
  'Read its log: kubectl logs -n kube-system <kube-proxy pod>',
  'See whether its daemonset is there: kubectl get daemonset -n kube-system kube-proxy',
  'Restart it when it hangs: kubectl rollout restart daemonset/kube-proxy -n kube-system',
];

/** The counters of the chains are 0 ("chains have no packet counts"). */
export const NO_COUNTS_ACTIONS: readonly string[] = [
  "Look for errors and missing permissions in kube-proxy's log",
  'On the node, twice: iptables -t nat -L KUBE-SERVICES -v -n, and see whether a counter rises',
  'See whether the service has endpoints: kubectl get endpoints <service> -n <namespace>',
];

/** Nothing masquerades ("masquerade rules missing"). */
export const MASQUERADE_ACTIONS: readonly string[] = [
  'Check masqueradeAll, clusterCIDR and masqueradeBit: kubectl get configmap kube-proxy -n kube-system -o yaml',
  'See whether the kernel modules are loaded: lsmod | grep -E "iptable|nf_nat|MASQUERADE"',
];

/** No rule names the pod ("pod service rules not found"). */
export function podActions(podIp: string): readonly string[] {
  return [
    `See whether the pod is part of a service: kubectl get endpoints -A -o wide | grep -w ${podIp}`,
    'Compare the selector with the labels: kubectl get svc <service> -n <namespace> -o yaml, kubectl get pod <pod> -n <namespace> --show-labels',
    'See whether the endpoints hold the pod: kubectl get endpoints <service> -n <namespace>',
  ];
}
