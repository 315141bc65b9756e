/**
 * What kubelet quotes of a pod: the answer to a probe, the output of a hook. It is a claim about that pod: a pod that
 * cannot resolve a name says nothing of the node's resolver. And commands that sudo and cron log: what somebody looked for.
 *
 *   prober.go:107] "Probe failed" probeType="Readiness" pod="a/b" ... output="dial tcp: lookup x on 10.96.0.10:53: ..."
 *   prober.go:117] Liveness probe for "b_a(2136):web" failed (failure): dial tcp: lookup x on 10.96.0.10:53: ...
 *   event.go:389] "Event occurred" object="a/b" ... reason="Unhealthy" message="Readiness probe failed: dial tcp: ..."
 *   kuberuntime_container.go:640] "PreStop hook failed" err="command 'nginx -s quit' exited with 126: ..." pod="a/b"
 *   prober.go:107] "Probe failed" probeType="Readiness" pod="a/b" ... output=<
 *           [-]etcd failed: reason withheld
 *    >
 *
 * Sources: kubelet 1.9 to 1.34, prober/prober.go, lifecycle/handlers.go, kuberuntime/kuberuntime_container.go,
 * container/sync_result.go (PostStartHookError), events/event.go; several lines: klog's KVFormat. sudo's
 * lib/eventlog/eventlog.c new_logline; cronie's src/security.c and popen.c (log_it "CMD").
 */
