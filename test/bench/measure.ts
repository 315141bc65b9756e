/** Runs a command as a whole process and takes its wall time and the peak memory of it and its children. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** Sum over the process tree of each process's peak resident size; null where /proc does not exist. */
  readonly peakRssBytes: number | null;
  readonly code: number | null;
  readonly stdout: string;
}

const SAMPLE_EVERY_MS = 20;

/** @param command program and arguments; run without a shell. */
export function measure(command: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
    const peaks = new Map<number, number>();
    const sampler = setInterval(() => {
      for (const pid of processTree(child.pid as number)) {
        const peak = peakOf(pid);
        if (peak !== null) peaks.set(pid, Math.max(peak, peaks.get(pid) ?? 0));
      }
    }, SAMPLE_EVERY_MS);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(sampler);
      const total = [...peaks.values()].reduce((sum, one) => sum + one, 0);
      resolve({
        seconds: (performance.now() - startedAt) / 1000,
        peakRssBytes: peaks.size > 0 ? total : null,
        code,
        stdout,
      });
    });
  });
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
