/** How the clocks of a case's nodes stand against each other: reads what they saw, and cites it. */
import type { BundleReader } from '../core/case-reader.ts';
import { cite, thin } from '../core/cite.ts';
import type { ClockAlignment, ClockAlignments, ClockAnchor } from '../core/timeline.ts';
import {
  type ApiAnswer,
  type ClockWitness,
  type MeasuredAnchor,
  type MeasuredClock,
  measureClocks,
} from '../correlate/align.ts';
import { type ClockWords, clockSentence, clocksSentence } from '../correlate/align-words.ts';
import { sharedEvents } from '../correlate/anchors.ts';
import { hostState } from '../facts/host-state.ts';
import { shiftText } from '../time/zones.ts';

/** More are counted: each is cited with two lines, and a few show how well they agree. */
const ANCHORS_LISTED_MAX = 20;
const API_SERVER = 'the API server';
/** Changes held against each other, all pairs of bundles together: a few seconds. Of many bundles the newest are enough. */
const COMPARED_MAX = 20_000_000;
const EVENTS_EACH_MIN = 100;

/** @param readers open bundles in case order. @param checkCancelled called between bundles and blocks; may throw. */
export function alignClocks(readers: readonly BundleReader[], checkCancelled: () => void): ClockAlignments {
  const most = Math.max(EVENTS_EACH_MIN, Math.floor(COMPARED_MAX / Math.max(1, readers.length) ** 2));
  const witnesses = readers.map((reader) => ({
    ...witnessOf(reader, most, checkCancelled),
    name: nameOf(reader, readers),
  }));
  const measured = measureClocks(witnesses);
  const reference = measured.reference === null ? API_SERVER : (witnesses[measured.reference]?.name ?? API_SERVER);
  const others = measured.clocks.some(({ outcome }) => outcome === 'aligned') ? 'some' : 'none';
  const nodes = readers.flatMap((reader, of) => {
    const clock = measured.clocks[of];
    return clock === undefined ? [] : [alignmentOf(readers, reader, clock, { reference, others })];
  });
  const names = new Map(readers.map(({ bundle }, of) => [bundle.id, witnesses[of]?.name ?? bundle.name]));
  return {
    reference,
    nodes,
    sentence: clocksSentence(nodes, reference, ({ bundle }) => names.get(bundle) ?? bundle),
  };
}

/** The node, with the archive where several are of it. */
function nameOf({ bundle: { node, name } }: BundleReader, all: readonly BundleReader[]): string {
  if (node === null) return name;
  return all.filter(({ bundle }) => bundle.node === node).length === 1 ? node : `${node} (${name})`;
}

function witnessOf(reader: BundleReader, most: number, checkCancelled: () => void): Omit<ClockWitness, 'name'> {
  checkCancelled();
  const { node } = reader.bundle;
  const events = sharedEvents(reader, checkCancelled).slice(-most);
  const answers = answersOf(reader);
  return { node, answers, server: serverOf(reader, answers), events };
}

function answersOf(reader: BundleReader): readonly ApiAnswer[] {
  return hostState(reader).clockPairs.flatMap(({ fileId, value }) =>
    value.map(({ line, node, server, serverLine }, index) => ({
      node,
      server,
      nextNode: value[index + 1]?.node ?? null,
      here: { fileId, line, endLine: line },
      there: { fileId, line: serverLine, endLine: serverLine },
    })),
  );
}

/** `curling https://HOST (1 of 5) ...` or curl's own `* Connected to HOST (10.0.0.1) port 443`. */
const HOST = /https:\/\/([\w.-]{1,253})|^\* Connected to ([\w.-]{1,253}) \(/;
/** What curl prints from its start to the header: a certificate chain is some dozens of lines. */
const REQUEST_LINES_MAX = 200;

function serverOf(reader: BundleReader, answers: readonly ApiAnswer[]): string | null {
  const [first] = answers;
  if (first === undefined) return null;
  const { fileId, line } = first.here;
  const count = Math.min(first.there.line - line + 1, REQUEST_LINES_MAX);
  for (const { text } of reader.lines(fileId, line, count)) {
    const found = HOST.exec(text);
    if (found !== null) return (found[1] ?? found[2] ?? '').toLowerCase();
  }
  return null;
}

function alignmentOf(
  readers: readonly BundleReader[],
  reader: BundleReader,
  clock: MeasuredClock,
  { reference, others }: Pick<ClockWords, 'reference' | 'others'>,
): ClockAlignment {
  const answers = clock.anchors.filter(({ kind }) => kind === 'api-date').length;
  const shiftMs = shiftOf(reader);
  const changes = clock.anchors.length - answers;
  const { spreadMs } = clock;
  const shift = shiftMs === 0 ? null : shiftText(shiftMs);
  const offsetMs = clock.outcome === 'aligned' ? clock.offsetMs : clock.outcome === 'reference' ? 0 : null;
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    outcome: clock.outcome,
    offsetMs: offsetMs === null ? null : Math.round(offsetMs),
    spreadMs: spreadMs === null ? null : Math.round(spreadMs),
    anchors: thin(clock.anchors, ANCHORS_LISTED_MAX).map((anchor) => cited(readers, anchor)),
    anchorCount: clock.anchors.length,
    shiftMs,
    sentence: clockSentence({ clock, reference, answers, changes, spreadMs, shift, others }),
  };
}

function cited(readers: readonly BundleReader[], { here, there, kind, what, offsetMs }: MeasuredAnchor): ClockAnchor {
  const citeOf = ({ of, ref }: MeasuredAnchor['here']) => cite(readers[of] as BundleReader, [ref])[0];
  return { kind, what, offsetMs: Math.round(offsetMs), here: citeOf(here), there: citeOf(there) };
}

/** Of most of its files: a shift for a node moves all of them, one for a file does not move the node. */
function shiftOf(reader: BundleReader): number {
  const counts = new Map<number, number>();
  for (const { clock } of reader.files()) {
    if (clock.stamps !== 'none') counts.set(clock.shiftMs, (counts.get(clock.shiftMs) ?? 0) + 1);
  }
  return [...counts].sort((one, two) => two[1] - one[1])[0]?.[0] ?? 0;
}
