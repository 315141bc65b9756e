/**
 * Virtual servers as `ipvsadm` prints them (ipvsadm 1.31, ipvsadm.c print_service_entry and print_title). Collectors
 * put several of its outputs into one file; they are joined by protocol, address and port:
 *
 *   -A -t 172.20.11.6:http -s rr -p 10800
 *   -a -t 172.20.11.6:http -r 192.168.32.11:http-alt -m -w 1
 *   -A --sctp-service 172.20.11.11:3868 -s rr
 *
 *   IP Virtual Server version 1.2.1 (size=4096)
 *   Prot LocalAddress:Port Scheduler Flags
 *     -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
 *   TCP  172.20.11.6:80 rr persistent 10800
 *     -> 192.168.32.11:8084           Masq    1      0          0
 *   FWM  7 IPv6 wrr
 *
 *   IP Virtual Server version 1.2.1 (size=4096)
 *   Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
 *     -> RemoteAddress:Port
 *   TCP  172.20.11.1:80                  19601   117606    98005  8075612 26128133
 *     -> 192.168.32.12:8080              19601   117606    98005  8075612 26128133
 *
 * `--save` without `-n` prints names for ports, and for hosts that resolve; without `-n` a listing cuts names at 33 and
 * 28 characters.
 */
import type { IpvsDump } from '../core/node-network.ts';
import { textLines } from './iptables-values.ts';
import { joinSections, type Section, type SectionServer, type SectionService } from './ipvs-join.ts';
import { portsNamed } from './ipvs-port-names.ts';
import { asCount, isAddress, lineWords, wordAfter } from './line-words.ts';

/** Names kept with their lines; all are counted. */
const UNRESOLVED_KEPT = 1_000;
const TEXT_CHARS_MAX = 300;

interface Reading {
  readonly sections: Section[];
  open: Section | null;
  service: SectionService | null;
  /** Titles of the columns behind a virtual and behind a real server. */
  columns: readonly string[];
  serverColumns: readonly string[];
  readonly unresolved: { line: number; text: string }[];
  junkLines: number;
}

/** @returns the virtual servers of all outputs in the text, joined. Never throws. */
export function parseIpvsadm(text: string): IpvsDump {
  const reading: Reading = {
    sections: [],
    open: null,
    service: null,
    columns: [],
    serverColumns: [],
    unresolved: [],
    junkLines: 0,
  };
  for (const [index, raw] of textLines(text).entries()) {
    const words = lineWords(raw);
    if (words.length > 0 && !takeLine(reading, words, index + 1)) reading.junkLines += 1;
  }
  const joined = joinSections(reading.sections);
  const unresolved = [...reading.unresolved, ...joined.doubtful].sort((one, two) => one.line - two.line);
  return {
    services: joined.services,
    unresolved: unresolved.slice(0, UNRESOLVED_KEPT),
    junkLines: reading.junkLines,
    ...(text === '' || text.endsWith('\n') ? {} : { cut: true as const }),
  };
}

const PROTOCOLS: Readonly<Record<string, string>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp', FWM: 'fwmark' };

/** @returns false when the line is nothing ipvsadm prints of virtual servers. */
function takeLine(reading: Reading, words: readonly string[], line: number): boolean {
  const first = words[0] as string;
  if (first === 'IP' && words[1] === 'Virtual') {
    reading.open = null;
    reading.service = null;
    return true;
  }
  if (first === 'Prot' && words[1] === 'LocalAddress:Port') {
    reading.columns = words.slice(2);
    reading.serverColumns = words.slice(2);
    reading.open = { kind: words[2] === 'Conns' ? 'stats' : words[2] === 'CPS' ? 'rate' : 'list', services: [] };
    reading.sections.push(reading.open);
    reading.service = null;
    return true;
  }
  if (first === '->' && words[1] === 'RemoteAddress:Port') {
    if (words.length > 2) reading.serverColumns = words.slice(2);
    return true;
  }
  if (first === '-A' || first === '--add-service') return savedService(reading, words, line);
  if (first === '-a' || first === '--add-server') return savedServer(reading, words, line);
  const listing = reading.open !== null && reading.open.kind !== 'save';
  if (listing && first === '->') return listedServer(reading, words, line);
  if (listing && PROTOCOLS[first] !== undefined) return listedService(reading, words, line);
  return false;
}

interface Place {
  readonly address: string;
  readonly port: number;
  /** Every port the printed name may stand for; null when a number was printed. */
  readonly candidates: readonly number[] | null;
}

/** @returns null when the host or the port is a name that cannot be turned into a number. */
function placeOf(printed: string): Place | null {
  const at = printed.lastIndexOf(':');
  if (at <= 0) return null;
  const host = printed.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  const name = printed.slice(at + 1);
  const number = asCount(name);
  const candidates = number === null ? portsNamed(name) : null;
  const port = number ?? candidates?.[0];
  if (port === undefined || port > 65535 || !isAddress(host)) return null;
  return { address: host, port, candidates };
}

function unknownName(reading: Reading, line: number, text: string): void {
  reading.unresolved.push({ line, text: text.slice(0, TEXT_CHARS_MAX) });
}

function newService(line: number, protocol: string): SectionService {
  return {
    line,
    protocol,
    address: null,
    port: null,
    mark: null,
    candidates: null,
    text: '',
    unread: 0,
    scheduler: null,
    persistent: null,
    connections: null,
    servers: [],
  };
}

const SERVICE_OPTION: Readonly<Record<string, string>> = {
  '-t': 'tcp',
  '--tcp-service': 'tcp',
  '-u': 'udp',
  '--udp-service': 'udp',
  '--sctp-service': 'sctp',
  '-f': 'fwmark',
  '--fwmark-service': 'fwmark',
};

