/** Versions of one node for the overview, each with the line it was read from. */
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { Fact } from '../core/vocabulary.ts';
import type { StatedVersions } from '../facts/stated-versions.ts';

const NAMES = [
  ['kube-proxy version', 'kubeProxy'],
  ['kubelet version', 'kubelet'],
  ['kernel version', 'kernel'],
  ['containerd version', 'containerd'],
] as const;

/** @returns one fact a version that some file of the bundle states, with its evidence. */
export function versionFacts(reader: BundleReader, versions: StatedVersions): readonly Fact[] {
  return NAMES.flatMap(([name, component]) => {
    const stated = versions[component];
    if (stated === null) return [];
    const evidence = cite(reader, [stated.ref]);
    return { name, value: stated.version, because: `stated in ${evidence[0].file}`, evidence };
  });
}
