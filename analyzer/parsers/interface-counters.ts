/**
 * Counters of network interfaces by `ethtool -S`, with a title line for each when a collector asked for several:
 *
 *   Interface eth0
 *   NIC statistics:
 *        tx_timeout: 0
 *        bw_in_allowance_exceeded: 12
 *        queue_0_tx_cnt: 8123
 */
import type { InterfaceCounters } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** A node has some hundred interfaces, the largest of them some thousand counters. */
const INTERFACES_MAX = 5_000;
const COUNTERS_MAX = 20_000;
const TITLE = /^Interface ([^\s:]{1,40})$/;
const COUNTER = /^\s{1,20}(\w[\w.: -]{0,80}?): (\d{1,15})$/;

/** @returns interfaces in order, those without counters included. Never throws. */
export function parseInterfaceCounters(text: CapturedText): readonly InterfaceCounters[] {
  const found: { name: string | null; line: number; counters: Map<string, AtLine<number>> }[] = [];
  let kept = 0;
  eachLine(text, (whole, line) => {
    const raw = whole.slice(0, 200).trimEnd();
    const title = TITLE.exec(raw);
    if (title !== null) {
      if (found.length < INTERFACES_MAX)
        found.push({ name: (title[1] as string).split('@')[0] as string, line, counters: new Map() });
      return;
    }
    if (raw.endsWith('NIC statistics:') && found.at(-1) === undefined)
      found.push({ name: null, line, counters: new Map() });
    const counter = COUNTER.exec(raw);
    const open = found.at(-1);
    if (counter === null || open === undefined || kept >= COUNTERS_MAX) return;
    kept += 1;
    open.counters.set(counter[1] as string, { value: Number(counter[2]), line });
  });
  return found;
}
