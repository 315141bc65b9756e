/** Analyzers in nftables mode on a captured table with every kind of service; each defect is one edit of it. */
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { entityNames } from '../../test/support/sample-node.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import { ANALYZERS } from './registry.ts';

function dump(name: string, kind: 'txt' | 'json' = 'txt'): string {
  return caseDumps(name).get(`nft-ruleset.${kind}`)?.toString('utf8') ?? '';
}

const RICH = dump('n2-rich');

/** Analyzers of other modes skip; those of this one must all have run. */
function found(facts: NodeFacts): readonly FindingDraft[] {
  return ANALYZERS.flatMap((analyzer) => {
    const result = analyzer.run(facts);
    return result.outcome === 'finding' ? result.findings : [];
  });
}

function allFindings(text: string, file = 'nft-ruleset.txt'): readonly FindingDraft[] {
  return found(buildNodeFacts(memoryBundle({ [file]: text })));
}

function edited(from: string | RegExp, to: string, text = RICH): string {
  const made = text.replace(from, to);
  expect(made).not.toBe(text);
  return made;
}

const brief = (text: string) => allFindings(text).map(({ rule, severity, count }) => [rule, severity, count]);

describe.each(['n1-minimal', 'n2-rich'])('%s is healthy', (name) => {
  test.each(['txt', 'json'] as const)('as %s', (kind) => {
    expect(allFindings(dump(name, kind), `nft-ruleset.${kind}`)).toEqual([]);
  });
});

test.each(['nb1-nat-prerouting-gone', 'nb4-endpoint-chain-empty'])(
  '%s: text and JSON give the same findings',
  (name) => {
    const said = (findings: readonly FindingDraft[]) =>
      findings.map(({ rule, title, severity, entities }) => [rule, title, severity, entities]);
    const text = said(allFindings(dump(name)));
    expect(text).toHaveLength(1);
    expect(said(allFindings(dump(name, 'json'), 'nft-ruleset.json'))).toEqual(text);
  },
);

test('text and JSON of one node are not told twice', () => {
  const files = {
    'nft-ruleset.txt': dump('nb4-endpoint-chain-empty'),
    'nft-ruleset.json': dump('nb4-endpoint-chain-empty', 'json'),
  };
  const facts = buildNodeFacts(memoryBundle(files));
  expect(found(facts).map(({ rule }) => rule)).toEqual(['empty-endpoint-chain']);
});

describe('map-element-missing', () => {
  test('the element of a ClusterIP', () => {
    const [finding, ...more] = allFindings(edited(/\t+ *10\.96\.10\.20 \. tcp \. 80 : goto [^,]*,\n/, ''));
    expect(more).toEqual([]);
    expect([finding?.rule, finding?.severity]).toEqual(['map-element-missing', 'high']);
    expect(finding?.claim).toContain('10.96.10.20 is not looked up');
    expect(finding === undefined ? [] : entityNames(finding, 'service')).toEqual(['shop/web:http']);
  });

  test('the elements of external addresses', () => {
    const text = edited(
      /\t+ *198\.51\.100\.8 \. tcp \. 80 : goto [^,]*,\n/,
      '',
      edited(/\t+ *tcp \. 30081 : goto [^,]*,\n/, ''),
    );
    const [finding, ...more] = allFindings(text);
    expect(more).toEqual([]);
    expect(finding?.title).toBe(
      'No element leads to the external addresses of shop/lblocal:http in table ip kube-proxy',
    );
  });

  test('the element that refuses packets to a service without endpoints', () => {
    const [finding, ...more] = allFindings(edited(/\t+ *10\.96\.11\.9 \. tcp \. 80 comment [^,]*,\n/, ''));
    expect(more).toEqual([]);
    expect([finding?.rule, finding?.evidence[0].line]).toEqual([
      'map-element-missing',
      RICH.split('\n').findIndex((line) => line.includes('10.96.11.8, 10.96.11.9')) + 1,
    ]);
    expect(finding === undefined ? [] : entityNames(finding, 'ip')).toEqual(['10.96.11.9']);
  });

  test('chains that kube-proxy emptied before it deletes them are no defect', () => {
    const text = edited(
      /\tchain reject-chain/,
      '\tchain service-AAAAAAAA-shop/old/tcp/http {\n\t}\n\n\tchain reject-chain',
    );
    expect(allFindings(text)).toEqual([]);
  });

  test.each([
    ['chain services that looks in no map', /(chain services \{\n)[^}]*\t\}/, '$1\t}', 'has no rules'],
    [
      'chain services that looks in maps that are not there',
      /@service-(ips|nodeports)/g,
      '@gone',
      'finds no service by its maps',
    ],
  ])('%s is one defect', (_what, from, to, claim) => {
    const [finding, ...more] = allFindings(edited(from, to));
    expect(more).toEqual([]);
    expect([finding?.rule, finding?.severity, finding?.count]).toEqual(['map-element-missing', 'critical', 16]);
    expect(finding?.claim).toContain(claim);
  });
});

test('mark-masq-empty: without its rule, or with another mark', () => {
  expect(brief(edited('\t\tmeta mark set meta mark | 0x00004000\n', ''))).toEqual([
    ['mark-masq-empty', 'high', expect.any(Number)],
  ]);
  const other = edited('meta mark set meta mark | 0x00004000', 'meta mark set meta mark | 0x00008000');
  expect(allFindings(other).map(({ claim }) => claim)).toEqual([
    expect.stringContaining('sets another mark than masquerading looks for (0x4000)'),
  ]);
});

test.each([
  ['emptied', edited(/(chain masquerading \{\n)[^}]*\t\}/, '$1\t}'), 'postrouting-no-masquerade'],
  ['not hooked', edited('\t\tjump masquerading\n', ''), 'chain-not-hooked'],
])('masquerading %s', (_what, text, rule) => {
  expect(allFindings(text).map((finding) => finding.rule)).toEqual([rule]);
});

test('svc-no-endpoints: a service chain without its map', () => {
  const [finding, ...more] = allFindings(
    edited(/\t\tnumgen random mod 3 vmap \{ 0 : goto endpoint-FAYF65XV[^\n]*\n/, ''),
  );
  expect(more).toEqual([]);
  expect([finding?.rule, finding?.severity]).toEqual(['svc-no-endpoints', 'high']);
  expect(finding === undefined ? [] : entityNames(finding, 'service')).toEqual(['shop/web:http']);
});

test('dangling-jump: a chain that a map leads to and that is not there', () => {
  const [finding, ...more] = allFindings(edited(/\tchain endpoint-KNW5FFQ5[^}]*\t\}\n/, ''));
  expect(more).toEqual([]);
  expect([finding?.rule, finding?.severity]).toEqual(['dangling-jump', 'high']);
  expect(finding === undefined ? [] : entityNames(finding, 'endpoint')).toEqual(['10.244.2.11:8080']);
  // A chain that only a named map leads to is cited by the element.
  const [element] = allFindings(edited(/\tchain reject-chain \{[^}]*\t\}\n/, ''));
  expect(RICH.split('\n')[(element?.evidence[0].line ?? 1) - 1]).toContain('goto reject-chain');
});

test('a cut ruleset is told and proves no absence', () => {
  const cut = RICH.slice(0, RICH.indexOf('\tchain services {'));
  const findings = allFindings(cut);
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['truncated-dump', 'low']]);
  expect(findings[0]?.claim).toContain('from table ip kube-proxy');
  const json = dump('n2-rich', 'json');
  expect(allFindings(json.slice(0, json.length / 2), 'nft-ruleset.json').map(({ rule }) => rule)).toEqual([
    'truncated-dump',
  ]);
});
