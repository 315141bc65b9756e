/**
 * What the bundle should hold, by its layout's catalogue, what is really there, and what to ask the customer for.
 * An absent or empty file keeps us from knowing something; it is never a sign of health.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { CompletenessEntry, CustomerAsk, ProxyMode, SourceFile } from '../core/vocabulary.ts';
import { type ExpectedFile, layoutDefinition, pathTest } from '../layouts/definitions.ts';
import { isRulePrint } from '../parsers/iptables-rules.ts';

export type FileState = CompletenessEntry['state'];

/** A text that stands in for the output of a command is a line or two, e.g. "ipvsadm not installed". */
const STAND_IN_BYTES_MAX = 1024;
const STAND_IN_LINES_MAX = 3;
const NOT_INSTALLED = /not installed|command not found|: not found|No such file or directory/i;
const TIMED_OUT = /timed out|timeout: |\btimeout\b.*(?:exceeded|expired)/i;

/** `iptables -S` begins with its chains and ends with nothing that could be missed. */
const HEAD_LINES = 20;

/** Collectors nest their tree in a folder or two. */
const DEPTH_MAX = 6;

/** Any of these tells which rules packets meet on the node. */
export const NETFILTER_ROLES: readonly string[] = [
  'iptables-save',
  'ip6tables-save',
  'iptables-list',
  'ip6tables-list',
  'nft-ruleset',
  'ipvsadm',
];

/** Output that only one proxy mode needs: not asked for when the mode is known to be another. */
const ONLY_IN_MODE: Readonly<Record<string, readonly ProxyMode[]>> = {
  ipvsadm: ['ipvs', 'unknown'],
  ipset: ['ipvs', 'unknown'],
  modules: ['ipvs', 'unknown'],
  'iptables-save': ['iptables', 'ipvs', 'none', 'unknown', 'replaced'],
  'iptables-list': ['iptables', 'ipvs', 'none', 'unknown', 'replaced'],
};

const NFT_COMMAND = 'sudo nft list ruleset > nft-ruleset.txt';

export interface Completeness {
  readonly entries: readonly CompletenessEntry[];
  /** Each command once. */
  readonly asks: readonly CustomerAsk[];
}

/** @param mode kube-proxy's mode as far as known: it decides which absent files matter. */
export function completeness(reader: BundleReader, mode: ProxyMode): Completeness {
  const layout = layoutDefinition(reader.bundle.layout);
  const files = reader.files();
  const states = new Map<SourceFile, FileState>();
  const stateOf = (file: SourceFile): FileState => {
    const state = states.get(file) ?? fileState(reader, file);
    states.set(file, state);
    return state;
  };
  // A folder of dumps is whatever the engineer has: only the absence of every rule dump is worth a word.
  const rulesKnown = files.some((file) => NETFILTER_ROLES.includes(file.role) && stateOf(file) === 'present');
  const expected = layout.id === 'generic' && rulesKnown ? [] : layout.expected;
  const checked = expected.map((entry) => {
    const sibling = layout.expected.some((other) => other !== entry && other.role === entry.role);
    return { entry, ...check(entry, sibling, files, stateOf) };
  });

  const asks = new Map<string, CustomerAsk>();
  const ask = (command: string, why: string): void => {
    if (!asks.has(command)) asks.set(command, { why, command, node: reader.bundle.node });
  };
  for (const { entry, state } of checked) {
    // What is not installed gives the same answer when asked again.
    if (state === 'present' || state === 'not-installed' || !neededIn(mode, entry)) continue;
    ask(entry.ask, `${entry.path.replace(/^\*\*\/|\*/g, '')} ${SAYS[state]}. Not known without it: ${entry.prevents}`);
  }
  const nftKnown = files.some((file) => file.role === 'nft-ruleset' && stateOf(file) === 'present');
  const asked = [...asks.keys()].some((command) => command.includes('nft list ruleset'));
  if (!rulesKnown && !nftKnown && !asked) {
    ask(NFT_COMMAND, 'no rules were captured: kube-proxy may run in nftables mode, or its rules are in nf_tables');
  }
  return {
    entries: checked.map(({ entry, state, file }) => ({
      bundle: reader.bundle.id,
      expected: entry.path,
      state,
      prevents: entry.prevents,
      file: file?.path ?? null,
    })),
    asks: [...asks.values()],
  };
}

