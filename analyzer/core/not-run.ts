/**
 * Checks that could not run, told by what they lacked: one missing file keeps many checks from running, and a reader
 * asks for the file, not for the checks. Every check stays named in its group.
 */
import { grouped } from './grouped.ts';
import type { BundleId } from './ids.ts';
import type { Damage, Outcome } from './vocabulary.ts';

/** Checks of one bundle that lacked the same kind of input. */
export interface NotRunGroup {
  readonly bundle: BundleId;
  /** After "without": `kernel settings (sysctl)`. Null: the checks failed, which is a bug or unreadable input. */
  readonly lacking: string | null;
  readonly ids: readonly string[];
  /** Each reason as its checks gave it, once. */
  readonly reasons: readonly string[];
}

/** What analyzers and rules write in `missing`, by the input they speak of; the first that fits. */
const KINDS: readonly (readonly [lacking: string, says: RegExp])[] = [
  ['logs', /^no log with content/],
  ['kernel settings (sysctl)', /^net\.|^rp_filter of | of sysctl$/],
  ['tracked connections (conntrack)', /connection table|tracked connections/],
  ['Kubernetes objects (Services, EndpointSlices)', /^Endpoints or EndpointSlices|^Services of the cluster/],
  ['loaded modules (lsmod)', /^loaded kernel modules/],
  ['versions of kube-proxy and kubelet', /states its version$|^versions of kubelet/],
  [
    'ip rules, routes and addresses',
    /^(?:ip rules|the (?:default )?routes?|the addresses) of the node|^interfaces |^the (?:main route table|MTU of)/,
  ],
  ['settings and logs of the VPC CNI', /of the VPC CNI|of ipamd/],
  [
    'configuration of kubelet, containerd and CNI',
    /^kubelet's configuration|of kubelet$|^SystemdCgroup|^files of \/etc\/cni|^the address of the service kube-dns/,
  ],
  [
    'outputs of the system (processes, memory, disks, units, clocks)',
    /^(?:a list of processes|available memory|pressure of|mounted file systems|used space|units of systemd|boots of the node|throttled|the list of large|error counters|allowance counters|the state of the time|certificates|the \.link file|the time of the collection|answers of the API|the size of swap|the node's \/etc\/resolv)/,
  ],
  [
    'usable dumps of rules (iptables, nft, IPVS)',
    /iptables|IPVS|nftables|nft table|nat table|filter table|virtual servers?\b|service rules|kube-proxy mode|mode of kube-proxy|ipset|service addresses|services in the rules|endpoint chain/,
  ],
];

const OTHER = 'other input';

/** How one check ended on one bundle. */
interface CheckOutcome {
  readonly id: string;
  readonly bundle: BundleId;
  readonly outcome: Outcome;
}

/** Id of the outcome of a file of rules that could not be used. It is about the case, whatever bundle it is kept with. */
export const RULE_FILE = 'rules';

/** @returns a sentence for each file or folder of rules that could not be used. */
export function unusedRules(outcomes: readonly CheckOutcome[]): readonly string[] {
  return outcomes.flatMap(({ id, outcome }) => (id === RULE_FILE && outcome.outcome === 'failed' ? [outcome.why] : []));
}

/** @returns how many files and folders of rules could not be used: `2 rule files or folders`. */
export function countedUnusedRules(count: number): string {
  return count === 1 ? '1 rule file or folder' : `${count} rule files or folders`;
}

/** @returns the checks that failed, files of rules left out. */
export function failedChecks(
  outcomes: readonly CheckOutcome[],
): readonly { readonly id: string; readonly bundle: BundleId; readonly why: string }[] {
  return outcomes.flatMap(({ id, bundle, outcome }) =>
    id !== RULE_FILE && outcome.outcome === 'failed' ? [{ id, bundle, why: outcome.why }] : [],
  );
}

/** A bundle of which checks failed because its file is damaged. */
export interface DamagedBundle extends Damage {
  readonly bundle: BundleId;
  readonly checks: number;
}

/** @returns each bundle once, with the first reason that a check gave. */
export function damagedBundles(outcomes: readonly CheckOutcome[]): readonly DamagedBundle[] {
  const found = new Map<BundleId, DamagedBundle>();
  for (const { bundle, outcome } of outcomes) {
    if (outcome.outcome !== 'failed' || outcome.damage === undefined) continue;
    const before = found.get(bundle);
    found.set(bundle, { bundle, ...(before ?? outcome.damage), checks: (before?.checks ?? 0) + 1 });
  }
  return [...found.values()];
}

/** @returns which bundle, what was not looked at, and what to do. */
export function damagedSentence({ bundle, file, because, checks }: DamagedBundle): string {
  const failed = checks === 1 ? '1 check of it failed' : `${grouped(checks)} checks of it failed`;
  return `Bundle ${bundle.slice(0, 12)} of this case cannot be read in full (${because}): ${failed}. Delete its file in the folder of the case and import the archive again: ${file}`;
}

/**
 * @param outcomes of analyzers and rules, in the order they ran; files of rules are no checks of a node (unusedRules).
 * @returns groups of one bundle together, failed checks first, then the group with the most checks.
 */
export function notRunGroups(outcomes: readonly CheckOutcome[]): readonly NotRunGroup[] {
  const bundles = new Map<BundleId, Map<string | null, { ids: string[]; reasons: Set<string> }>>();
  for (const { id, bundle, outcome } of outcomes) {
    if (id === RULE_FILE || (outcome.outcome !== 'skipped' && outcome.outcome !== 'failed')) continue;
    const lacking = outcome.outcome === 'failed' ? null : lackingOf(outcome.missing);
    const groups = bundles.get(bundle) ?? new Map<string | null, { ids: string[]; reasons: Set<string> }>();
    bundles.set(bundle, groups);
    const group = groups.get(lacking) ?? { ids: [], reasons: new Set<string>() };
    groups.set(lacking, group);
    group.ids.push(id);
    group.reasons.add(reasonOf(outcome));
  }
  return [...bundles].flatMap(([bundle, groups]) =>
    [...groups]
      .map(([lacking, { ids, reasons }]) => ({ bundle, lacking, ids, reasons: [...reasons] }))
      .sort(
        (one, two) => Number(two.lacking === null) - Number(one.lacking === null) || two.ids.length - one.ids.length,
      ),
  );
}

/** Of a damaged bundle hundreds of checks say the same: it is told once, without their names. */
function reasonOf(outcome: Extract<Outcome, { outcome: 'skipped' | 'failed' }>): string {
  if (outcome.outcome === 'skipped') return outcome.missing;
  return outcome.damage === undefined ? outcome.why : outcome.damage.because;
}

/** @param missing what a skipped check says it lacked. @returns the kind of input. */
export function lackingOf(missing: string): string {
  return KINDS.find(([, says]) => says.test(missing))?.[0] ?? OTHER;
}

/** Kinds of input named in a sentence. */
const NAMED_MAX = 3;

/** @returns `35 without logs; 5 without kernel settings (sysctl); 2 failed; and 7 for other reasons`, over all bundles. */
export function notRunSummary(groups: readonly NotRunGroup[]): string {
  const counts = new Map<string | null, number>();
  for (const { lacking, ids } of groups) counts.set(lacking, (counts.get(lacking) ?? 0) + ids.length);
  const sorted = [...counts].sort((one, two) => Number(two[0] === null) - Number(one[0] === null) || two[1] - one[1]);
  const more = sorted.slice(NAMED_MAX).reduce((sum, [, count]) => sum + count, 0);
  const named = sorted
    .slice(0, NAMED_MAX)
    .map(([lacking, count]) => (lacking === null ? `${count} failed` : `${count} without ${lacking}`));
  return [...named, ...(more > 0 ? [`and ${more} for other reasons`] : [])].join('; ');
}
