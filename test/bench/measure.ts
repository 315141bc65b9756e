/** Runs a command as a whole process and takes its wall time, and the processor time and peak memory of it and its children. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** User and system time of the process tree; null where /proc does not exist. Steps of 10 ms. */
  readonly cpuSeconds: number | null;
  /** Sum over the process tree of each process's peak resident size; null where /proc does not exist. */
  readonly peakRssBytes: number | null;
  readonly code: number | null;
  readonly stdout: string;
}

export interface MeasureOptions {
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The kernel keeps the highest size of a process, so only what one reaches in its last moments is not seen. Looking costs
 * processor time, which what is measured lacks: every 20 ms with all threads it was a fortieth of a core.
 */
const SAMPLE_EVERY_MS = 40;
/** Processes are looked for every so many samples: each thread has its own list of children. */
const SAMPLES_A_TREE = 5;
/** Linux counts processor time in these, whatever the kernel's own tick is (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** @param command program and arguments; run without a shell. One at a time: processor time is that of all that ended. */
export function measure(command: readonly string[], options: MeasureOptions = {}): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const cpuBefore = cpuOfEnded();
    const startedAt = performance.now();
    const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'], ...options });
    const peaks = new Map<number, number>();
    let samples = 0;
    let processes: readonly number[] = [];
    const sampler = setInterval(() => {
      if (samples++ % SAMPLES_A_TREE === 0) processes = processTree(child.pid as number);
      for (const pid of processes) {
        const peak = peakOf(pid);
        if (peak !== null) peaks.set(pid, Math.max(peak, peaks.get(pid) ?? 0));
      }
    }, SAMPLE_EVERY_MS);
    const stdout: string[] = [];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.on('error', (error) => {
      clearInterval(sampler);
      reject(error);
    });
    child.on('close', (code) => {
      const seconds = (performance.now() - startedAt) / 1000;
      clearInterval(sampler);
      const cpuAfter = cpuOfEnded();
      const total = [...peaks.values()].reduce((sum, one) => sum + one, 0);
      resolve({
        seconds,
        cpuSeconds: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
        peakRssBytes: peaks.size > 0 ? total : null,
        code,
        stdout: stdout.join(''),
      });
    });
  });
}

/** @returns seconds of processor time of all children that have ended, and of theirs (cutime and cstime of proc(5)). */
function cpuOfEnded(): number | null {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The second field is the program's name in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

function processTree(root: number): readonly number[] {
  const found = [root];
  for (let at = 0; at < found.length; at++) {
    try {
      const tasks = `/proc/${found[at]}/task`;
      for (const task of readdirSync(tasks)) {
        const children = readFileSync(`${tasks}/${task}/children`, 'utf8').trim();
        if (children !== '') found.push(...children.split(' ').map(Number));
      }
    } catch {
      // The process ended while it was looked at.
    }
  }
  return found;
}

function peakOf(pid: number): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

/** @returns the middle value (the lower of two). */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] as number;
}

/** @param share from 0 to 1. @returns the value below which that share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
