/** What a case tells of itself before its report is redacted: names of its machines, and the networks they are in. */
import type { BundleReader } from '../core/case-reader.ts';
import type { CaseDocument } from '../report/document.ts';
import { readAddress } from '../report/redaction/address-text.ts';
import { learnNetworks, learnServiceNetworks } from '../report/redaction/networks.ts';
import type { CaseKnowledge } from '../report/redaction/redacted-report.ts';
import type { RedactionState } from '../store/report-shelf.ts';

/** Files that name networks. */
const NETWORK_ROLES: ReadonlySet<string> = new Set([
  ...['ip-route', 'ip-rule', 'ip-addr', 'iptables-save', 'ip6tables-save', 'nft-ruleset', 'ipset'],
  ...['kubelet-config', 'kube-proxy-config', 'cni-log', 'config'],
]);

/** Of one file: networks stand at the start of dumps, or in rules of which a part names them all. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Of all files of a case; reading them takes about a second. */
const CASE_BYTES_MAX = 64 * 1024 * 1024;

/** @param state what the case keeps of its earlier exports. */
export function caseKnowledge(
  readers: readonly BundleReader[],
  document: CaseDocument,
  caseId: string,
  state: RedactionState,
): CaseKnowledge {
  const lines = [...networkLines(readers)];
  return {
    caseId,
    key: state.key,
    known: state.entries,
    hosts: hostNames([...readers.flatMap(({ bundle }) => bundle.node ?? []), ...namedIn(document)]),
    networks: learnNetworks(lines),
    serviceNetworks: learnServiceNetworks(lines),
  };
}

function* networkLines(readers: readonly BundleReader[]): Generator<string> {
  let bytes = 0;
  for (const reader of readers) {
    for (const file of reader.files()) {
      if (!NETWORK_ROLES.has(file.role) || file.aliasOf !== null || bytes >= CASE_BYTES_MAX) continue;
      const { text } = reader.text(file.id, FILE_BYTES_MAX);
      bytes += text.length;
      yield* text.split('\n');
    }
  }
}

/** Names of nodes that findings and facts tell of, also of nodes that sent no archive. */
function namedIn({ findings, bundles, askCustomer }: CaseDocument): readonly string[] {
  return [
    ...findings.flatMap(({ node, alsoOn }) => [...(node === null ? [] : [node]), ...alsoOn]),
    ...findings.flatMap(({ entities }) => entities.filter(({ kind }) => MACHINES.has(kind)).map(({ name }) => name)),
    ...bundles.flatMap(({ node }) => node ?? []),
    ...askCustomer.flatMap(({ node }) => node ?? []),
  ];
}
const MACHINES: ReadonlySet<string> = new Set(['node', 'host']);

/** Names that stand for an address or an instance are replaced as such, so that they stay alike in every spelling. */
const OTHERWISE = /^(?:ip-\d|ip-[0-9a-f]{8}\b|i-[0-9a-f]{8}|localhost\b|\d+$)/i;
const HOST_CHARS_MIN = 3;

/** @returns first labels: whatever domain follows is replaced as one. */
function hostNames(names: readonly string[]): readonly string[] {
  const labels = names.filter((name) => readAddress(name) === null).map((name) => name.split('.')[0] ?? '');
  return [...new Set(labels)].filter((name) => name.length >= HOST_CHARS_MIN && !OTHERWISE.test(name));
}