/** @returns the virtual server that the options of a saved line name; null in it when the name is not known. */
function savedTarget(words: readonly string[], line: number): { service: SectionService | null; text: string } | null {
  const at = words.findIndex((word) => SERVICE_OPTION[word] !== undefined);
  const text = words[at + 1];
  if (at < 0 || text === undefined) return null;
  const service = newService(line, SERVICE_OPTION[words[at] as string] as string);
  return { service: placed(service, text) ? service : null, text };
}

/** Fills in address and port, or the mark. @returns false when the text is a name. */
function placed(service: SectionService, text: string): boolean {
  if (service.protocol === 'fwmark') {
    service.mark = asCount(text);
    return service.mark !== null;
  }
  const place = placeOf(text);
  if (place === null) return false;
  service.address = place.address;
  service.port = place.port;
  service.candidates = place.candidates;
  service.text = text.slice(0, TEXT_CHARS_MAX);
  return true;
}

function savedService(reading: Reading, words: readonly string[], line: number): boolean {
  const target = savedTarget(words, line);
  if (target === null) return false;
  if (reading.open?.kind !== 'save') {
    reading.open = { kind: 'save', services: [] };
    reading.sections.push(reading.open);
  }
  reading.service = target.service;
  if (target.service === null) {
    unknownName(reading, line, target.text);
    return true;
  }
  target.service.scheduler = wordAfter(words, '-s');
  const persistent = words.indexOf('-p');
  // `-p` without seconds: ipvsadm's default.
  if (persistent > 0) target.service.persistent = asCount(words[persistent + 1]) ?? 300;
  reading.open.services.push(target.service);
  return true;
}

function savedServer(reading: Reading, words: readonly string[], line: number): boolean {
  const target = savedTarget(words, line);
  const printed = wordAfter(words, '-r');
  if (target === null || printed === null || reading.open?.kind !== 'save') return false;
  const place = placeOf(printed);
  if (place === null) unknownName(reading, line, printed);
  const owner = target.service === null ? undefined : savedOwner(reading, target.service);
  if (owner !== undefined && place === null) owner.unread += 1;
  if (owner === undefined || place === null) return true;
  owner.servers.push({
    ...newServer(line, place, printed),
    forward: words.includes('-m')
      ? 'masquerade'
      : words.includes('-i')
        ? 'tunnel'
        : words.includes('-g')
          ? 'route'
          : 'unknown',
    weight: asCount(wordAfter(words, '-w')),
  });
  return true;
}

/** Real servers follow their virtual server; only a text put together by hand names another one. */
function savedOwner(reading: Reading, named: SectionService): SectionService | undefined {
  const same = (one: SectionService): boolean =>
    one.protocol === named.protocol &&
    one.address === named.address &&
    one.port === named.port &&
    one.mark === named.mark;
  return reading.service !== null && same(reading.service) ? reading.service : undefined;
}

function newServer(line: number, place: Place, text: string): SectionServer {
  return {
    line,
    address: place.address,
    port: place.port,
    candidates: place.candidates,
    text: text.slice(0, TEXT_CHARS_MAX),
    forward: 'unknown',
    weight: null,
    active: null,
    inactive: null,
    connections: null,
  };
}

function listedService(reading: Reading, words: readonly string[], line: number): boolean {
  const service = newService(line, PROTOCOLS[words[0] as string] as string);
  const text = words[1] ?? '';
  reading.service = null;
  if (!placed(service, text)) {
    unknownName(reading, line, text);
    return text.includes(':');
  }
  if (reading.open?.kind === 'list') {
    const rest = words.slice(2);
    service.scheduler = (rest[0] === 'IPv6' ? rest[1] : rest[0]) ?? null;
    service.persistent = asCount(wordAfter(words, 'persistent'));
  } else service.connections = column(reading.columns, words.slice(2), 'Conns');
  reading.open?.services.push(service);
  reading.service = service;
  return true;
}

function listedServer(reading: Reading, words: readonly string[], line: number): boolean {
  const text = words[1] ?? '';
  const place = placeOf(text);
  if (place === null) {
    if (!text.includes(':') && !/^[a-zA-Z]/.test(text)) return false;
    unknownName(reading, line, text);
    if (reading.service !== null) reading.service.unread += 1;
    return true;
  }
  // Under a virtual server whose name is not known nothing can be said of it.
  if (reading.service === null) return true;
  const values = words.slice(2);
  const { serverColumns } = reading;
  reading.service.servers.push({
    ...newServer(line, place, text),
    forward: forwardOf(values[serverColumns.indexOf('Forward')]),
    weight: column(serverColumns, values, 'Weight'),
    active: column(serverColumns, values, 'ActiveConn'),
    inactive: column(serverColumns, values, 'InActConn'),
    connections: column(serverColumns, values, 'Conns'),
  });
  return true;
}

function forwardOf(word: string | undefined): SectionServer['forward'] {
  if (word === 'Masq') return 'masquerade';
  if (word === 'Route') return 'route';
  if (word === 'Tunnel') return 'tunnel';
  return word === 'Local' ? 'local' : 'unknown';
}

const SUFFIX: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** @returns the number under a column title; above 99,999,999 ipvsadm prints K, M, G and T (thousands) without --exact. */
function column(titles: readonly string[], values: readonly string[], title: string): number | null {
  const at = titles.indexOf(title);
  const found = at < 0 ? null : /^(\d{1,15})([KMGT]?)$/.exec(values[at] ?? '');
  if (found === null) return null;
  return Number(found[1]) * (SUFFIX[found[2] ?? ''] ?? 1);
}
