/** Who an address is by the lines that name it: conntrack's table, logs, captured objects. Every line of a bundle counts. */
import type { AddressFact } from '../contract/network.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { FileId } from '../core/ids.ts';
import type { Evidence, LineRef, NonEmpty, SourceFile } from '../core/vocabulary.ts';
import { type AddressScan, addressScan, type NamedLine } from './address-scan.ts';
import type { Pause } from './resident-task.ts';

/** Dumps that are understood line by line elsewhere: their lines are not counted a second time. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  'iptables-save',
  'ip6tables-save',
  'iptables-list',
  'ip6tables-list',
  'ip-addr',
  'ip-route',
  'ip-rule',
  'ipset',
  'ipvsadm',
]);
/** Lines cited for one fact. */
const CITED = 5;
/** Files listed one by one; the rest is counted. */
const FILES_LISTED = 20;
/** Blocks scanned before other questions are let through. */
const BLOCKS_AT_ONCE = 8;
/** Names of one kind that are told apart; a line of a log can be made up by anybody. */
const NAMES_MAX = 50;

type Found = Omit<AddressFact, 'bundle' | 'node'>;

/** Counts with the first lines. */
interface Tally {
  count: number;
  readonly refs: LineRef[];
}

/** @param address in RFC 5952 form. @returns facts in the order pods, ENIs, tracked connections, objects, rules, logs. */
export async function factsOfLines(reader: BundleReader, address: string, pause: Pause): Promise<readonly Found[]> {
  const scan = addressScan(address);
  const pods = new Map<string, Tally>();
  const enis = new Map<string, Tally>();
  const connections = new Map<string, Tally>();
  const files = new Map<FileId, { readonly file: SourceFile; readonly tally: Tally }>();
  const asked = reader.files().filter((file) => !UNDERSTOOD.has(file.role));
  let blocks = 0;
  for (const block of reader.blocksWith([scan.wanted], new Set(asked.map((file) => file.id)))) {
    if (++blocks % BLOCKS_AT_ONCE === 0) await pause();
    const file = reader.file(block.fileId);
    const naming = scan.lines(block);
    if (file === null || naming.length === 0) continue;
    const tally: Tally = files.get(file.id)?.tally ?? { count: 0, refs: [] };
    files.set(file.id, { file, tally });
    for (const line of naming) {
      const ref = { fileId: file.id, line: line.line, endLine: line.line };
      add(tally, ref);
      if (file.role === 'conntrack') tell(connections, connectionWords(line, address, scan), ref);
      else {
        tell(pods, podNamed(line, address), ref);
        tell(enis, eniNamed(line), ref);
      }
    }
  }
  await pause();
  return [
    ...named(reader, pods, 'pod', (name, count) => `Named together with pod ${name} in ${lines(count)}.`),
    ...named(reader, enis, 'ENI', (name, count) => `Named together with ${name} in ${lines(count)}.`),
    ...named(reader, connections, 'conntrack', (words, count) => `${count} tracked: ${words}.`),
    ...ofFiles(reader, [...files.values()]),
  ];
}

function named(
  reader: BundleReader,
  tallies: ReadonlyMap<string, Tally>,
  kind: Found['kind'],
  sentence: (name: string, count: number) => string,
): readonly Found[] {
  return [...tallies]
    .sort(([, left], [, right]) => right.count - left.count)
    .map(([name, tally]) => found(reader, kind, sentence(name, tally.count), tally));
}

function ofFiles(
  reader: BundleReader,
  files: readonly { readonly file: SourceFile; readonly tally: Tally }[],
): readonly Found[] {
  const shown = files
    .filter(({ file }) => file.role !== 'conntrack')
    .sort((left, right) => right.tally.count - left.tally.count);
  const rest = shown.slice(FILES_LISTED);
  const facts = shown
    .slice(0, FILES_LISTED)
    .map(({ file, tally }) =>
      found(
        reader,
        kindOf(file),
        `${lines(tally.count)} of ${file.path} ${tally.count === 1 ? 'names' : 'name'} it.`,
        tally,
      ),
    );
  if (rest.length === 0) return facts;
  const all: Tally = { count: 0, refs: [] };
  for (const { tally } of rest) {
    all.count += tally.count;
    const [first] = tally.refs;
    if (first !== undefined && all.refs.length < CITED) all.refs.push(first);
  }
  return [...facts, found(reader, 'log lines', `${lines(all.count)} of ${rest.length} more files name it.`, all)];
}

function kindOf(file: SourceFile): Found['kind'] {
  if (file.role === 'cluster-resources') return 'cluster resource';
  return file.role === 'nft-ruleset' ? 'packet rule' : 'log lines';
}

function found(reader: BundleReader, kind: Found['kind'], sentence: string, tally: Tally): Found {
  const evidence = cite(reader, tally.refs as unknown as NonEmpty<LineRef>).map(shortened);
  return { kind, sentence, count: tally.count, evidence };
}