/** @returns true when the absence of the entry's file keeps something from us that matters in this mode. */
export function mattersInMode(layout: string, entry: CompletenessEntry, mode: ProxyMode): boolean {
  const expected = layoutDefinition(layout).expected.find((one) => one.path === entry.expected);
  return entry.state !== 'present' && (expected === undefined || neededIn(mode, expected));
}

function neededIn(mode: ProxyMode, entry: ExpectedFile): boolean {
  return ONLY_IN_MODE[entry.role]?.includes(mode) ?? true;
}

const SAYS: Readonly<Record<Exclude<FileState, 'present' | 'not-installed'>, string>> = {
  empty: 'is empty',
  'not-collected': 'was not collected',
  'timed-out': 'holds no output (its command timed out)',
  truncated: 'is cut off',
};

/** The best state wins: a second, whole copy makes up for a broken one. */
const STATE_ORDER: readonly FileState[] = [
  'present',
  'truncated',
  'timed-out',
  'not-installed',
  'empty',
  'not-collected',
];

interface Checked {
  readonly state: FileState;
  readonly file: SourceFile | null;
}

/** @param siblings whether another entry has the same role: then only the path tells which one a file is. */
function check(
  entry: ExpectedFile,
  siblings: boolean,
  files: readonly SourceFile[],
  stateOf: (file: SourceFile) => FileState,
): Checked {
  const tests = [entry.path, ...(entry.also === undefined ? [] : [entry.also])].map(pathTest);
  const named = files.filter((file) => tails(file.path).some((tail) => tests.some((test) => test(tail))));
  const sameRole = siblings ? [] : files.filter((file) => file.role === entry.role);
  const candidates = named.length > 0 ? named : sameRole;
  let best: Checked = { state: 'not-collected', file: null };
  for (const file of candidates) {
    const state = stateOf(file);
    if (best.file === null || STATE_ORDER.indexOf(state) < STATE_ORDER.indexOf(best.state)) best = { state, file };
  }
  return best;
}

/** `a/b/c.txt` -> `a/b/c.txt`, `b/c.txt`, `c.txt`: globs are relative to the root of the collected tree. */
function tails(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(0, DEPTH_MAX + 1).map((_, depth) => parts.slice(depth).join('/'));
}

/** @returns what became of one captured file. */
export function fileState(reader: BundleReader, file: SourceFile): FileState {
  if (file.coverage === 'truncated') return 'truncated';
  if (file.coverage === 'not-opened') return 'not-collected';
  if (file.bytes === 0 || file.coverage === 'empty') return 'empty';
  if (file.bytes <= STAND_IN_BYTES_MAX) {
    const { text } = reader.text(file.id, STAND_IN_BYTES_MAX);
    if (text.trim() === '') return reader.bundle.layout === 'sgfp' ? 'not-collected' : 'empty';
    if (file.lines <= STAND_IN_LINES_MAX && TIMED_OUT.test(text)) return 'timed-out';
    if (file.lines <= STAND_IN_LINES_MAX && NOT_INSTALLED.test(text)) return 'not-installed';
  }
  return endsEarly(reader, file) ? 'truncated' : 'present';
}

/** The collector's `timeout` cuts outputs without a word; some formats tell where they should have ended. */
function endsEarly(reader: BundleReader, file: SourceFile): boolean {
  const tail = reader.lines(file.id, Math.max(file.lines - 5, 1), 6).map((line) => line.text);
  if (file.role === 'iptables-save' || file.role === 'ip6tables-save') {
    if (tail.some((line) => line.trim() === 'COMMIT')) return false;
    const head = reader.lines(file.id, 1, HEAD_LINES).map((line) => line.text);
    return !isRulePrint(head.join('\n'));
  }
  if (file.role === 'iptables-list' && reader.bundle.layout === 'eks-log-collector') {
    return !tail.some((line) => line.startsWith('Total Number of Rules'));
  }
  return false;
}
