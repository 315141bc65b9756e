/**
 * `lsmod`, or part of it (the EKS log collector greps for ip_vs and nf_conntrack), and /proc/modules:
 *
 *   Module                  Size  Used by
 *   ip_vs                 155648  6 ip_vs_rr,ip_vs_sh,ip_vs_wrr
 *   nf_conntrack          139264  5 xt_conntrack,nf_nat,xt_nat,nf_conntrack_netlink,ip_vs
 *   ip_vs 155648 6 ip_vs_rr,ip_vs_sh, Live 0x0000000000000000
 */
import type { KernelModule } from '../core/node-state.ts';
import { eachLine } from './text-lines.ts';

/** A kernel loads a few hundred. */
const MODULES_MAX = 20_000;
const LINE_CHARS_MAX = 4_000;
const MODULE = /^([A-Za-z0-9_-]{1,64})\s+(\d{1,12})\s+(-?\d{1,9})(?:\s+(\S{1,3000}))?(?:\s|$)/;

/**
 * @returns loaded modules in order, names with `_`; `header` tells whether the list begins with lsmod's title line,
 * so that it is a whole one. What is built into the kernel is not in such a list. Never throws.
 */
export function parseModules(text: string): {
  readonly modules: readonly KernelModule[];
  readonly header: boolean;
  readonly junkLines: number;
} {
  const modules: KernelModule[] = [];
  let header = false;
  let junkLines = 0;
  eachLine(text, (whole, number) => {
    const line = whole.slice(0, LINE_CHARS_MAX).trim();
    if (line === '') return;
    if (/^Module\s+Size\s+Used by$/.test(line)) {
      header = true;
      return;
    }
    const found = MODULE.exec(line);
    if (found === null || modules.length >= MODULES_MAX) {
      junkLines += 1;
      return;
    }
    modules.push({
      name: (found[1] as string).replaceAll('-', '_'),
      line: number,
      size: Number(found[2]),
      usedBy: found[4] === undefined || found[4] === '-' ? [] : found[4].split(',').filter((name) => name !== ''),
    });
  });
  return { modules, header, junkLines };
}
