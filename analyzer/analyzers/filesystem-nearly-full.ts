/**
 * Full file systems, by space and by inodes. kubelet deletes images when 85 % are used, and evicts pods at 90 % of its
 * own file system and 85 % of that of images, and at 95 % of their inodes (kubelet, pkg/kubelet/apis/config defaults).
 */
import type { FileSystemUse, Mount } from '../core/host-state.ts';
import type { FindingDraft, Severity } from '../core/vocabulary.ts';
import type { Captured } from '../facts/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, gathered, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

type Placed = Captured<FileSystemUse>;

/** What the node itself writes to: without it kubelet and the container runtime stop. */
const NODE_PATHS =
  /^\/(?:var(?:\/(?:lib(?:\/(?:kubelet|containerd|containers|docker|rancher))?|log))?|run\/containerd|local|mnt\/(?:k8s-disks|containerd).*)?$/;
const VOLUME = /^\/var\/lib\/kubelet\/(?:pods\/[^/]+\/volumes|plugins)\//;
/** Always full, or no storage: images that are mounted, the file systems of the kernel, layers of containers. */
const NO_STORAGE = /^(?:\/dev\/loop\d+|overlay|shm|tmpfs|devtmpfs|efivarfs|none|udev|squashfs|proc|sysfs|cgroup.*)$/;
const NO_PLACE = /^\/(?:snap|boot|sys|proc|dev|media|cdrom|run(?!\/containerd))(?:\/|$)/;

/** Percent used: low, medium, high. */
const NODE_STEPS = { space: [85, 90, 97], inodes: [85, 90, 97] } as const;
const OTHER_STEPS = [95, 99] as const;

export const filesystemNearlyFull: Analyzer = {
  id: 'filesystem-nearly-full',
  title: 'File systems have space and inodes left',
  area: 'node',
  run(facts) {
    const all = facts.host.fileSystems.flatMap(({ fileId, file, value }) =>
      value.map((one): Placed => ({ fileId, file, value: one })),
    );
    if (all.length === 0) return { outcome: 'skipped', missing: 'used space and inodes of file systems: df, df -i' };
    const sealed = neverWritten(facts.host.mounts);
    const looked = shownOnce(all).filter(({ value }) => !sealed.has(value.mountPoint));
    const most = looked.reduce((one, two) => Math.max(one, two.value.usedPercent), 0);
    const findings = looked.flatMap(full);
    return outcomeOf(
      gathered(findings, `${findings.length} file systems are nearly full`),
      `the fullest of ${countText(looked.length, 'file system')} is used to ${most} %`,
    );
  },
};

/** Places that are mounted read-only: full by design, as the root of Bottlerocket is. */
function neverWritten(lists: readonly Captured<readonly Mount[]>[]): ReadonlySet<string> {
  const last = new Map(lists.flatMap(({ value }) => value.map((mount) => [mount.mountPoint, mount] as const)));
  return new Set([...last.values()].filter(({ options }) => options[0] === 'ro').map(({ mountPoint }) => mountPoint));
}

/** One device is mounted at many places; the shortest of them names it. */
function shownOnce(all: readonly Placed[]): readonly Placed[] {
  const kept = new Map<string, Placed>();
  for (const one of all) {
    const { source, mountPoint, what, size, usedPercent } = one.value;
    if (NO_STORAGE.test(source) || NO_PLACE.test(mountPoint)) continue;
    const key = `${what} ${source} ${size} ${usedPercent}`;
    const known = kept.get(key);
    if (known === undefined || mountPoint.length < known.value.mountPoint.length) kept.set(key, one);
  }
  return [...kept.values()];
}

function full(one: Placed): readonly FindingDraft[] {
  const { value } = one;
  const ofNode = NODE_PATHS.test(value.mountPoint);
  const severity = ofNode ? stepOf(value.usedPercent, NODE_STEPS[value.what]) : stepOf(value.usedPercent, OTHER_STEPS);
  if (severity === null) return [];
  const what = value.what === 'space' ? 'space' : 'inodes';
  const volume = VOLUME.test(value.mountPoint);
  return [
    stateFinding(refAt(one, value.line), {
      rule: 'filesystem-nearly-full',
      area: volume ? 'pods' : 'disk',
      title: `${value.usedPercent} % of the ${what} of ${place(value.mountPoint)} ${value.what === 'space' ? 'is' : 'are'} used`,
      claim:
        `${value.source} at ${value.mountPoint} had ${value.available} of ${value.size} ${value.what === 'inodes' ? 'inodes' : ''} left when the node was captured (${value.usedPercent} % used).`.replace(
          '  ',
          ' ',
        ),
      severity: ofNode ? severity : severity === 'medium' ? 'medium' : 'low',
      confidence: certain('df printed it'),
      owner: volume ? 'workload' : 'node OS',
      entities: [volume ? { kind: 'volume', name: value.mountPoint } : { kind: 'device', name: value.source }],
      userNotices: ofNode
        ? 'Pods are evicted, images cannot be pulled and logs not written; the node reports DiskPressure.'
        : volume
          ? 'The pod with this volume cannot write to it.'
          : `Programs that write below ${value.mountPoint} fail.`,
      now:
        value.what === 'space'
          ? [
              `See what takes it: \`sudo du -xh --max-depth=2 ${value.mountPoint} | sort -h | tail\``,
              ...(ofNode
                ? [
                    'Remove images that no container uses: `sudo crictl rmi --prune`',
                    'See whether a deleted file is still open: `sudo lsof +L1 | sort -k7 -n | tail`',
                  ]
                : []),
            ]
          : [`See where the files are: \`sudo du --inodes -x --max-depth=3 ${value.mountPoint} | sort -n | tail\``],
      longTerm: ofNode
        ? [
            'Give the node a larger disk, or containerd one of its own',
            'Limit what pods may write: `ephemeral-storage` requests and limits, `containerLogMaxSize` of kubelet',
          ]
        : ['Enlarge the volume: `kubectl patch pvc NAME -p ...`, where its storage class allows it'],
      check: [`\`df ${value.what === 'inodes' ? '-i' : '-h'} ${value.mountPoint}\` shows less than 85 %`],
      evidence: [],
      explains: ofNode && severity !== 'low' ? ['disk-no-space'] : [],
    }),
  ];
}

function place(mountPoint: string): string {
  return mountPoint.length > 60 ? `…${mountPoint.slice(-58)}` : mountPoint;
}

function stepOf(percent: number, steps: readonly number[]): Severity | null {
  const reached = steps.filter((least) => percent >= least).length;
  return ([null, 'low', 'medium', 'high'] as const)[reached] as Severity | null;
}
