/** Rules of two modes of kube-proxy that both take packets: which one wins depends on the order they were loaded in. */
import type { Analyzer } from './analyzer.ts';
import { certain, chainFinding, outcomeOf } from './outcome.ts';

export const twoModes: Analyzer = {
  id: 'two-modes',
  title: 'Only one mode of kube-proxy has rules in the path of packets',
  area: 'chains',
  run(facts) {
    const { mode, because, evidence, contradictions } = facts.mode;
    if (mode === 'unknown' || mode === 'none' || mode === 'replaced')
      return { outcome: 'skipped', missing: `the mode of kube-proxy (${because})` };
    const [other] = contradictions.filter((trace) => trace.active === 'yes');
    const first = other?.evidence[0];
    if (other === undefined || first === undefined)
      return { outcome: 'pass', because: `only ${mode} mode has rules in the path of packets` };
    return outcomeOf(
      [
        chainFinding(first, {
          rule: 'two-modes',
          title: `Rules of ${mode} and of ${other.mode} mode are both active`,
          claim: `${because}; and ${other.sentence}. Both rewrite packets to services.`,
          severity: 'high',
          confidence: certain('rules of both modes are captured in the path of packets'),
          owner: 'kube-proxy',
          entities: [],
          userNotices:
            'Services work by whichever rules come first: changes to endpoints may seem to have no effect on this node.',
          now: [
            'Clean up the mode that is no longer configured: `kube-proxy --cleanup` on this node, then restart kube-proxy; or reboot the node',
          ],
          longTerm: ['Replace nodes when the mode of kube-proxy changes'],
          check: [
            '`iptables-save | grep -c KUBE-SVC`, `nft list table ip kube-proxy` and `ipvsadm -Ln`: only one shows services',
          ],
          evidence: [...other.evidence, ...evidence],
        }),
      ],
      '',
    );
  },
};
