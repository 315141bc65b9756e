/**
 * kubelet and containerd must make control groups in the same way: by systemd or by themselves. kubelet says
 * `cgroupDriver`, containerd `SystemdCgroup` of runc. From 1.31 on kubelet asks containerd 2 and leaves its own setting
 * aside (feature KubeletCgroupDriverFromCRI).
 */
import { kubeletSetting } from '../facts/agent-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const RUNC = /(?:^|\.)runtimes\.runc\.options$/;
/** Since then kubelet asks the runtime. */
const ASKS_FROM = 31;

export const kubeletCgroupDriver: Analyzer = {
  id: 'kubelet-cgroup-driver',
  title: 'kubelet and containerd make control groups alike',
  area: 'node',
  run(facts) {
    const kubelet = kubeletSetting(facts.agents, 'cgroupDriver');
    if (kubelet === null) return { outcome: 'skipped', missing: 'cgroupDriver of kubelet' };
    const runc = runcSetting(facts);
    if (runc === null) return { outcome: 'skipped', missing: 'SystemdCgroup of runc: containerd config dump' };
    const driver = runc.value === 'true' ? 'systemd' : 'cgroupfs';
    if (kubelet.value === driver)
      return { outcome: 'pass', because: `kubelet and runc both use the cgroup driver ${driver}` };
    const minor = facts.state.versions.kubelet?.minor ?? null;
    const old = minor !== null && minor < ASKS_FROM;
    return outcomeOf(
      [
        stateFinding(kubelet.ref, {
          rule: 'kubelet-cgroup-driver',
          area: 'kubelet',
          title: `kubelet uses ${kubelet.value} for control groups, containerd ${driver}`,
          claim: `kubelet is told to make control groups with ${kubelet.value}, runc of containerd is told to use ${driver}.`,
          severity: old ? 'high' : 'medium',
          confidence: old
            ? certain('both settings were captured, and this kubelet does not ask containerd')
            : likely(`kubelet from 1.${ASKS_FROM} on asks containerd 2 and follows it`),
          owner: 'kubelet',
          entities: [],
          userNotices:
            'Pods stay in ContainerCreating, or the node becomes unstable under load because two programs manage one tree of groups.',
          now: [
            'Make both systemd: `cgroupDriver: systemd` for kubelet, `SystemdCgroup = true` below `runtimes.runc.options` for containerd',
            'Then `sudo systemctl restart containerd kubelet`, best on a drained node',
          ],
          longTerm: ['Make nodes from an image that sets both, so that no later change touches one alone'],
          check: [
            '`containerd config dump | grep SystemdCgroup` and `grep cgroupDriver` in the configuration of kubelet agree',
          ],
          evidence: [runc.ref],
          explains: ['kubelet-cgroup-driver-mismatch'],
        }),
      ],
      '',
    );
  },
};

function runcSetting(facts: NodeFacts) {
  for (const fact of facts.agents.containerd) {
    const setting = fact.value.find(({ key, table }) => key === 'SystemdCgroup' && RUNC.test(table));
    if (setting !== undefined) return { value: setting.value, ref: refAt(fact, setting.line) };
  }
  return null;
}
