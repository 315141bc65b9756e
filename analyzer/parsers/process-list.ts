/**
 * Processes and threads by ps, by the lines of /proc/PID/stat, or by the head of top:
 *
 *   USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND          ps aux, ps fauxwww --headers
 *   root        4021  0.0  0.0      0     0 ?        Z    10:03   0:00  \_ [sh] <defunct>
 *   UID          PID    SPID    PPID  C    SZ   RSS PSR STIME TTY          TIME CMD     ps -eTF: a line a thread
 *   root        2744    2751       1  0 461234 92110  1 Nov21 ?        00:00:12 /usr/bin/containerd
 *   4021 (kube-proxy) S 3990 4021 4021 0 -1 1077936384 8212 0 0 0 4102 3712 0 0 20 0 9 0 5821 ...   proc(5)
 *   Tasks: 142 total,   1 running, 141 sleeping,   0 stopped,   2 zombie
 */
import type { ProcessList, ProcessSeen } from '../core/host-state.ts';
import { asCount, lineWords } from './line-words.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** The largest pid_max there is. */
const THREADS_MAX = 4_194_304;
const SEEN_MAX = 20;
const COMMAND_CHARS_MAX = 120;
const STAT = /^(\d{1,9}) \((.{1,64})\) ([A-Za-z]) (-?\d{1,9}) /;
const TASKS = /^Tasks: {1,8}(\d{1,9}) total,.{1,120}? (\d{1,9}) zombie/;

interface Columns {
  readonly count: number;
  readonly pid: number;
  readonly parent: number;
  readonly state: number;
  readonly thread: number;
  readonly threads: number;
}

interface Draft {
  line: number;
  readonly processes: Map<number, { seen: ProcessSeen; threads: number }>;
  rows: number;
  counted: 'threads' | 'no';
  zombies: number;
  readonly zombiesSeen: ProcessSeen[];
  tasks: { readonly total: number; readonly zombies: number; readonly line: number } | null;
}

/** @returns what the listing says, or null when it lists no process. Never throws. */
export function parseProcessList(text: CapturedText): ProcessList | null {
  const draft: Draft = {
    line: 0,
    processes: new Map(),
    rows: 0,
    counted: 'no',
    zombies: 0,
    zombiesSeen: [],
    tasks: null,
  };
  let columns: Columns | null = null;
  eachLine(text, (whole, line) => {
    if (draft.rows >= THREADS_MAX) return;
    const stat = columns === null ? STAT.exec(whole.slice(0, 200)) : null;
    if (stat !== null) return addStat(draft, stat, whole, line);
    const title = columnsIn(whole);
    if (title !== null) {
      columns = title;
      if (draft.line === 0) draft.line = line;
      return;
    }
    const tasks = whole.startsWith('Tasks:') ? TASKS.exec(whole.slice(0, 300)) : null;
    if (tasks !== null) draft.tasks = { total: Number(tasks[1]), zombies: Number(tasks[2]), line };
    else if (columns !== null) addRow(draft, columns, wordsOf(whole), line);
  });
  return listOf(draft);
}

function wordsOf(line: string): readonly string[] {
  return lineWords(line.slice(0, 2000));
}

/** @returns null when the line is no title: a listing has one, and a line a process. */
function columnsIn(line: string): Columns | null {
  if (!line.includes('PID')) return null;
  const words = wordsOf(line);
  const command = words.findIndex((word) => word === 'COMMAND' || word === 'CMD');
  const pid = words.indexOf('PID');
  if (command < 0 || pid < 0 || command !== words.length - 1) return null;
  const first = (...names: readonly string[]): number => words.findIndex((word) => names.includes(word));
  return {
    count: command,
    pid,
    parent: first('PPID'),
    state: first('STAT', 'S'),
    thread: first('SPID', 'LWP', 'TID'),
    threads: first('NLWP', 'THCNT'),
  };
}

function addRow(draft: Draft, columns: Columns, words: readonly string[], line: number): void {
  const pid = asCount(words[columns.pid]);
  if (pid === null || words.length <= columns.count) return;
  const command = words.slice(columns.count).join(' ').slice(0, COMMAND_CHARS_MAX);
  const threads = columns.threads < 0 ? 1 : (asCount(words[columns.threads]) ?? 1);
  if (columns.thread >= 0 || columns.threads >= 0) draft.counted = 'threads';
  const state = columns.state < 0 ? '' : (words[columns.state] ?? '');
  const zombie = columns.state < 0 ? command.endsWith('<defunct>') : state.startsWith('Z');
  add(draft, { line, pid, parent: asCount(words[columns.parent]), command, threads }, zombie);
}

/** Field 20 of proc(5) is the number of threads: the 17th behind the state. */
function addStat(draft: Draft, stat: RegExpExecArray, whole: string, line: number): void {
  const fields = whole.slice(stat[0].length).split(' ', 20);
  const threads = asCount(fields[15]);
  if (threads !== null) draft.counted = 'threads';
  if (draft.line === 0) draft.line = line;
  add(
    draft,
    { line, pid: Number(stat[1]), parent: Number(stat[4]), command: stat[2] as string, threads: threads ?? 1 },
    stat[3] === 'Z',
  );
}

function add(draft: Draft, seen: ProcessSeen, zombie: boolean): void {
  draft.rows += seen.threads;
  const known = draft.processes.get(seen.pid);
  if (known !== undefined) {
    known.threads += seen.threads;
    return;
  }
  draft.processes.set(seen.pid, { seen, threads: seen.threads });
  if (!zombie) return;
  draft.zombies += 1;
  if (draft.zombiesSeen.length < SEEN_MAX) draft.zombiesSeen.push(seen);
}

function listOf(draft: Draft): ProcessList | null {
  const { tasks } = draft;
  if (draft.processes.size === 0)
    return tasks === null
      ? null
      : {
          processes: tasks.total,
          threads: null,
          zombies: tasks.zombies,
          zombiesSeen: [],
          busiest: [],
          line: tasks.line,
        };
  const busiest = [...draft.processes.values()]
    .sort((one, two) => two.threads - one.threads)
    .slice(0, SEEN_MAX)
    .map(({ seen, threads }) => ({ ...seen, threads }));
  return {
    processes: draft.processes.size,
    threads: draft.counted === 'threads' ? draft.rows : null,
    zombies: draft.zombies,
    zombiesSeen: draft.zombiesSeen,
    busiest: draft.counted === 'threads' ? busiest : [],
    line: Math.max(1, draft.line),
  };
}
