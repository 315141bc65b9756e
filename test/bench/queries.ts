/**
 * The standard query set: what engineers look for in a node's logs. Ids are taken from the corpus itself, at fixed
 * places, so that each is found.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';

export interface StandardQuery {
  readonly kind: 'rare' | 'middling' | 'common' | 'phrase' | 'prefix' | 'substring' | 'two words' | 'pattern';
  /** What is typed into the search box. */
  readonly typed: string;
  /** Arguments of ripgrep for the same lines. */
  readonly rg: readonly string[];
}

/** Held by two lines of every corpus. */
export const RARE_WORD = 'zanzibarQuux7731';

const WINDOW_BYTES = 64 * 1024;

/** @param tree an extracted corpus. */
export function standardQueries(tree: string): readonly StandardQuery[] {
  const kubelet = (share: number, pattern: RegExp) => taken(tree, 'kubelet/kubelet.log', share, pattern);
  const runtime = (share: number, pattern: RegExp) => taken(tree, 'containerd/containerd-log.txt', share, pattern);
  const container = kubelet(0.31, /containerID="([0-9a-f]{64})/);
  const started = runtime(0.77, /StartContainer for \\"([0-9a-f]{64})/);
  const pod = kubelet(0.5, /podID="([0-9a-f-]{36})/);
  const sandboxPod = runtime(0.2, /Uid:([0-9a-f-]{36})/);
  const podName = kubelet(0.8, /pod="[^/"]+\/([a-z0-9-]+)"/);
  const address = taken(tree, 'networking/conntrack.txt', 0.4, /src=(10\.[0-9.]+)/);
  const of = (kind: StandardQuery['kind'], ...words: readonly string[]) => words.map((word) => literal(kind, word));
  return [
    ...of(
      'rare',
      RARE_WORD,
      container,
      started,
      pod,
      sandboxPod,
      'deadbeef-cafe-4bad-a000-100000000042',
      'absentToken99z',
    ),
    ...of('middling', 'CrashLoopBackOff', 'segfault', podName, address),
    ...of('common', 'error', 'kubelet', 'info'),
    ...of(
      'phrase',
      'no space left on device',
      'failed to assign an IP address',
      'back-off 40s restarting',
      'context deadline exceeded',
    ),
    ...of('prefix', 'zanzi', 'CrashL', container.slice(0, 12), pod.slice(0, 8)),
    ...of('substring', 'ibarQuux77', 'LoopBackO', container.slice(21, 33), 'ylophone-subsys'),
    both('error', 'ledger-writer'),
    both('OOMKilled', 'payments'),
    both(RARE_WORD, 'panic'),
    pattern('failed to (setup|assign).*IP'),
    pattern('deadbeef-[0-9a-f]{4}-4bad'),
    pattern('\\b10\\.\\d+\\.\\d+\\.\\d+:8080\\b'),
    pattern('Memory cgroup out of memory: Killed process \\d+ \\(java'),
  ];
}

function literal(kind: StandardQuery['kind'], text: string): StandardQuery {
  return { kind, typed: `"${text}"`, rg: ['-F', '-e', text] };
}

function both(one: string, other: string): StandardQuery {
  return { kind: 'two words', typed: `${one} ${other}`, rg: ['-e', `${one}.*${other}|${other}.*${one}`] };
}

function pattern(source: string): StandardQuery {
  return { kind: 'pattern', typed: `/${source}/`, rg: ['-e', source] };
}

/** @returns what the pattern's group holds at its first match behind a place (from 0 to 1) of a file. */
function taken(tree: string, file: string, share: number, wanted: RegExp): string {
  const handle = openSync(path.join(tree, file), 'r');
  try {
    const bytes = Buffer.alloc(WINDOW_BYTES);
    const from = Math.max(
      0,
      Math.min(fstatSync(handle).size - WINDOW_BYTES, Math.floor(fstatSync(handle).size * share)),
    );
    const text = bytes.toString('latin1', 0, readSync(handle, bytes, 0, WINDOW_BYTES, from));
    const found = wanted.exec(text)?.[1];
    if (found === undefined) throw new Error(`the corpus holds no ${wanted} at ${share} of ${file}`);
    return found;
  } finally {
    closeSync(handle);
  }
}
