/** What runs on this machine on behalf of the application, read from /proc. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process or thread ended meanwhile.
    return '';
  }
}

/** @returns the parent of a process: the second field after the command in `1234 (node) S 1 ...`. */
function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** @returns every living process that descends from `pid`, itself not included. */
export function descendants(pid: number): readonly number[] {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((one) => Number.isSafeInteger(one) && one > 0);
  const parents = new Map(pids.map((one) => [one, parentOf(one)]));
  const under = (one: number): boolean => {
    for (let parent = parents.get(one); parent !== undefined && parent > 1; parent = parents.get(parent)) {
      if (parent === pid) return true;
    }
    return false;
  };
  return pids.filter(under);
}

/** @returns the engine's own process under the host's process, null when there is none. */
export function enginePid(hostPid: number): number | null {
  return descendants(hostPid).find((pid) => read(`/proc/${pid}/cmdline`).includes('engine-process')) ?? null;
}

/** Names Node gives to threads that are there without any worker. */
const NODE_OWN = /^(MainThread|node|DelayedTaskSche|V8Worker|libuv-worker|SignalInspector|Signal.*|electron.*)$/;

/** @returns names of the worker threads of a process. */
export function workerThreads(pid: number): readonly string[] {
  const folder = `/proc/${pid}/task`;
  let threads: readonly string[];
  try {
    threads = readdirSync(folder);
  } catch {
    return [];
  }
  return threads
    .map((thread) => read(`${folder}/${thread}/comm`).trim())
    .filter((name) => name !== '' && !NODE_OWN.test(name));
}

/** @returns bytes of physical memory a process holds. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}
