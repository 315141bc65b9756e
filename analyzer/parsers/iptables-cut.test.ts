import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { PacketRule, RuleDump, TableDump } from '../core/packet-rule.ts';
import { parseIptablesList } from './iptables-list.ts';
import { printIptablesRules } from './iptables-print.ts';
import { parseIptablesRules } from './iptables-rules.ts';
import { parseIptablesSave } from './iptables-save.ts';

type Parse = (text: string) => RuleDump;

const CASES = ['h1-minimal-legacy', 'h2-minimal-nft-eks', 'h6-dualstack'];

/** Small dumps of every form; `ends` tells whether the form says where it ends. */
const DUMPS: readonly {
  readonly name: string;
  readonly text: string;
  readonly parse: Parse;
  readonly ends: boolean;
}[] = CASES.flatMap((name) =>
  [...caseDumps(name)].flatMap(([file, bytes]) => {
    const text = bytes.toString('utf8');
    if (/^ip6?tables-save/.test(file)) {
      const rules = parseIptablesSave(text).tables.map((table) => ({
        name: `${name} ${file} ${table.table} as -S`,
        text: printIptablesRules(table),
        parse: parseIptablesRules,
        ends: false,
      }));
      return [{ name: `${name} ${file}`, text, parse: parseIptablesSave, ends: true }, ...rules];
    }
    return /^ip6?tables/.test(file) ? [{ name: `${name} ${file}`, text, parse: parseIptablesList, ends: false }] : [];
  }),
);

/** What was read of the beginning is what the whole says: same tables, and in each the first of its chains and rules. */
function isBeginning(part: RuleDump, whole: RuleDump, ends: boolean): string | null {
  for (const [index, table] of part.tables.entries()) {
    const all = whole.tables[index] as TableDump;
    // A name is left open while the chains read so far could be those of several tables.
    if (table.table !== null && table.table !== all.table) return `table ${table.table} is ${all.table}`;
    const complete = sizeOf(table) === sizeOf(all);
    if (ends && table.cut === null && !complete) return `table ${table.table} lacks something and is not cut`;
    for (const chain of table.chains.values()) {
      const twin = all.chains.get(chain.name);
      if (twin === undefined) return `chain ${chain.name} is not in the whole`;
      for (const [at, rule] of chain.rules.entries()) {
        if (said(rule) !== said(twin.rules[at])) return `rule ${at + 1} of ${chain.name} differs`;
      }
    }
  }
  return null;
}

function sizeOf(table: TableDump): number {
  let size = 0;
  for (const chain of table.chains.values()) size += 1 + chain.rules.length;
  return size;
}

function said(rule: PacketRule | undefined): string {
  return JSON.stringify(rule);
}

describe('a dump that was cut anywhere', () => {
  test.each(DUMPS)('$name, at every line', ({ text, parse, ends }) => {
    const whole = parse(text);
    let at = 0;
    while (at < text.length) {
      expect(isBeginning(parse(text.slice(0, at)), whole, ends)).toBeNull();
      at = text.indexOf('\n', at) + 1 || text.length;
    }
  });

  test('at any character', () => {
    const wholes = DUMPS.map((dump) => dump.parse(dump.text));
    const place = fc.tuple(fc.nat(DUMPS.length - 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(place, ([index, share]) => {
        const { text, parse, ends } = DUMPS[index] as (typeof DUMPS)[number];
        const part = text.slice(0, Math.floor(share * text.length));
        expect([part.slice(-60), isBeginning(parse(part), wholes[index] as RuleDump, ends)]).toEqual([
          part.slice(-60),
          null,
        ]);
      }),
      { numRuns: 600 },
    );
  });

  test('a line that may be cut is no rule, and the table says so', () => {
    const save = parseIptablesSave('*nat\n:KUBE-X - [0:0]\n-A KUBE-X -j DNAT --to-destination 10.0.0.1:80');
    expect(save.tables[0]?.chains.get('KUBE-X')?.rules).toEqual([]);
    expect(save.tables[0]?.cut).toMatchObject({ what: 'end', because: 'the file ends inside line 3' });
    expect(save.junk.map((each) => each.line)).toEqual([3]);
    const rules = parseIptablesRules('-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-A INPUT -j KUBE-SVC-67NZ');
    expect(rules.tables[0]).toMatchObject({ table: 'filter', cut: { what: 'end' } });
    expect(rules.tables[0]?.chains.get('INPUT')?.rules).toEqual([]);
  });
});

describe('100 MB in one line', () => {
  const HUGE = 100_000_000;
  const TITLES = ' pkts bytes target     prot opt in     out     source               destination         ';
  const tail = 'a b '.repeat(HUGE / 4);
  const parses: readonly (readonly [string, Parse, string, string])[] = [
    ['save', parseIptablesSave, '*nat\n:A - [0:0]\n-A A -j DROP\n', '-A A -m comment --comment "'],
    ['save without blanks', parseIptablesSave, '*nat\n:A - [0:0]\n-A A -j DROP\n', ':'],
    ['-S', parseIptablesRules, '-N A\n-A A -j DROP\n', '-A A -m comment --comment "'],
    [
      'listing',
      parseIptablesList,
      `Chain A (0 references)\n${TITLES}\n    0     0 DROP       all  --  *      *       0.0.0.0/0            0.0.0.0/0           \n`,
      '    0     0 DROP       all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* ',
    ],
  ];

  test.each(parses)('%s: is junk, and the rest is read', (_name, parse, before, start) => {
    const dump = parse(`${before}${start}${tail}\n${before.split('\n').at(-2)}\n`);
    const [table] = dump.tables;
    expect(table?.chains.get('A')?.rules).toHaveLength(2);
    expect(table?.cut).not.toBeNull();
    expect(dump.junkLines).toBe(1);
    expect(dump.junk[0]?.text.length).toBeLessThan(1000);
  });

  test.each([
    ['save', parseIptablesSave],
    ['-S', parseIptablesRules],
    ['listing', parseIptablesList],
  ])('%s: nothing but blanks, or nothing but one letter', (_name, parse) => {
    expect(parse(`${' '.repeat(HUGE)}x`)).toMatchObject({ tables: [], junkLines: 1, lines: 1 });
    expect(parse('x'.repeat(HUGE))).toMatchObject({ tables: [], junkLines: 1, lines: 1 });
  });
});
