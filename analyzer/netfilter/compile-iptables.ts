/** Tables of iptables as programs. Semantics: man iptables-extensions(8), net/ipv4/netfilter/ip_tables.c. */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import { canonicalAddress } from './address.ts';
import { compileMatches } from './compile-matches.ts';
import { compiledChains } from './compiled-chains.ts';
import type {
  BaseChain,
  HookName,
  Instruction,
  Packet,
  ProgramChain,
  ProgramRule,
  ProgramTable,
  Verdict,
} from './program.ts';
import type { Counters } from './rule-counters.ts';
import { ruleSeeker } from './rule-seeker.ts';
import { isChainName, type RuleTable } from './rule-table.ts';

const HOOKS: Readonly<Record<string, HookName>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** Priorities of include/uapi/linux/netfilter_ipv4.h; nat changes destinations at -100 and sources at 100. */
const PRIORITY: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };

/** Built-in chains a whole table always has. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

/** @returns the table with the chains the kernel calls; rules are compiled when a packet first meets them. */
export function compileIptables(
  dump: RuleTable,
  counters: Counters,
): {
  readonly table: ProgramTable;
  readonly bases: readonly BaseChain[];
} {
  const cut = cutOf(dump);
  const table: ProgramTable = {
    name: dump.table,
    backend: 'iptables',
    family: dump.family,
    fileId: dump.fileId,
    file: dump.file,
    chain: compiledChains(dump.chains, (chain) => programChain(dump, chain, cut, counters)),
  };
  const named = [...dump.chains.keys()].filter((name) => HOOKS[name] !== undefined);
  // nat INPUT is absent before Linux 2.6.36 and from some listings; the others of a cut table are only not read.
  const absent = dump.cut === null ? [] : (BUILT_IN[dump.table] ?? []).filter((name) => !named.includes(name));
  const bases = [...named, ...absent].map((name): BaseChain => {
    const hook = HOOKS[name] as HookName;
    const changesSource = hook === 'postrouting' || hook === 'input';
    const policy = dump.chains.get(name)?.policy === 'DROP' ? 'drop' : 'accept';
    return {
      table,
      chain: name,
      hook,
      type: dump.table === 'nat' ? 'nat' : dump.table === 'mangle' && hook === 'output' ? 'route' : 'filter',
      priority: dump.table === 'nat' ? (changesSource ? 100 : -100) : (PRIORITY[dump.table] ?? 0),
      policy,
    };
  });
  return { table, bases };
}

/** Which chains of a cut dump may lack rules: the one the text ends in, and those listed after it. */
interface Cut {
  readonly because: string;
  readonly lastLine: number;
  readonly open: ReadonlySet<string>;
}

function cutOf(dump: RuleTable): Cut | null {
  if (dump.cut === null) return null;
  const because = `the ${dump.table} table of ${dump.file} is incomplete at line ${dump.cut.line}: ${dump.cut.because}`;
  const names = [...dump.chains.keys()];
  if (dump.cut.what === 'lines') return { because, lastLine: -1, open: new Set(names) };
  let lastLine = -1;
  let last = -1;
  for (const [index, chain] of [...dump.chains.values()].entries()) {
    const line = chain.rules.at(-1)?.line ?? -1;
    if (line > lastLine) {
      lastLine = line;
      last = index;
    }
  }
  return { because, lastLine, open: new Set(names.slice(Math.max(last, 0))) };
}

function programChain(dump: RuleTable, chain: ChainDump, cut: Cut | null, counters: Counters): ProgramChain {
  // The very last rule of a cut text may itself be cut: what is left of it can read as another rule.
  const rules = cut !== null && chain.rules.at(-1)?.line === cut.lastLine ? chain.rules.slice(0, -1) : chain.rules;
  const compiled: (ProgramRule | undefined)[] = [];
  const seek = ruleSeeker(rules, onlyDestination);
  return {
    name: chain.name,
    line: chain.line,
    length: rules.length,
    rule(index) {
      compiled[index] ??= programRule(dump, rules[index] as PacketRule, counters);
      return compiled[index] as ProgramRule;
    },
    seek,
    endUnknown: cut?.open.has(chain.name) ? cut.because : null,
  };
}

/** @returns null for a network, for what the rule excludes, and for any. */
function onlyDestination({ destination }: PacketRule): string | null {
  return destination === null || destination.not || destination.value.includes('/')
    ? null
    : canonicalAddress(destination.value);
}

function programRule(dump: RuleTable, rule: PacketRule, counters: Counters): ProgramRule {
  return {
    text: dump.source === 'iptables-list' ? listedText(rule) : rule.raw.trim().replace(/^\[\d+:\d+\] /, ''),
    line: rule.line,
    ...counters.of(dump, rule),
    instructions: [...compileMatches(rule), ...targetOf(dump, rule)],
  };
}

