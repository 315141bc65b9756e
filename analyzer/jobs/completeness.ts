/**
 * What the bundle should hold, by its layout's catalogue, what is really there, and what to ask the customer for.
 * An absent or empty file keeps us from knowing something; it is never a sign of health.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { CompletenessEntry, CustomerAsk, ProxyMode, SourceFile } from '../core/vocabulary.ts';
import { type ExpectedFile, type LayoutDefinition, layoutDefinition } from '../layouts/definitions.ts';
import { compileGlob, type Glob } from '../layouts/glob.ts';
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

/** @returns a pattern as one says it: `{var_log,automode}/*kube-proxy*` -> "var_log/kube-proxy or automode/kube-proxy". */
function spokenPath(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '**');
  // A part that is only a star, or an ending, says nothing without it.
  const path = parts.map((part) => (/^\*(?:\.|$)/.test(part) ? part : part.replaceAll('*', ''))).join('/');
  const choice = /\{([^{}]*)\}/.exec(path);
  if (choice === null) return path;
  return (choice[1] ?? '')
    .split(',')
    .map((one) => path.replace(choice[0], one))
    .join(' or ');
}

/** @param mode kube-proxy's mode as far as known: it decides which absent files matter. */
export function completeness(reader: BundleReader, mode: ProxyMode): Completeness {
  const layout = layoutDefinition(reader.bundle.layout);
  const files = reader.files();
  const named = files.map((file) => ({ file, names: file.path.split('/') }));
  const states = new Map<SourceFile, FileState>();
  const stateOf = (file: SourceFile): FileState => {
    const state = states.get(file) ?? fileState(reader, file, layout);
    states.set(file, state);
    return state;
  };
  // A folder of dumps is whatever the engineer has: only the absence of every rule dump is worth a word.
  const rulesKnown = files.some((file) => NETFILTER_ROLES.includes(file.role) && stateOf(file) === 'present');
  const expected = layout.id === 'generic' && rulesKnown ? [] : layout.expected;
  const checked = expected.map((entry) => {
    const sibling = layout.expected.some((other) => other !== entry && other.role === entry.role);
    return { entry, ...check(entry, sibling, named, stateOf) };
  });

  const asks = new Map<string, CustomerAsk>();
  const ask = (command: string, why: string): void => {
    if (!asks.has(command)) asks.set(command, { why, command, node: reader.bundle.node });
  };
  for (const { entry, state } of checked) {
    // What is not installed gives the same answer when asked again.
    if (state === 'present' || state === 'not-installed' || !neededIn(mode, entry)) continue;
    ask(entry.ask, `${spokenPath(entry.path)} ${SAYS[state]}. Not known without it: ${entry.prevents}`);
  }
  const nftKnown = files.some((file) => file.role === 'nft-ruleset' && stateOf(file) === 'present');
  const asked = [...asks.keys()].some((command) => command.includes('nft list ruleset'));
  // Rules are a node's: whoever sent the objects of a cluster was not asked for them.
  if (!rulesKnown && !nftKnown && !asked && layout.about === 'node') {
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

interface NamedFile {
  readonly file: SourceFile;
  /** Components of its path. */
  readonly names: readonly string[];
}

/** @param siblings whether another entry has the same role: then only the path tells which one a file is. */
function check(
  entry: ExpectedFile,
  siblings: boolean,
  files: readonly NamedFile[],
  stateOf: (file: SourceFile) => FileState,
): Checked {
  const globs = [entry.path, ...(entry.also === undefined ? [] : [entry.also])].map(compileGlob);
  const placed = files.filter(({ names }) => globs.some((glob) => isBelow(glob, names)));
  const sameRole = siblings ? [] : files.filter(({ file }) => file.role === entry.role);
  const candidates = placed.length > 0 ? placed : sameRole;
  let best: Checked = { state: 'not-collected', file: null };
  for (const { file } of candidates) {
    const state = stateOf(file);
    if (best.file === null || STATE_ORDER.indexOf(state) < STATE_ORDER.indexOf(best.state)) best = { state, file };
    if (best.state === 'present') break;
  }
  return best;
}

/** Globs are relative to the root of the collected tree, which may lie in a folder or more. */
function isBelow(glob: Glob, names: readonly string[]): boolean {
  for (let depth = 0; depth <= Math.min(DEPTH_MAX, names.length - 1); depth++) if (glob.test(names, depth)) return true;
  return false;
}

/** @returns what became of one captured file. */
export function fileState(
  reader: BundleReader,
  file: SourceFile,
  layout: LayoutDefinition = layoutDefinition(reader.bundle.layout),
): FileState {
  if (file.coverage === 'truncated') return 'truncated';
  if (file.coverage === 'not-opened') return 'not-collected';
  if (file.bytes === 0 || file.coverage === 'empty') return 'empty';
  if (file.bytes <= STAND_IN_BYTES_MAX) {
    // Without a limit of its own: text of another encoding is longer than the member was.
    const { text } = reader.text(file.id);
    if (text.trim() === '') return layout.id === 'sgfp' ? 'not-collected' : 'empty';
    if (file.lines <= STAND_IN_LINES_MAX && TIMED_OUT.test(text)) return 'timed-out';
    if (file.lines <= STAND_IN_LINES_MAX && NOT_INSTALLED.test(text)) return 'not-installed';
  }
  return endsEarly(reader, file, layout) ? 'truncated' : 'present';
}

/** The collector's `timeout` cuts outputs without a word; some formats tell where they should have ended. */
function endsEarly(reader: BundleReader, file: SourceFile, { footer }: LayoutDefinition): boolean {
  const tail = reader.lines(file.id, Math.max(file.lines - 5, 1), 6).map((line) => line.text);
  if (file.role === 'iptables-save' || file.role === 'ip6tables-save') {
    if (tail.some((line) => line.trim() === 'COMMIT')) return false;
    const head = reader.lines(file.id, 1, HEAD_LINES).map((line) => line.text);
    return !isRulePrint(head.join('\n'));
  }
  const footed = file.role === 'iptables-list' && footer !== null && isBelow(footer.glob, file.path.split('/'));
  return footed && !tail.some((line) => line.startsWith(footer.line));
}
