/** What the checks of a node's own state share: a finding in the area it belongs to, and amounts in words. */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import { type ChainFinding, chainFinding } from './outcome.ts';

/** Areas of the rule catalogue that state is about. */
export type StateArea =
  | 'bootstrap'
  | 'certificates'
  | 'clock'
  | 'container-runtime'
  | 'disk'
  | 'dns'
  | 'ena'
  | 'eviction'
  | 'kernel'
  | 'kubelet'
  | 'network'
  | 'oom'
  | 'pods'
  | 'services'
  | 'vpc-cni';

export type StateFinding = Omit<ChainFinding, 'area'> & { readonly area: StateArea };

/** @param first the line that shows it best. @returns the finished draft, see chainFinding. */
export function stateFinding(first: LineRef, { area, ...finding }: StateFinding): FindingDraft {
  return { ...chainFinding(first, finding), area };
}

/** @returns a share of 0 to 1 as whole percent, never rounded up to the next threshold. */
export function percentOf(share: number): number {
  return Math.floor(share * 100 + 1e-9);
}

/** @param kib KiB. @returns `7.6 GiB`, `512 MiB`. */
export function memoryText(kib: number): string {
  if (kib >= 1024 * 1024) return `${(kib / 1024 / 1024).toFixed(1)} GiB`;
  return kib >= 1024 ? `${Math.round(kib / 1024)} MiB` : `${Math.round(kib)} KiB`;
}

/** @returns `1 unit` or `3 units`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