import type { BundleReader } from '../core/case-reader.ts';
import { EXPRESSION_BYTES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { startsKlog, unwrapLine } from '../time/stamp.ts';
import type { LinesOfBlock } from './block-lines.ts';
import type { Rule } from './schema.ts';

type Area = Rule['area'];

const PROBE_LINE = /\bprober\.go:\d/;
/** Where the fields of a line of the prober that are not kubelet's own words begin. */
const PROBE_FIELD = /\b(?:output|err|error|execCommand)"?[=:]|\bfailed \(|\berrored: /g;
const PROBE_TEXT = /\b(?:[Ll]iveness|[Rr]eadiness|[Ss]tartup) probe (?:failed|errored|warning)\b/;
const HOOK =
  /\b(?:Exec|Http|HTTP) lifecycle hook\b|\bPostStartHook(?:Error)?\b|\b[Pp]reStop hook\b|\bFailed(?:PostStart|PreStop)Hook\b/;

/** sudo and cron log what they run: `COMMAND=/usr/bin/grep 'table full' /var/log/messages` shows no full table. */
const COMMAND = /\b(?:sudo(?:\[\d{1,10}\])?: .{0,1000}?\bCOMMAND=|cron\S{0,20}: \(.{1,100}?\) CMD )/i;

interface Quote {
  /** Of the rules that are about what is quoted; null when none are. */
  readonly area: Area | null;
  /** Where kubelet's own words end. */
  readonly from: number;
}

/** Of the line that was asked for last: the rules that it matches ask one after the other. */
let last: { readonly line: string; readonly quote: Quote | null } = { line: '', quote: null };

/** @returns the first quote in a line. */
function quoteIn(line: string): Quote | null {
  if (line !== last.line) last = { line, quote: firstQuote(line) };
  return last.quote;
}

function firstQuote(line: string): Quote | null {
  // An expression looks only where its word stands: matches are many, quotes are few.
  let first = line.includes('prober.go') ? probeQuote(line) : null;
  if (line.includes(' probe ')) first = earlier(first, endOf(PROBE_TEXT, line, 'probes'));
  if (line.includes('ook')) first = earlier(first, endOf(HOOK, line, 'pods'));
  if (line.includes('COMMAND=') || line.includes(') CMD ')) first = earlier(first, endOf(COMMAND, line, null));
  return first;
}

function earlier(one: Quote | null, two: Quote | null): Quote | null {
  return two === null || (one !== null && one.from <= two.from) ? one : two;
}

function probeQuote(line: string): Quote | null {
  const at = line.search(PROBE_LINE);
  if (at < 0) return null;
  PROBE_FIELD.lastIndex = at;
  return { area: 'probes', from: PROBE_FIELD.exec(line)?.index ?? at };
}

function endOf(mark: RegExp, line: string, area: Area | null): Quote | null {
  const found = mark.exec(line);
  return found === null ? null : { area, from: found.index + found[0].length };
}

/** @returns what of a line counts for rules of an area: all of it, or what stands before a quote that is about another. */
export function ownWords(line: string, area?: Area): string {
  const quote = quoteIn(line);
  return quote === null || quote.area === area ? line : line.slice(0, quote.from);
}

/** Lines looked back for the message that a line belongs to: the longest answers list the checks of an API server, 60 or so. */
const LOOK_BACK_MAX = 100;

/** Programs that are kubelet, in journals. */
const KUBELET = /^(?:kubelet|kubenswrapper|hyperkube)\b/;

/** klog ends a value of several lines so; other fields may follow, the last of which may have several lines again. */
const END_OF_VALUE = /^\s*>(?: |$)/;
const BEGIN_OF_VALUE = /=<\s*$/;

/** The lines of one file that are the rest of a quote of several lines. Lines are asked for in their order. */
export class QuotedLines {
  readonly #file: SourceFile;
  readonly #reader: BundleReader;
  #last: { readonly line: number; readonly area: Area | null } | null = null;
  /** What stands before the block that begins with this line. */
  #before: { readonly firstLine: number; readonly texts: readonly string[] } | null = null;

  constructor(file: SourceFile, reader: BundleReader) {
    this.#file = file;
    this.#reader = reader;
  }

  /** @returns the area that a line is about because it continues a quote; null for all other lines. */
  areaAt(lines: LinesOfBlock, at: number): Area | null {
    const text = lines.text(at) ?? '';
    // Most lines have no wrapping.
    if (startsMessage(text)) return null;
    const { source, body } = unwrapLine(text);
    if (startsMessage(body)) return null;
    if (source === null ? this.#file.role !== 'kubelet-log' : !KUBELET.test(source)) return null;
    const line = lines.firstLine + at;
    if (this.#last?.line !== line) this.#last = { line, area: this.#areaOf(lines, at, source) };
    return this.#last.area;
  }

  /** @param at a line that goes on with what the same source said above it. */
  #areaOf(lines: LinesOfBlock, at: number, source: string | null): Area | null {
    const { firstLine } = lines;
    for (let above = at - 1; above >= at - LOOK_BACK_MAX; above--) {
      const text = above < 0 ? this.#textBefore(firstLine, above) : lines.text(above);
      if (text === null) return null;
      const one = unwrapLine(text);
      if (one.source !== source) continue;
      if (startsMessage(one.body)) return openQuote(one.body);
      if (END_OF_VALUE.test(one.body) && !BEGIN_OF_VALUE.test(one.body)) return null;
      if (this.#last?.line === firstLine + above) return this.#last.area;
    }
    return null;
  }

  /** @param above -1 for the line before `firstLine`. */
  #textBefore(firstLine: number, above: number): string | null {
    if (this.#before?.firstLine !== firstLine) {
      const count = Math.min(LOOK_BACK_MAX, firstLine - 1);
      const read = count === 0 ? [] : this.#reader.lines(this.#file.id, firstLine - count, count);
      this.#before = { firstLine, texts: read.map(({ text }) => text.slice(0, EXPRESSION_BYTES_MAX)) };
    }
    return this.#before.texts.at(above) ?? null;
  }
}

function startsMessage(body: string): boolean {
  return startsKlog(body) || body.startsWith('{');
}

/** A line of structured fields says at its end that one goes on; older ones printed the text as it came. */
function openQuote(body: string): Area | null {
  const quote = quoteIn(body);
  if (quote === null) return null;
  const structured = /^[^\]]*\] "/.test(body);
  return structured && !BEGIN_OF_VALUE.test(body) ? null : quote.area;
}
