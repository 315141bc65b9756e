/**
 * `conntrack -L`, `conntrack -S` (conntrack-tools), and the EKS log collector's file that holds both:
 *
 *   *** Output of conntrack -S ***
 *   cpu=0   	found=0 invalid=12 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=3
 *   *** Output of conntrack -L ***
 *   tcp      6 86397 ESTABLISHED src=10.0.3.7 dst=172.20.0.1 sport=41022 dport=443 src=10.0.9.4 dst=10.0.3.7 sport=443 dport=41022 [ASSURED] mark=0 use=1
 *   udp      17 28 src=10.0.3.9 dst=172.20.0.10 sport=53021 dport=53 [UNREPLIED] src=10.0.5.2 dst=10.0.3.9 sport=53 dport=53021 mark=0 use=1
 *   conntrack v1.4.4 (conntrack-tools): 2 flow entries have been shown.
 *
 * `cat /proc/net/nf_conntrack` and `conntrack -L -o extended` put the family in front: `ipv4     2 tcp      6 ...`.
 * A busy node lists half a million entries: they are counted, and only those that a question needs are kept.
 */
import type { ConntrackCpu, ConntrackDump, ConntrackEntry, ConntrackTuple } from '../core/node-state.ts';
import { lineWords } from './line-words.ts';

/** Translated UDP entries that are kept; the count is always exact. */
export const CONNTRACK_UDP_MAX = 100_000;
/** The longest real line is about 400 characters; more is not conntrack's. */
const LINE_CHARS_MAX = 4_000;

/** @param text output of conntrack. @returns what it says; lines that are neither entries nor counters are counted. Never throws. */
export function parseConntrack(text: string): ConntrackDump {
  const parser = new ConntrackParser();
  parser.add(text, 1);
  return parser.dump();
}

/** Reads output of conntrack in pieces of whole lines: of a hundred megabytes only what is kept stays in memory. */
export class ConntrackParser {
  readonly #translatedUdp: ConntrackEntry[] = [];
  readonly #cpus: ConntrackCpu[] = [];
  #entries = 0;
  #translatedUdpCount = 0;
  #declared: number | null = null;
  #junkLines = 0;

  /** @param text whole lines. @param firstLine number of the first of them. */
  add(text: string, firstLine: number): void {
    let number = firstLine;
    for (let at = 0; at < text.length; number++) {
      USUAL_COUNTED.lastIndex = at;
      if (USUAL_COUNTED.test(text)) {
        this.#entries += 1;
        at = USUAL_COUNTED.lastIndex;
        continue;
      }
      const found = text.indexOf('\n', at);
      const end = found < 0 ? text.length : found;
      this.#line(text.slice(at, end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end), number);
      at = end + 1;
    }
  }

  dump(): ConntrackDump {
    return {
      entries: this.#entries,
      translatedUdp: this.#translatedUdp,
      translatedUdpCount: this.#translatedUdpCount,
      cpus: this.#cpus,
      declared: this.#declared,
      junkLines: this.#junkLines,
    };
  }

  #line(whole: string, number: number): void {
    if (isUntranslatedUdp(whole)) {
      this.#entries += 1;
      return;
    }
    const line = whole.slice(0, LINE_CHARS_MAX).trim();
    if (line === '' || line.startsWith('***')) return;
    if (line.startsWith('cpu=')) {
      const cpu = cpuLine(line, number);
      if (cpu === null) this.#junkLines += 1;
      else this.#cpus.push(cpu);
      return;
    }
    const entry = entryLine(line, number);
    if (entry === null) {
      const shown = /(\d{1,12}) flow entries have been shown/.exec(line)?.[1];
      if (shown === undefined) this.#junkLines += 1;
      else this.#declared = (this.#declared ?? 0) + Number(shown);
      return;
    }
    this.#entries += 1;
    if (entry.protocol !== 'udp' || !wasTranslated(entry)) return;
    this.#translatedUdpCount += 1;
    if (this.#translatedUdp.length < CONNTRACK_UDP_MAX) this.#translatedUdp.push(entry);
  }
}

/**
 * Lines as the tools print nearly every one. What is only counted is read with one expression where it stands, many
 * times as fast as word by word, which `entryLine` does for all others and says the same of these.
 */
const USUAL_COUNTED =
  /(?:ipv[46] {1,9}\d{1,3} )?(?!udp |ipv[46] )[a-z][a-z0-9-]{1,15} {1,9}\d{1,3} \d{1,10} (?:[A-Z][A-Z0-9_]{1,19} )?src=[\da-fA-F:.]{2,45} dst=[\da-fA-F:.]{2,45} sport=\d{1,5} dport=\d{1,5} (?:packets=\d{1,19} bytes=\d{1,19} )?(?:\[UNREPLIED\] )?src=[\da-fA-F:.]{2,45} dst=[\da-fA-F:.]{2,45} sport=\d{1,5} dport=\d{1,5}(?: \[ASSURED\]| [a-z]{1,12}=\d{1,19}){0,9}\r?(?:\n|$)/y;
