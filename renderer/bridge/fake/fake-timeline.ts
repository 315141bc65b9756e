/** Answers about time of the invented case: lines of two nodes a minute apart, one finding, one chain. */
import { ok } from '../../../analyzer/core/failure.ts';
import type { Correlation, MergedLine, TimelineHistogram } from '../../model/types.ts';
import type { Answers } from './fake-bridge.ts';
import { AFFECTED, HEALTHY, makeEvidence } from './fake-case.ts';

export const TIMELINE_FROM = Date.parse('2025-10-14T10:00:00.000Z');
const MINUTE = 60_000;
const COUNT = 60;

const PIVOT_AT = TIMELINE_FROM + 8 * MINUTE;

/** One line a minute, every fourth an error of the affected node. */
export const TIMELINE_LINES: readonly MergedLine[] = Array.from({ length: COUNT }, (_, nth) => {
  const failing = nth % 4 === 0;
  return {
    bundle: failing ? AFFECTED : HEALTHY,
    node: failing ? 'ip-10-0-113-27' : 'ip-10-0-126-200',
    file: failing ? 'var_log/kube-proxy.log' : 'kubelet/kubelet.log',
    line: 100 + nth,
    time: new Date(TIMELINE_FROM + nth * MINUTE).toISOString(),
    timeBasis: 'explicit',
    severity: failing ? 'high' : 'info',
    component: failing ? 'kube-proxy' : 'kubelet',
    text: failing ? `Failed to execute iptables-restore ${nth}` : `SyncLoop ADD ${nth}`,
    isCut: false,
  };
});

const iso = (ms: number) => new Date(ms).toISOString();

export const HISTOGRAM: TimelineHistogram = {
  window: {
    from: iso(TIMELINE_FROM),
    to: iso(TIMELINE_FROM + COUNT * MINUTE),
    because: 'whole',
    sentence: 'Everything that has a time: 60 lines. 7 lines have no time and are not shown.',
    inside: COUNT,
    outside: 0,
    undated: 7,
  },
  start: TIMELINE_FROM,
  bucketMs: MINUTE,
  columns: COUNT,
  lanes: [
    {
      id: `${AFFECTED}/kube-proxy`,
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      component: 'kube-proxy',
      file: null,
      lines: 15,
      cells: TIMELINE_LINES.flatMap((_, nth) => (nth % 4 === 0 ? [nth, 0, 0, 0, 1] : [])),
    },
    {
      id: `${HEALTHY}/kubelet`,
      bundle: HEALTHY,
      node: 'ip-10-0-126-200',
      component: 'kubelet',
      file: null,
      lines: 45,
      cells: TIMELINE_LINES.flatMap((_, nth) => (nth % 4 === 0 ? [] : [nth, 0, 1, 0, 0])),
    },
  ],
  gaps: [
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      file: 'var_log/kube-proxy.log',
      component: 'kube-proxy',
      kind: 'suppressed',
      from: iso(TIMELINE_FROM + 30 * MINUTE),
      to: iso(TIMELINE_FROM + 34 * MINUTE),
      sentence: 'journald left out 1,204 messages of kube-proxy before this line.',
      evidence: null,
    },
  ],
  markers: [],
  densest: [
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      from: iso(TIMELINE_FROM + 20 * MINUTE),
      to: iso(TIMELINE_FROM + 30 * MINUTE),
      count: 3,
      usual: 1,
    },
  ],
  whole: { from: iso(TIMELINE_FROM), to: iso(TIMELINE_FROM + (COUNT - 1) * MINUTE) },
};

const step = (title: string, line: number, at: number): Correlation['chains'][number]['steps'][number] => ({
  title,
  bundle: AFFECTED,
  node: 'ip-10-0-113-27',
  first: iso(at),
  last: iso(at),
  count: 1,
  evidence: makeEvidence({ file: 'var_log/kube-proxy.log', line, endLine: line, text: title }),
});

export const CORRELATION: Correlation = {
  pivot: {
    kind: 'line',
    time: iso(PIVOT_AT),
    evidence: makeEvidence({ file: 'var_log/kube-proxy.log', line: 108, endLine: 108, text: 'Failed 8' }),
    finding: null,
    sentence: 'the line as given',
  },
  window: { ...HISTOGRAM.window, because: 'pivot', sentence: '5 min before and after the pivot: 11 lines.' },
  events: [],
  eventsNotListed: 0,
  chains: [
    {
      chain: 'lock-then-sync',
      title: 'xtables lock held, then rule sync fails',
      meaning: 'Another program held the lock that kube-proxy needs.',
      steps: [step('Lock acquired', 104, PIVOT_AT - 4 * MINUTE), step('Sync fails', 108, PIVOT_AT)],
      shares: null,
      confidence: { level: 'likely', because: 'both are on one node' },
      because: '4 min apart, 5 min are allowed.',
    },
  ],
  gaps: [],
  clocks: null,
  empty: null,
};

/** @returns answers that page through the lines by their index. */
export function fakeTimeline(lines: readonly MergedLine[] = TIMELINE_LINES): Answers {
  return {
    'timeline.histogram': () => ok(HISTOGRAM),
    'correlate.run': () => ok(CORRELATION),
    'timeline.lines': ({ at, direction, count = 200, severity, lanes }) => {
      const listed = lines.filter(
        (line) =>
          (severity !== 'high' || line.severity === 'high') &&
          (lanes == null || lanes.includes(`${line.bundle}/${line.component}`)),
      );
      const behind = (index: number) => (index < 0 ? listed.length : index);
      // A cursor names the line that it stands behind.
      const from =
        'cursor' in at
          ? Number(at.cursor)
          : behind(listed.findIndex((line) => Date.parse(line.time) >= Date.parse(at.time)));
      const page =
        direction === 'before' ? listed.slice(Math.max(0, from - count), from) : listed.slice(from, from + count);
      const first = direction === 'before' ? Math.max(0, from - count) : from;
      return ok({
        lines: page,
        before: page.length === 0 ? null : String(first),
        after: page.length === 0 ? null : String(first + page.length),
      });
    },
  };
}
