/** What a dump says that no part of this program knows: shown, so that nothing that may decide is passed over in silence. */
import type { RuleDump } from '../core/packet-rule.ts';
import { isKnownMatch, moduleOf } from './iptables-known.ts';

export interface UnknownPart {
  readonly kind: 'match' | 'target';
  /** Name of the module or target; of a listing, the first words it prints. */
  readonly name: string;
  readonly rules: number;
  /** The first rule that has it. */
  readonly line: number;
}

/** Targets that iptables 1.8 ships, besides the chains of a table. */
const TARGETS = new Set(
  (
    'ACCEPT DROP RETURN QUEUE REJECT DNAT SNAT MASQUERADE REDIRECT NETMAP MARK CONNMARK LOG NFLOG ULOG NFQUEUE CT NOTRACK ' +
    'TPROXY TCPMSS TCPOPTSTRIP TEE DSCP TOS TTL HL SET CHECKSUM CLASSIFY AUDIT TRACE SECMARK CONNSECMARK SYNPROXY ' +
    'CLUSTERIP ECN IDLETIMER LED RATEEST HMARK DNPT SNPT'
  ).split(' '),
);

const WORDS_SHOWN = 3;

/** @returns matches and targets that nobody here knows, the most frequent first. */
export function unknownParts(dump: Pick<RuleDump, 'tables'>): readonly UnknownPart[] {
  const parts = new Map<string, { kind: UnknownPart['kind']; name: string; rules: number; line: number }>();
  const add = (kind: UnknownPart['kind'], name: string, line: number): void => {
    const known = parts.get(`${kind} ${name}`);
    if (known === undefined) parts.set(`${kind} ${name}`, { kind, name, rules: 1, line });
    else known.rules += 1;
  };
  for (const table of dump.tables) {
    for (const chain of table.chains.values()) {
      for (const rule of chain.rules) {
        const names = new Set(rule.otherMatches.map(unknownName).filter((name) => name !== null));
        for (const name of names) add('match', name, rule.line);
        // Names of made chains hold anything; extension targets upper case letters and digits only.
        if (rule.target !== null && !TARGETS.has(rule.target) && !table.chains.has(rule.target)) {
          if (/^[A-Z][A-Z0-9]*$/.test(rule.target)) add('target', rule.target, rule.line);
        }
      }
    }
  }
  return [...parts.values()].sort((left, right) => right.rules - left.rules || left.line - right.line);
}

/** @returns the name of a match that is unknown, null when it is known. */
function unknownName(match: string): string | null {
  if (match === '-f' || match === '! -f') return null;
  const module = /^-m (?:! )?("(?:[^"\\]|\\.)*"|\S+)/s.exec(match)?.[1];
  // Words that no option takes.
  if (module === '?') return match.slice(match.indexOf('?') + 2);
  if (module !== undefined) return isKnownMatch(module) ? null : module;
  const option = /^(?:! )?(--[a-zA-Z][\w-]*)/.exec(match)?.[1];
  if (option !== undefined) return moduleOf(option) === null ? option : null;
  return match.split(' ').slice(0, WORDS_SHOWN).join(' ');
}
