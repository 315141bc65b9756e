/**
 * Control groups whose processor time was limited, as the EKS log collector lists them (cgroup v1 says throttled_time,
 * v2 throttled_usec); the node monitoring agent lists their processes alone:
 *
 *   /sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-2.scope/cpu.stat
 *   nr_periods 1000
 *   nr_throttled 250
 *   throttled_usec 81234411
 *    4021 ?        Ssl    1:18 kube-proxy --v=2
 */
import type { ThrottledGroup } from '../core/host-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const GROUPS_MAX = 5_000;
const PROCESSES_MAX = 20;
const PROCESS = /^\s{0,10}\d{1,9}\s+\S{1,20}\s+[A-Za-z]\S{0,8}\s+[\d:-]{4,14}\s+(\S.{0,120})/;

/** @returns groups in order; processes without a group before them are one. Never throws. */
export function parseThrottledGroups(text: CapturedText): readonly ThrottledGroup[] {
  const found: {
    line: number;
    path: string | null;
    periods: number | null;
    throttled: number | null;
    processes: string[];
  }[] = [];
  eachLine(text, (whole, line) => {
    const raw = whole.slice(0, 600);
    const open = found.at(-1);
    if (raw.startsWith('/') && raw.trimEnd().endsWith('/cpu.stat')) {
      if (found.length < GROUPS_MAX)
        found.push({ line, path: raw.trimEnd(), periods: null, throttled: null, processes: [] });
      return;
    }
    const count = /^(nr_periods|nr_throttled) (\d{1,15})$/.exec(raw.trimEnd());
    if (count !== null && open !== undefined) {
      if (count[1] === 'nr_periods') open.periods = Number(count[2]);
      else open.throttled = Number(count[2]);
      return;
    }
    const command = PROCESS.exec(raw)?.[1];
    if (command === undefined) return;
    const group = open ?? { line, path: null, periods: null, throttled: null, processes: [] };
    if (open === undefined) found.push(group);
    if (group.processes.length < PROCESSES_MAX) group.processes.push(command.trim());
  });
  return found;
}