const USUAL_UDP =
  /^(?:ipv[46] {1,9}\d{1,3} )?udp {1,9}\d{1,3} \d{1,10} src=[\da-fA-F:.]{2,45} dst=([\da-fA-F:.]{2,45}) sport=\d{1,5} dport=(\d{1,5}) (?:packets=\d{1,19} bytes=\d{1,19} )?(?:\[UNREPLIED\] )?src=([\da-fA-F:.]{2,45}) dst=[\da-fA-F:.]{2,45} sport=(\d{1,5}) dport=\d{1,5}(?: \[ASSURED\]| [a-z]{1,12}=\d{1,19}){0,9}$/;

function isUntranslatedUdp(line: string): boolean {
  const match = USUAL_UDP.exec(line);
  if (match === null) return false;
  const [, destination, destinationPort, source, sourcePort] = match;
  return destination === source && Number(destinationPort) === Number(sourcePort);
}

/** The destination differs from where the answers come from. */
function wasTranslated({ original, reply }: ConntrackEntry): boolean {
  return original.destination !== reply.source || original.destinationPort !== reply.sourcePort;
}

function cpuLine(line: string, number: number): ConntrackCpu | null {
  const counters = new Map<string, number>();
  let cpu: number | null = null;
  for (const word of line.split(/\s+/, 60)) {
    const [name = '', value = ''] = word.split('=', 2);
    if (name === '' || !/^\d{1,15}$/.test(value)) continue;
    if (name === 'cpu') cpu = Number(value);
    else counters.set(name, Number(value));
  }
  return cpu === null || counters.size === 0 ? null : { line: number, cpu, counters };
}

const FAMILY_WORD = /^ipv[46]$/;

interface OpenTuple {
  source: string | null;
  destination: string | null;
  sourcePort: number | null;
  destinationPort: number | null;
}

function entryLine(line: string, number: number): ConntrackEntry | null {
  const words = lineWords(line).slice(0, 60);
  const from = FAMILY_WORD.test(words[0] ?? '') ? 2 : 0;
  const protocol = words[from]?.toLowerCase() ?? '';
  // The name of the protocol is followed by its number.
  if (!/^[a-z][a-z0-9-]{1,15}$|^\d{1,3}$/.test(protocol) || !/^\d{1,3}$/.test(words[from + 1] ?? '')) return null;
  let at = from + 2;
  const timeout = /^\d{1,10}$/.test(words[at] ?? '') ? Number(words[at++]) : null;
  const state = /^[A-Z][A-Z0-9_]{1,19}$/.test(words[at] ?? '') ? (words[at++] as string) : null;
  const tuples: OpenTuple[] = [];
  let unreplied = false;
  let assured = false;
  let mark: number | null = null;
  for (; at < words.length; at += 1) {
    const word = words[at] as string;
    if (word === '[UNREPLIED]') unreplied = true;
    else if (word === '[ASSURED]') assured = true;
    const equals = word.indexOf('=');
    if (equals < 0) continue;
    const name = word.slice(0, equals);
    const value = word.slice(equals + 1);
    if (name === 'src') tuples.push({ source: value, destination: null, sourcePort: null, destinationPort: null });
    const tuple = tuples.at(-1);
    if (tuple !== undefined && name === 'dst') tuple.destination ??= value;
    if (tuple !== undefined && name === 'sport') tuple.sourcePort ??= port(value);
    if (tuple !== undefined && name === 'dport') tuple.destinationPort ??= port(value);
    if (name === 'mark' && /^\d{1,10}$/.test(value)) mark = Number(value);
  }
  const original = closed(tuples[0]);
  const reply = closed(tuples[1]);
  if (original === null || reply === null) return null;
  return { line: number, protocol, timeout, state, original, reply, unreplied, assured, mark };
}

function port(value: string): number | null {
  return /^\d{1,5}$/.test(value) ? Number(value) : null;
}

function closed(tuple: OpenTuple | undefined): ConntrackTuple | null {
  if (tuple === undefined || tuple.source === null || tuple.destination === null) return null;
  if (!ADDRESS.test(tuple.source) || !ADDRESS.test(tuple.destination)) return null;
  return { ...tuple, source: tuple.source, destination: tuple.destination };
}

const ADDRESS = /^[0-9a-fA-F:.]{2,45}$/;