/** Line number, packets and bytes; a number before the opt or the in column is a protocol. */
const LISTED_COUNTERS = /^(?:\d+[KMGTPE]? (?!--|-f|!f|\*)){2,3}/;

function listedText(rule: PacketRule): string {
  const text = rule.raw.trim().replace(/\s+/g, ' ');
  return rule.packets === null ? text : text.replace(LISTED_COUNTERS, '');
}

/** Targets that count, log or change what decides nothing here; the packet goes on to the next rule. */
const PASSING = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'AUDIT',
  'TRACE',
  'TEE',
  'TCPMSS',
  'TCPOPTSTRIP',
  'CHECKSUM',
  'CLASSIFY',
  'SET',
  'DSCP',
  'TOS',
  'TTL',
  'HL',
  'ECN',
  'SECMARK',
  'CONNSECMARK',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'HMARK',
]);

function targetOf(dump: RuleTable, rule: PacketRule): readonly Instruction[] {
  const { target } = rule;
  if (target === null) return [];
  const end = (verdict: Verdict): readonly Instruction[] => [{ do: 'end', verdict }];
  const unknown = (because: string): readonly Instruction[] => end({ verdict: 'unknown', because });
  switch (target) {
    case 'ACCEPT':
      return end({ verdict: 'accept' });
    case 'DROP':
      return end({ verdict: 'drop' });
    case 'RETURN':
      return end({ verdict: 'return' });
    case 'REJECT':
      return end({ verdict: 'reject', with: rule.rejectWith });
    case 'DNAT':
    case 'SNAT': {
      // Which port of a range becomes the source decides nothing here.
      const to = natTarget(target === 'DNAT' ? rule.toDestination : (rule.toSource?.replace(/:\d+-\d+$/, '') ?? null));
      if (to === null) return unknown(`${target} to ${rule.toDestination ?? rule.toSource ?? 'an unknown address'}`);
      return end({ verdict: target === 'DNAT' ? 'dnat' : 'snat', ...to });
    }
    case 'MASQUERADE':
      return end({ verdict: 'masquerade' });
    case 'REDIRECT': {
      const ports = /--to-ports (\S+)/.exec(rule.targetOptions.join(' '))?.[1] ?? null;
      if (ports !== null && !/^\d{1,5}$/.test(ports)) return unknown(`REDIRECT to ports ${ports}`);
      return end({ verdict: 'redirect', port: ports === null ? null : Number(ports) });
    }
    case 'MARK': {
      const { setMark } = rule;
      if (setMark === null) return unknown('a MARK target whose options could not be read');
      return [
        {
          do: 'change',
          apply: (packet) => ({ ...packet, mark: ((packet.mark & ~setMark.mask) ^ setMark.value) >>> 0 }),
        },
      ];
    }
    case 'CONNMARK':
      return connmark(rule);
    case 'NOTRACK':
      return [{ do: 'change', apply: untracked }];
    case 'CT':
      return rule.targetOptions.some((option) => option === '--notrack') ? [{ do: 'change', apply: untracked }] : [];
    default:
      if (PASSING.has(target)) return [];
      if (!isChainName(dump, target)) return unknown(`the target ${target} is not modelled`);
      return end({ verdict: rule.verb === 'goto' ? 'goto' : 'jump', chain: target });
  }
}

function untracked(packet: Packet): Packet {
  return { ...packet, state: 'UNTRACKED' };
}

function connmark(rule: PacketRule): readonly Instruction[] {
  const change = rule.setConnmark;
  if (change === null) return [];
  return [
    {
      do: 'change',
      apply(packet) {
        if (change.operation === 'set') {
          const mark = ((packet.connectionMark & ~change.mask) ^ change.value) >>> 0;
          return { ...packet, connectionMark: mark };
        }
        const { packetMask, connectionMask } = change;
        // xt_connmark.c: new = (old & ~mask of the written side) ^ (read & mask of the read side).
        if (change.operation === 'save') {
          const mark = ((packet.connectionMark & ~connectionMask) ^ (packet.mark & packetMask)) >>> 0;
          return { ...packet, connectionMark: mark };
        }
        return { ...packet, mark: ((packet.mark & ~packetMask) ^ (packet.connectionMark & connectionMask)) >>> 0 };
      },
    },
  ];
}

/** @returns address and port of `a.b.c.d:port`, `[v6]:port`, `:port` or an address; null for ranges. */
function natTarget(printed: string | null): { readonly address: string | null; readonly port: number | null } | null {
  if (printed === null) return null;
  const found =
    /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)|([0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*))?(?::(\d{1,5}))?$/.exec(printed);
  if (found === null) return null;
  const text = found[1] ?? found[2] ?? found[3];
  const address = text === undefined ? null : canonicalAddress(text);
  if (text !== undefined && address === null) return null;
  const port = found[4] === undefined ? null : Number(found[4]);
  return address === null && port === null ? null : { address, port };
}
