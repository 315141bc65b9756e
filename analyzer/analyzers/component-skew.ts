/**
 * Components of a node that do not work together, as far as their sources say so for certain:
 * kubelet from 1.26 on speaks CRI v1 only, which containerd has from 1.6 on; kubelet from 1.35 on does not start on
 * control groups of version 1 unless `failCgroupV1` is false; kube-proxy in nftables mode wants kernel 5.13
 * (kubernetes.io: upcoming changes in 1.26; KEP-5573; kernel version requirements).
 */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import { kubeletSetting } from '../facts/agent-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt } from '../facts/node-state.ts';
import type { StatedVersion } from '../facts/stated-versions.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, outcomeOf } from './outcome.ts';
import { type StateFinding, stateFinding } from './state-finding.ts';

const CRI_V1_KUBELET = 26;
const CRI_V1_CONTAINERD: readonly [number, number] = [1, 6];
const CGROUP_V2_KUBELET = 35;
const NFTABLES_KERNEL: readonly [number, number] = [5, 13];

export const componentSkew: Analyzer = {
  id: 'component-skew',
  title: 'kubelet, containerd, kube-proxy and the kernel fit together',
  area: 'node',
  run(facts) {
    const { kubelet, containerd, kernel } = facts.state.versions;
    if (kernel === null && (kubelet === null || (containerd === null && facts.host.mounts.length === 0)))
      return { outcome: 'skipped', missing: 'versions of kubelet and containerd, or of the kernel' };
    const known = Object.entries({ kubelet, containerd, kernel }).flatMap(([name, each]) =>
      each === null ? [] : [`${name} ${each.version}`],
    );
    return outcomeOf(
      [...oldContainerd(facts), ...oldGroups(facts), ...oldKernel(facts)],
      `nothing is known against ${known.join(', ')}`,
    );
  },
};

function below(stated: StatedVersion, [major, minor]: readonly [number, number]): boolean {
  return stated.major < major || (stated.major === major && stated.minor < minor);
}

function skew(first: LineRef, finding: Omit<StateFinding, 'rule' | 'entities' | 'longTerm'>): FindingDraft {
  return stateFinding(first, {
    ...finding,
    rule: 'component-skew',
    entities: [],
    longTerm: ['Make nodes from an image whose components were tested together, such as the EKS optimized ones'],
  });
}

function oldContainerd(facts: NodeFacts): readonly FindingDraft[] {
  const { kubelet, containerd } = facts.state.versions;
  if (kubelet === null || containerd === null) return [];
  if (kubelet.minor < CRI_V1_KUBELET || !below(containerd, CRI_V1_CONTAINERD)) return [];
  return [
    skew(containerd.ref, {
      area: 'container-runtime',
      title: `containerd ${containerd.version} is too old for kubelet ${kubelet.version}`,
      claim: `containerd is ${containerd.version} and kubelet ${kubelet.version}: kubelet from 1.${CRI_V1_KUBELET} on needs CRI v1, which containerd has from ${CRI_V1_CONTAINERD.join('.')} on.`,
      severity: 'high',
      confidence: certain('both stated their version when they started'),
      owner: 'container runtime',
      userNotices: 'kubelet ends with "CRI v1 runtime API is not implemented", and the node is NotReady.',
      now: ['Update containerd to 1.7 or later, then `sudo systemctl restart containerd kubelet`'],
      check: ['`sudo crictl version` names RuntimeApiVersion v1'],
      evidence: [kubelet.ref],
      explains: ['kubelet-failed-to-run'],
    }),
  ];
}

function oldGroups(facts: NodeFacts): readonly FindingDraft[] {
  const { kubelet } = facts.state.versions;
  if (kubelet === null || kubelet.minor < CGROUP_V2_KUBELET) return [];
  if (kubeletSetting(facts.agents, 'failCgroupV1')?.value === 'false') return [];
  const mounts = facts.host.mounts.flatMap((fact) => fact.value.map((mount) => ({ fact, mount })));
  const first = mounts.find(({ mount }) => mount.type === 'cgroup' && mount.mountPoint.startsWith('/sys/fs/cgroup/'));
  if (
    first === undefined ||
    mounts.some(({ mount }) => mount.type === 'cgroup2' && mount.mountPoint === '/sys/fs/cgroup')
  )
    return [];
  return [
    skew(refAt(first.fact, first.mount.line), {
      area: 'kubelet',
      title: `The node has control groups of version 1, which kubelet ${kubelet.version} refuses`,
      claim: `${first.mount.mountPoint} is a control group of version 1, and kubelet ${kubelet.version} does not start on them unless failCgroupV1 is false, which was not captured.`,
      severity: 'medium',
      confidence: likely('the setting may stand in a file that was not captured'),
      owner: 'node OS',
      userNotices:
        'kubelet ends with "kubelet is configured to not run on a host using cgroup v1", and the node is NotReady.',
      now: [
        'Boot with version 2: `systemd.unified_cgroup_hierarchy=1` on the kernel command line, or an image that has it (AL2023, Bottlerocket)',
        'For the time being: `failCgroupV1: false` in the configuration of kubelet',
      ],
      check: ['`stat -fc %T /sys/fs/cgroup` prints cgroup2fs'],
      evidence: [kubelet.ref],
      explains: ['kubelet-failed-to-run'],
    }),
  ];
}

function oldKernel(facts: NodeFacts): readonly FindingDraft[] {
  const { kernel } = facts.state.versions;
  if (kernel === null || facts.mode.mode !== 'nftables' || !below(kernel, NFTABLES_KERNEL)) return [];
  const works = facts.nft.some(({ ruleset }) => ruleset.tables.some(({ name }) => name === 'kube-proxy'));
  return [
    skew(kernel.ref, {
      area: 'kernel',
      title: `Kernel ${kernel.version} is older than nftables mode wants`,
      claim: `kube-proxy runs in nftables mode, which wants kernel ${NFTABLES_KERNEL.join('.')} or later, and the kernel is ${kernel.version}.`,
      severity: works ? 'low' : 'medium',
      confidence: works
        ? likely('its tables are there: the check was turned off, or the distribution brought the parts it needs')
        : certain('both were captured'),
      owner: 'kube-proxy',
      userNotices: works
        ? 'Nothing as long as it works; other programs that use nftables may be disturbed.'
        : 'kube-proxy does not start, and no service answers on this node.',
      now: ['Take a newer kernel, or `mode: iptables` for kube-proxy'],
      check: ['The log of kube-proxy says "Using nftables Proxier"'],
      evidence: facts.mode.evidence,
    }),
  ];
}