/** A file of JSON can be one line of megabytes: its hash stays that of the whole line, its text becomes a beginning. */
function shortened(evidence: Evidence): Evidence {
  if (evidence.text.length <= TEXT_CHARS) return evidence;
  const note = `the first ${TEXT_CHARS} of ${evidence.text.length} characters are shown`;
  return { ...evidence, text: evidence.text.slice(0, TEXT_CHARS), note };
}
const TEXT_CHARS = 2_000;

function lines(count: number): string {
  return `${count} ${count === 1 ? 'line' : 'lines'}`;
}

function add(tally: Tally, ref: LineRef): void {
  tally.count += 1;
  if (tally.refs.length < CITED) tally.refs.push(ref);
}

function tell(tallies: Map<string, Tally>, name: string | null, ref: LineRef): void {
  if (name === null) return;
  let tally = tallies.get(name);
  if (tally === undefined) {
    if (tallies.size >= NAMES_MAX) return;
    tally = { count: 0, refs: [] };
    tallies.set(name, tally);
  }
  add(tally, ref);
}

const NAME = '[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?';
/**
 *   pod="kube-system/coredns-5d78c9869d-abcde"                                     kubelet
 *   K8S_POD_NAME:"coredns-5d78c9869d-abcde"  K8S_POD_NAMESPACE:"kube-system"       ipamd.log
 *   "ipv4":"10.0.3.7","metadata":{"k8sPodNamespace":"kube-system","k8sPodName":"coredns-..."}    ipam.json
 */
const KUBELET_POD = new RegExp(`pods?="(${NAME})/(${NAME})"`, 'g');
const CNI_NAMESPACE = new RegExp(`K8S_POD_NAMESPACE\\\\?"?[:=] ?\\\\?"?(${NAME})`, 'i');
const CNI_POD = new RegExp(`K8S_POD_NAME\\\\?"?[:=] ?\\\\?"?(${NAME})`, 'i');
const STORED_NAMESPACE = new RegExp(`"k8sPodNamespace": ?"(${NAME})"`);
const STORED_POD = new RegExp(`"k8sPodName": ?"(${NAME})"`);
/** Of one allocation in ipam.json: what stands behind the address up to the next one. */
const ALLOCATION_CHARS = 600;
/** Lines are cut here before patterns are tried. */
const LINE_CHARS = 8_000;

/** @returns `namespace/name` when the line names exactly one pod with the address. */
function podNamed({ text }: NamedLine, address: string): string | null {
  const stored = text.indexOf(`"${address}"`);
  if (stored >= 0 && text.includes('k8sPodName')) {
    const behind = text.slice(stored, stored + ALLOCATION_CHARS);
    const next = behind.search(/"(?:containerID|networkName|ipv4)":/);
    const own = next > 0 ? behind.slice(0, next) : behind;
    return joined(STORED_NAMESPACE.exec(own)?.[1], STORED_POD.exec(own)?.[1]);
  }
  const line = text.slice(0, LINE_CHARS);
  const names = new Set([...line.matchAll(KUBELET_POD)].map((match) => `${match[1]}/${match[2]}`));
  if (names.size === 1) return [...names][0] ?? null;
  return names.size > 1 ? null : joined(CNI_NAMESPACE.exec(line)?.[1], CNI_POD.exec(line)?.[1]);
}

function joined(namespace: string | undefined, name: string | undefined): string | null {
  return namespace === undefined || name === undefined ? null : `${namespace}/${name}`;
}

/** @returns the ENI when the line names exactly one. */
function eniNamed({ text }: NamedLine): string | null {
  const names = new Set(text.slice(0, LINE_CHARS).match(/\beni-[0-9a-f]{8,17}\b/g));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

/** @returns in which direction the address takes part, with the connection's state. */
function connectionWords({ text }: NamedLine, address: string, scan: AddressScan): string | null {
  const sides = [...text.slice(0, LINE_CHARS).matchAll(/\b(src|dst)=([0-9A-Fa-f.:]+)/g)].slice(0, 4);
  const is = (index: number): boolean => {
    const value = sides[index]?.[2];
    return value !== undefined && (value === address || scan.names(value));
  };
  if (sides.length < 4) return null;
  const state = /\b(ESTABLISHED|SYN_SENT|SYN_RECV|FIN_WAIT|CLOSE_WAIT|LAST_ACK|TIME_WAIT|CLOSE)\b/.exec(text)?.[1];
  const unanswered = text.includes('[UNREPLIED]') ? 'no answer seen' : null;
  const words = [/^\s*(?:ipv[46]\s+\d+\s+)?([a-z0-9]+)/i.exec(text)?.[1] ?? 'connections', state, unanswered];
  const kind = words.filter((word) => word !== undefined && word !== null).join(' ');
  if (is(0)) return `${kind}, opened by it`;
  if (is(1)) return `${kind}, sent to it`;
  if (is(2)) return `${kind}, sent on to it by destination NAT`;
  return is(3) ? `${kind}, opened by another address that source NAT turned into it` : null;
}
