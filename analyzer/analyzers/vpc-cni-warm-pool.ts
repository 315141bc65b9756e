/**
 * How many addresses ipamd keeps ready (amazon-vpc-cni-k8s, docs/eni-and-ip-target.md). WARM_IP_TARGET alone lets it ask
 * EC2 for every few pods, which is throttled in large clusters; WARM_ENI_TARGET 0 without another target keeps none.
 * A target is 0 in the answer of ipamd when it is not set.
 */
import { cniSetting } from '../facts/agent-state.ts';
import type { StateValue } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

export const vpcCniWarmPool: Analyzer = {
  id: 'vpc-cni-warm-pool',
  title: 'ipamd keeps addresses ready for new pods',
  area: 'node',
  run(facts) {
    const of = (name: string): StateValue | null => cniSetting(facts.agents, name);
    const number = (setting: StateValue | null): number =>
      /^\d{1,6}$/.test(setting?.value ?? '') ? Number(setting?.value) : 0;
    const eni = of('WARM_ENI_TARGET');
    const ip = of('WARM_IP_TARGET');
    const minimum = of('MINIMUM_IP_TARGET');
    const prefix = of('WARM_PREFIX_TARGET');
    const [first] = [eni, ip, minimum, prefix].filter((one) => one !== null);
    if (first === undefined) return { outcome: 'skipped', missing: 'targets of the VPC CNI: WARM_ENI_TARGET ...' };
    const refs = [eni, ip, minimum, prefix].flatMap((one) => one?.ref ?? []);
    const base = {
      rule: 'vpc-cni-warm-pool',
      area: 'vpc-cni',
      confidence: certain('ipamd says what it works with'),
      owner: 'VPC CNI',
      entities: [],
      evidence: refs,
      check: ['`kubectl -n kube-system get ds aws-node -o yaml | grep -A1 -E "WARM|MINIMUM"` names the targets'],
    } as const;
    if (eni !== null && number(eni) === 0 && number(ip) === 0 && number(prefix) === 0 && number(minimum) === 0)
      return outcomeOf(
        [
          stateFinding(eni.ref, {
            ...base,
            title: 'ipamd keeps no address ready',
            claim:
              'WARM_ENI_TARGET is 0 and no other target is set: ipamd gets an address only when a pod already waits for it.',
            severity: 'low',
            userNotices:
              'Pods take some seconds longer to start, and now and then fail once with "failed to assign an IP address".',
            now: ['Set targets: `kubectl -n kube-system set env ds/aws-node WARM_ENI_TARGET=1`'],
          }),
        ],
        '',
      );
    if (ip !== null && number(ip) > 0 && number(minimum) === 0)
      return outcomeOf(
        [
          stateFinding(ip.ref, {
            ...base,
            title: 'ipamd asks EC2 for single addresses',
            claim: `WARM_IP_TARGET is ${ip.value} and MINIMUM_IP_TARGET is not set: ipamd calls EC2 each time a few pods start or end.`,
            severity: 'info',
            userNotices:
              'Nothing in small clusters; where many pods start at once EC2 throttles, and pods wait for addresses.',
            now: [
              'Let a node start with what it needs: `kubectl -n kube-system set env ds/aws-node MINIMUM_IP_TARGET=N`, N being the usual number of its pods',
            ],
          }),
        ],
        '',
      );
    return {
      outcome: 'pass',
      because: `ipamd keeps addresses ready (WARM_ENI_TARGET ${eni?.value ?? 'not captured'})`,
    };
  },
};
