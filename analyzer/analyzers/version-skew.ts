/**
 * kube-proxy and kubelet of one node further apart than Kubernetes supports: three minor versions either way, one for
 * a kube-proxy before 1.25 (kubernetes.io/releases/version-skew-policy). Told by the lines with which both start.
 */
import type { Analyzer } from './analyzer.ts';
import { certain, chainFinding, outcomeOf } from './outcome.ts';

const APART_MAX = 3;
/** Before 1.25. */
const APART_MAX_OLD = 1;
const WIDER_FROM = 25;

export const versionSkew: Analyzer = {
  id: 'version-skew',
  title: 'kube-proxy and kubelet fit together',
  area: 'network',
  run(facts) {
    const { kubeProxy, kubelet } = facts.state.versions;
    if (kubeProxy === null) return { outcome: 'skipped', missing: 'the line with which kube-proxy states its version' };
    if (kubelet === null) return { outcome: 'skipped', missing: 'the line with which kubelet states its version' };
    const apart = kubeProxy.minor - kubelet.minor;
    const most = kubeProxy.minor < WIDER_FROM ? APART_MAX_OLD : APART_MAX;
    if (Math.abs(apart) <= most)
      return { outcome: 'pass', because: `kube-proxy is ${kubeProxy.version}, kubelet is ${kubelet.version}` };
    const relation = `${Math.abs(apart)} minor versions ${apart < 0 ? 'older' : 'newer'} than`;
    return outcomeOf(
      [
        chainFinding(kubeProxy.ref, {
          rule: 'version-skew',
          area: 'network',
          title: `kube-proxy is ${relation} kubelet`,
          claim: `kube-proxy is ${kubeProxy.version} and kubelet is ${kubelet.version}: ${relation} it, where Kubernetes supports ${most}.`,
          severity: 'low',
          confidence: certain('both stated their version when they started'),
          owner: 'kube-proxy',
          entities: [],
          userNotices:
            'Nothing by itself; an old kube-proxy may not know fields of services and endpoints that the cluster uses.',
          now: [
            'Bring kube-proxy to the version of the cluster: on EKS `aws eks update-addon --addon-name kube-proxy ...`',
          ],
          longTerm: ['Update kube-proxy with every update of the cluster: on EKS it does not follow by itself'],
          check: [
            '`kubectl -n kube-system get ds kube-proxy -o jsonpath={..image}` names a version near that of `kubectl get nodes`',
          ],
          evidence: [kubelet.ref],
        }),
      ],
      '',
    );
  },
};
