/**
 * Errors and drops of network interfaces as ifconfig (both layouts) and `ip -s link` print them:
 *
 *   eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
 *           RX packets 8123455  bytes 91234 (89.0 KiB)
 *           RX errors 0  dropped 12  overruns 0  frame 0
 *           TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0
 *   eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02
 *             RX packets:8123455 errors:0 dropped:12 overruns:0 frame:0
 *   2: enp0s25: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP
 *       RX: bytes  packets  errors  dropped overrun mcast
 *       1112747593 1492476  0       72813   0       7
 */
import type { LinkErrors } from '../core/host-state.ts';
import { asCount, lineWords } from './line-words.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const INTERFACES_MAX = 5_000;
const COUNTED = new Set(['errors', 'dropped', 'overruns', 'overrun', 'carrier', 'frame', 'missed']);
const HEADER = /^(?:\d{1,9}: ([^\s:@]{1,40})(?:@\S{1,40})?: <|([^\s:]{1,32}): flags=|(\S{1,40}) {1,20}Link encap:)/;

interface Draft {
  readonly name: string;
  readonly line: number;
  packets: number;
  readonly counts: { name: string; count: number; line: number }[];
}

/** @returns interfaces whose counters are printed, in order. Never throws. */
export function parseLinkErrors(text: CapturedText): readonly LinkErrors[] {
  const found: Draft[] = [];
  let open: Draft | null = null;
  let titles: { readonly way: 'rx' | 'tx'; readonly words: readonly string[] } | null = null;
  eachLine(text, (whole, line) => {
    const raw = whole.slice(0, 500);
    const header = HEADER.exec(raw);
    if (header !== null) {
      open = { name: (header[1] ?? header[2] ?? header[3]) as string, line, packets: 0, counts: [] };
      if (found.length < INTERFACES_MAX) found.push(open);
      titles = null;
      return;
    }
    if (open === null) return;
    const words = lineWords(raw);
    if (titles !== null) {
      const { way, words: names } = titles;
      names.forEach((name, index) => {
        add(open as Draft, way, name, words[index], line);
      });
      titles = null;
      return;
    }
    const [first = ''] = words;
    if ((first === 'RX:' || first === 'TX:') && words[1] === 'bytes')
      titles = { way: first === 'RX:' ? 'rx' : 'tx', words: words.slice(1) };
    else if (first === 'RX' || first === 'TX') ifconfig(open, first === 'RX' ? 'rx' : 'tx', words.slice(1), line);
  });
  return found.filter(({ packets, counts }) => packets > 0 || counts.length > 0);
}

function ifconfig(open: Draft, way: 'rx' | 'tx', words: readonly string[], line: number): void {
  for (const [index, word] of words.entries()) {
    const [name = '', value] = word.split(':', 2);
    add(open, way, name, value ?? words[index + 1], line);
  }
}

function add(open: Draft, way: 'rx' | 'tx', name: string, value: string | undefined, line: number): void {
  const count = asCount(value);
  if (count === null) return;
  if (name === 'packets') open.packets += count;
  else if (COUNTED.has(name)) open.counts.push({ name: `${way} ${name}`, count, line });
}
