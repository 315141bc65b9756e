/** A dump whose end, or lines inside it, are missing: what it does not show is not known. */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import { nftRef } from '../facts/nft-facts.ts';
import type { NftFact, NodeFacts } from '../facts/node-facts.ts';
import type { TableHead } from '../facts/rule-dumps.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, chainFinding, command, likely, outcomeOf } from './outcome.ts';
import { countText } from './state-finding.ts';

export const truncatedDump: Analyzer = {
  id: 'truncated-dump',
  title: 'Dumps of iptables and nft rules are whole',
  area: 'chains',
  run(facts) {
    const nftTables = facts.nft.reduce((sum, { ruleset }) => sum + ruleset.tables.length, 0);
    const count = facts.rules.all.length + nftTables;
    if (count === 0) return { outcome: 'skipped', missing: 'an iptables dump or an nft ruleset' };
    const cut = facts.rules.all.filter((table) => table.cut !== null);
    return outcomeOf(
      [...cut.map((table) => finding(facts, table)), ...facts.nft.flatMap((fact) => nftFinding(facts, fact))],
      `${countText(count, 'table was', 'tables were')} captured whole`,
    );
  },
};

/** What of an nft ruleset is behind its cut end: the rest of the table it ends in, and any table after it. */
function nftFinding(facts: NodeFacts, fact: NftFact): readonly FindingDraft[] {
  const { cut, tables, lines } = fact.ruleset;
  if (cut === null) return [];
  const whole = facts.nft.find(({ ruleset }) => ruleset.cut === null);
  const open = tables.filter((table) => !table.complete).map((table) => `${table.family} ${table.name}`);
  const at = { line: fact.ruleset.source === 'json' ? 1 : Math.max(lines, 1) };
  return [
    chainFinding(nftRef(fact, at, 'the last line that was captured'), {
      rule: 'truncated-dump',
      title: `The nft ruleset in ${fact.file} is incomplete`,
      claim: `The nft ruleset of ${fact.file} is incomplete: ${cut}. ${
        whole === undefined
          ? `What is missing ${open.length > 0 ? `from table ${open.join(' and ')}, and any table behind it, ` : ''}is not known, so no absence was concluded from it.`
          : `${whole.file} holds a whole ruleset and was used instead.`
      }`,
      severity: 'low',
      confidence: certain(
        fact.ruleset.source === 'json' ? 'the JSON array is not closed' : 'the brace that ends every table is missing',
      ),
      owner: 'node OS',
      entities: [],
      userNotices: 'Nothing on the node: only the capture is affected.',
      now: whole === undefined ? ['Ask for the ruleset again: `nft list ruleset`'] : [],
      longTerm: ['Collectors stop commands after a time limit: many rules, or a node under load'],
      check: [fact.ruleset.source === 'json' ? 'The file ends with `]}`' : 'The last line of the file is `}`'],
      evidence: [],
    }),
  ];
}

function finding(facts: NodeFacts, table: TableHead): FindingDraft {
  const whole = facts.tables.find(
    (each) => each.family === table.family && each.table === table.table && each.cut === null,
  );
  const line = Math.max(table.cut?.line ?? table.endLine, 1);
  const last: LineRef = { fileId: table.fileId, line, endLine: line, note: 'the last line that belongs to the table' };
  return chainFinding(last, {
    rule: 'truncated-dump',
    title: `The ${table.family} ${table.table} table in ${table.file} is incomplete`,
    claim: `The ${table.family} ${table.table} table of ${table.file} is incomplete: ${table.cut?.because ?? ''}. ${
      whole === undefined
        ? 'What is missing from this table is not known, so its chains were not judged.'
        : `${whole.file} holds the whole table and was used instead.`
    }`,
    severity: 'low',
    confidence: sure(table),
    owner: 'node OS',
    entities: [],
    userNotices: 'Nothing on the node: only the capture is affected.',
    now: whole === undefined ? [`Ask for the table again: \`${command(table)}-save -c -t ${table.table}\``] : [],
    longTerm: ['Collectors stop commands after a time limit: many rules, or a node under load'],
    check: [`The file ends with ${table.source === 'iptables-save' ? 'COMMIT' : 'the chains of the table'}`],
    evidence: [],
  });
}

function sure(table: TableHead): FindingDraft['confidence'] {
  const because = table.cut?.because ?? '';
  if (table.source === 'iptables-save' && table.cut?.what === 'end')
    return certain('the COMMIT that ends every table is missing');
  if (because.startsWith('the file ends inside')) return likely('the last line has no line ending');
  if (because.startsWith('the footer')) return likely('the footer of the collector counts more rules than there are');
  return table.cut?.what === 'end' ? certain('the dump itself names what it lacks') : likely(because);
}
