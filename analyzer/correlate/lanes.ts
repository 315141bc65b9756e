/** Lanes of the timeline: who wrote the lines of a file, told by its role and where a role is not enough by its path. */
import type { BundleId, FileId } from '../core/ids.ts';
import type { LaneKind } from '../core/timeline.ts';

interface ComponentOf {
  readonly component: string;
  readonly roles: readonly string[];
  /** Anywhere in the path, letters in any case; every path when it is left out. */
  readonly path?: RegExp;
}

/** The first that fits; lanes of a node stand in this order. A name stands between separators, as in `kube-system_coredns-7d5_...`. */
const COMPONENTS: readonly ComponentOf[] = [
  { component: 'kube-proxy', roles: ['kube-proxy-log'] },
  { component: 'kubelet', roles: ['kubelet-log'] },
  { component: 'cri-o', roles: ['container-runtime-log'], path: /cri-?o/i },
  { component: 'docker', roles: ['container-runtime-log'], path: /docker/i },
  { component: 'containerd', roles: ['container-runtime-log'] },
  { component: 'ipamd', roles: ['ipamd-log'] },
  { component: 'cni', roles: ['cni-log'] },
  { component: 'coredns', roles: ['container-log'], path: /(?:^|[/_.-])coredns(?:$|[/_.-])/i },
  {
    component: 'aws-node',
    roles: ['container-log'],
    path: /(?:^|[/_])aws-node(?:$|[/_-])/i,
  },
  { component: 'etcd', roles: ['container-log'], path: /(?:^|[/_])etcd(?:$|[/_-])/i },
  { component: 'kube-apiserver', roles: ['container-log'], path: /(?:^|[/_])kube-apiserver(?:$|[/_-])/i },
  {
    component: 'kube-controller-manager',
    roles: ['container-log'],
    path: /(?:^|[/_])kube-controller-manager(?:$|[/_-])/i,
  },
  { component: 'kube-scheduler', roles: ['container-log'], path: /(?:^|[/_])kube-scheduler(?:$|[/_-])/i },
  { component: 'kernel', roles: ['kernel-log'] },
  { component: 'system', roles: ['system-log'] },
  { component: 'pods', roles: ['container-log'] },
];

/** Everything else that carries times: dumps, lists, files that nothing recognised. */
const OTHER = 'other';

/** @returns e.g. `kubelet`; `other` for a file that is no log that is known. */
export function componentOf(file: { readonly role: string; readonly path: string }): string {
  return (
    COMPONENTS.find(({ roles, path }) => roles.includes(file.role) && (path === undefined || path.test(file.path)))
      ?.component ?? OTHER
  );
}

/** A file of a bundle, as lanes tell it. */
export interface LaneFile {
  readonly bundle: BundleId;
  readonly node: string | null;
  readonly id: FileId;
  readonly path: string;
  readonly role: string;
}

/** A lane before anything is counted. */
export interface LaneHead {
  readonly id: string;
  readonly bundle: BundleId | null;
  readonly node: string | null;
  readonly component: string | null;
  readonly file: string | null;
}

/** @returns the id of a component's lane, which `timeline.lines` takes. */
export function componentLane(bundle: BundleId, component: string): string {
  return `${bundle}/${component}`;
}

/** @returns the lane that the lines of this file belong to. */
export function laneOf(file: LaneFile, kind: LaneKind): LaneHead {
  const { bundle, node } = file;
  const component = componentOf(file);
  switch (kind) {
    case 'case':
      return { id: 'case', bundle: null, node: null, component: null, file: null };
    case 'node':
      return { id: bundle, bundle, node, component: null, file: null };
    case 'component':
      return { id: componentLane(bundle, component), bundle, node, component, file: null };
    case 'file':
      // Paths may be there twice, and may be the name of a component.
      return { id: `${bundle}/${component}/${file.id}`, bundle, node, component, file: file.path };
  }
}

/** @returns the place of a lane among those of its node; lanes of files stand with their component. */
export function laneRank({ component }: Pick<LaneHead, 'component'>): number {
  const at = COMPONENTS.findIndex((one) => one.component === component);
  return at < 0 ? COMPONENTS.length : at;
}
