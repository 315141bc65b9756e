import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ok } from '../../core/failure.ts';
import { BundleId } from '../../core/ids.ts';
import type { Bundle } from '../../core/vocabulary.ts';
import { sampleInput } from '../../report/report-sample.ts';
import { SCREEN_LINES } from './commands/analyze.ts';
import { SAMPLE_BUNDLE, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const world = testWorlds({ archives: ['node.tar.gz'] });

const OTHER: Bundle = {
  ...WHOLE_BUNDLE,
  id: BundleId.parse('c'.repeat(64)),
  node: 'ip-10-0-9-9',
  name: 'other.tar.gz',
};
const ANALYSIS = sampleInput().analysis;
const SOUND = { ...ANALYSIS, coverage: { ...ANALYSIS.coverage, analyzers: ANALYSIS.coverage.analyzers.slice(0, 3) } };
const sound = { 'case.analysis': () => ok(SOUND) };

describe('wrong usage', () => {
  it.each([
    [['anlyze', 'x'], 'Did you mean analyze?'],
    [['help', 'serch'], "unknown command 'serch'\n(Did you mean search?)"],
    [['analyze', '--jsn', 'x'], 'Did you mean --json?'],
    [['check', 'kubeproxy', 'x'], 'Did you mean kube-proxy?'],
    [['analyze'], "missing required argument 'target'"],
    [['analyze', 'node.tar.g'], 'Did you mean node.tar.gz?'],
    [['analyze', 'node.tar.gz', '--rules', 'node.tar.gz'], 'This is a file, not a folder of rules.\nGive the folder'],
    [['import', 'node.tar.gz'], '--case <dir>'],
    [['import', 'node.tar.gz'], '(coldcase import --help shows how it is used)'],
    [['check', 'kube-proxy'], '(coldcase check kube-proxy --help shows how it is used)'],
    [['import', 'node.tar.gz', '--case', ''], '--case "": This names no folder.'],
    [['analyze', 'node.tar.gz', '--case', ''], '--case "": This names no folder.'],
    [['runbook', 'node.tar.gz', ''], 'This names no runbook.'],
    [['analyze', 'node.tar.gz', '--fail-on', 'bad'], 'critical, high, medium, low, info'],
    [['search', 'node.tar.gz', 'x', '--limit', '-1'], 'whole number'],
    [['report', 'node.tar.gz', '--format', 'docx'], 'html, md, json'],
    [['check', 'kube-proxy', 'node.tar.gz', '--pod-ip', '10.1'], 'not an IP address'],
    [['serve', '--port', '70000'], 'whole number'],
    [[], 'Usage: coldcase'],
  ])('%j exits 2 and says %j without starting the engine', async (words, said) => {
    const here = world();
    expect(await here.run(...words)).toBe(2);
    expect(here.err()).toContain(said);
    expect(here.out()).toBe('');
    expect(here.calls).toEqual([]);
  });

  it('names the files near a mistyped one, and the nodes when one must be chosen', async () => {
    const here = world({ bundles: [WHOLE_BUNDLE, OTHER], lines: ['a'] });
    expect(await here.run('read', 'node.tar.gz', 'iptables-sav.txt')).toBe(2);
    expect(here.err()).toContain('Did you mean networking/iptables-save.txt?');
    for (const command of [['chains'], ['check', 'kube-proxy']]) {
      expect(await here.run(...command, 'node.tar.gz')).toBe(2);
      expect(here.err()).toContain('Nodes: ip-10-0-113-27, ip-10-0-9-9');
    }
    expect(await here.run('analyze', 'node.tar.gz', '--node', 'ip-10-0-9-8')).toBe(2);
    expect(here.err()).toContain('Did you mean ip-10-0-9-9');
  });
});

it('--version starts no engine', async () => {
  const here = world();
  expect(await here.run('--version')).toBe(0);
  expect(here.out()).toBe('1.2.3\n');
  expect(here.calls).toEqual([]);
});

it('help lists every command and the exit codes', async () => {
  const here = world();
  expect(await here.run('--help')).toBe(0);
  for (const name of [
    'import',
    'analyze',
    'findings',
    'files',
    'read',
    'search',
    'chains',
    'check',
    'report',
    'serve',
    'Exit codes',
  ]) {
    expect(here.out()).toContain(name);
  }
});

describe('analyze', () => {
  it('gives the verdict first, at most one screen, then every finding with its lines', async () => {
    const here = world({ answers: sound });
    expect(await here.run('analyze', 'node.tar.gz')).toBe(0);
    const lines = here.out().split('\n');
    expect(lines[0]).toMatch(/^Verdict {2}kube-proxy has written no Service rules/);
    const first = lines.indexOf('');
    expect(first).toBeGreaterThan(5);
    expect(first).toBeLessThanOrEqual(SCREEN_LINES);
    for (const shown of [
      'networking/iptables-save.txt:7',
      'var_log/kube-proxy.log:88-89',
      '89  I0301',
      'iptables-legacy-save',
      'whether IPVS services exist',
    ]) {
      expect(here.out()).toContain(shown);
    }
    expect(here.out()).not.toContain('\u001b');
  });

  it('stays on one screen when everything is long', async () => {
    const long = 'very long reason '.repeat(60);
    const causes = Array.from({ length: 9 }, (_, index) => ({
      ...(ANALYSIS.causes[0] as (typeof ANALYSIS.causes)[0]),
      rank: index + 1,
      because: long,
    }));
    const here = world({ answers: { 'case.analysis': () => ok({ ...SOUND, causes }) } });
    await here.run('analyze', 'node.tar.gz');
    const lines = here.out().split('\n');
    expect(lines.indexOf('')).toBeLessThanOrEqual(SCREEN_LINES);
    expect(here.out()).toContain('Unknown  ');
  });

  it('prints one JSON document with the documented keys first', async () => {
    const here = world({ answers: sound });
    expect(await here.run('analyze', 'node.tar.gz', '--json')).toBe(0);
    const document = JSON.parse(here.out()) as { findings: { evidence: object[] }[] };
    expect(Object.keys(document).slice(0, 6)).toEqual([
      'verdict',
      'causes',
      'findings',
      'coverage',
      'completeness',
      'askCustomer',
    ]);
    expect(Object.keys(document.findings[0]?.evidence[0] ?? {}).slice(0, 5)).toEqual([
      'file',
      'line',
      'endLine',
      'text',
      'sha256',
    ]);
  });

  it.each([
    ['critical', 3],
    ['info', 3],
  ] as const)('--fail-on %s exits %i', async (severity, code) => {
    expect(await world({ answers: sound }).run('analyze', 'node.tar.gz', '--fail-on', severity)).toBe(code);
  });

  it('--fail-on above every finding exits 0', async () => {
    const findings = ANALYSIS.findings.slice(1);
    const here = world({ answers: { 'case.analysis': () => ok({ ...SOUND, findings }) } });
    expect(await here.run('analyze', 'node.tar.gz', '--fail-on', 'critical')).toBe(0);
    expect(await here.run('analyze', 'node.tar.gz', '--fail-on', 'high')).toBe(3);
  });

  it('exits 4 and says why when a gap matters or a check broke; findings asked for win', async () => {
    const cut = world({ bundles: [SAMPLE_BUNDLE], answers: sound });
    expect(await cut.run('analyze', 'node.tar.gz', '--quiet')).toBe(4);
    expect(cut.err()).toContain('Gap that matters: var_log/messages: The archive ends');
    expect(await cut.run('analyze', 'node.tar.gz', '--fail-on', 'low')).toBe(3);
    const broken = world({ answers: { 'case.analysis': () => ok(ANALYSIS) } });
    expect(await broken.run('analyze', 'node.tar.gz')).toBe(4);
    // A list of findings that misses some must not look like all of them.
    expect(await broken.run('findings', 'node.tar.gz')).toBe(4);
  });

  it('colours a terminal, unless NO_COLOR is set', async () => {
    const coloured = world({ answers: sound, terminal: 'terminal' });
    await coloured.run('analyze', 'node.tar.gz');
    expect(coloured.out()).toContain('\u001b[1;31m[critical]\u001b[0m');
    const plain = world({ answers: sound, terminal: 'terminal', env: { NO_COLOR: '1' } });
    await plain.run('analyze', 'node.tar.gz');
    expect(plain.out()).not.toContain('\u001b');
  });

  it('makes acting characters of the archive visible', async () => {
    const hostile = sampleInput((text) => `${text}\u001b]0;x\u0007\u202e`).analysis;
    const here = world({
      answers: { 'case.analysis': () => ok(hostile) },
      terminal: 'terminal',
      env: { NO_COLOR: '1' },
    });
    await here.run('analyze', 'node.tar.gz');
    const shown = here.out() + here.err().replaceAll('\r\u001b[2K', '');
    expect(shown).toContain('\\x1b]0;x\\x07\\u202e');
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe('read', () => {
  const lines = ['one', 'two \u001b[31mred', 'three', 'four'];

  it('prints plain lines to a stream, numbers on a terminal or on demand, JSON with byte ranges', async () => {
    const here = world({ lines, cases: ['mine'] });
    expect(await here.run('read', 'mine', 'iptables-save.txt', '--line', '2', '--count', '2')).toBe(0);
    expect(here.out()).toBe('two \\x1b[31mred\nthree\n');
    const numbered = world({ lines, cases: ['mine'] });
    await numbered.run('read', 'mine', 'networking/iptables-save.txt', '--line', '3', '--numbers');
    expect(numbered.out()).toBe('3  three\n4  four\n');
    const terminal = world({ lines, cases: ['mine'], terminal: 'terminal', env: { NO_COLOR: '1' } });
    await terminal.run('read', 'mine', 'networking/iptables-save.txt', '--count', '1');
    expect(terminal.out()).toBe('1  one\n');
    const timed = world({ lines, cases: ['mine'] });
    await timed.run('read', 'mine', 'networking/iptables-save.txt', '--count', '1', '--times');
    expect(timed.out()).toBe(`-${' '.repeat(24)}-${' '.repeat(14)}one\n`);
    const json = world({ lines, cases: ['mine'] });
    await json.run('read', 'mine', 'networking/iptables-save.txt', '--json');
    expect(JSON.parse(json.out())).toMatchObject({
      file: 'networking/iptables-save.txt',
      lines: lines.map((text, index) => ({ number: index + 1, text })),
    });
  });

  it('--line with --json says which event the line belongs to', async () => {
    const log = ['E0501 12:00:00.123456       1 proxier.go:12] "Sync failed" pod="default/web-0"', 'more of it'];
    const here = world({ lines: log, cases: ['mine'] });
    await here.run('read', 'mine', 'iptables-save.txt', '--line', '1', '--count', '1', '--json');
    expect(JSON.parse(here.out()).event).toMatchObject({
      first: 1,
      format: 'klog',
      severity: 'error',
      source: 'proxier.go:12',
      entities: [{ kind: 'pod', name: 'default/web-0', line: 0 }],
    });
    const whole = world({ lines: log, cases: ['mine'] });
    await whole.run('read', 'mine', 'iptables-save.txt', '--json');
    expect(JSON.parse(whole.out())).not.toHaveProperty('event');
  });

  it('--raw is verbatim on a stream and refused on a terminal; beyond the end is wrong usage', async () => {
    const here = world({ lines, cases: ['mine'] });
    await here.run('read', 'mine', 'iptables-save.txt', '--raw');
    expect(here.out()).toBe(`${lines.join('\n')}\n`);
    expect(await here.run('read', 'mine', 'iptables-save.txt', '--line', '5')).toBe(2);
    expect(
      await world({ lines, cases: ['mine'], terminal: 'terminal' }).run('read', 'mine', 'iptables-save.txt', '--raw'),
    ).toBe(2);
  });

  it('stops asking for pages when the reader goes away', async () => {
    const here = world({
      lines: Array.from({ length: 50_000 }, (_, index) => `line ${index}`),
      cases: ['mine'],
      readerTakes: 100,
    });
    expect(await here.run('read', 'mine', 'iptables-save.txt')).toBe(0);
    expect(here.calls.filter((call) => call.method === 'file.lines')).toHaveLength(1);
  });
});

describe('search', () => {
  const match = {
    bundle: WHOLE_BUNDLE.id,
    node: 'n',
    file: 'a.log',
    aliases: [],
    line: 3,
    time: null,
    timeBasis: null,
    severity: null,
    text: 'x hit y',
    ranges: [[2, 5]] as const,
    before: ['b4'],
    after: ['after'],
  };
  const answer = {
    total: 7,
    complete: true,
    matches: [match],
    best: [],
    stopped: null,
    blocksDone: 1,
    blocks: 1,
    next: null,
    facets: {
      node: [{ bundle: WHOLE_BUNDLE.id, node: 'n', count: 7 }],
      file: [{ bundle: WHOLE_BUNDLE.id, node: 'n', file: 'a.log', count: 7 }],
      severity: [{ severity: null, count: 7 }],
      hour: [{ hour: null, count: 7 }],
    },
    milliseconds: 1,
  };

  it('prints file:line: text with context, and the exact total', async () => {
    const here = world({ cases: ['mine'], answers: { 'search.run': () => ok(answer) } });
    expect(await here.run('search', 'mine', 'hit', 'me', '--limit', '1', '--context', '1')).toBe(0);
    expect(here.out()).toBe('a.log-2- b4\na.log:3: x hit y\na.log-4- after\n');
    expect(here.err()).toContain(
      '7 matching lines in 1 file, the first 1 shown; every line of every file was looked at.',
    );
    expect(here.calls.at(-1)?.input).toMatchObject({ query: 'hit me', limit: 1, context: 1 });
  });

  it('--times tells the instant and what it rests on', async () => {
    const timed = {
      ...match,
      time: '2024-05-01T12:00:00.000Z',
      timeBasis: 'zone-given' as const,
      before: [],
      after: [],
    };
    const here = world({
      cases: ['mine'],
      answers: { 'search.run': () => ok({ ...answer, matches: [timed, { ...match, before: [], after: [] }] }) },
    });
    await here.run('search', 'mine', 'hit', '--times');
    expect(here.out()).toBe(
      `a.log:3: 2024-05-01T12:00:00.000Z zone-given    x hit y\na.log:3: -${' '.repeat(24)}-${' '.repeat(13)}x hit y\n`,
    );
  });

  it('--json and --count --json have the documented keys', async () => {
    const here = world({ cases: ['mine'], answers: { 'search.run': () => ok(answer) } });
    await here.run('search', 'mine', 'hit', '--json');
    expect(Object.keys(JSON.parse(here.out()) as object).slice(0, 4)).toEqual([
      'total',
      'complete',
      'matches',
      'facets',
    ]);
    const counted = world({ cases: ['mine'], answers: { 'search.run': () => ok(answer) } });
    await counted.run('search', 'mine', 'hit', '--count', '--json');
    expect(Object.keys(JSON.parse(counted.out()) as object)).toEqual(['total', 'byFile']);
  });
});

describe('findings, check, report', () => {
  it('filters by least severity, rule and node', async () => {
    const here = world({ cases: ['mine'] });
    await here.run('findings', 'mine', '--severity', 'critical', '--json');
    expect(JSON.parse(here.out())).toHaveLength(1);
    const none = world({ cases: ['mine'] });
    expect(await none.run('findings', 'mine', '--rule', 'kube-service-empty', '--json')).toBe(0);
    expect(JSON.parse(none.out())).toEqual([]);
    expect(none.err()).toContain('Did you mean kube-services-empty?');
  });

  it('check prints one marked line a check, its evidence below it', async () => {
    const evidence = [sampleInput().analysis.findings[0]?.evidence[0]].filter((one) => one !== undefined);
    const here = world({
      cases: ['mine'],
      answers: {
        'kubeProxy.check': () =>
          ok([
            {
              bundle: WHOLE_BUNDLE.id,
              node: WHOLE_BUNDLE.node,
              podIp: null,
              lines: [{ level: 'OK', text: 'kube-proxy mode: iptables', evidence, actions: [], rule: null }],
            },
          ]),
      },
    });
    expect(await here.run('check', 'kube-proxy', 'mine')).toBe(0);
    expect(here.out()).toBe('[OK] kube-proxy mode: iptables\n    networking/iptables-save.txt:7\n');
  });

  it('report goes to stdout or, whole, to a file', async () => {
    const here = world({ cases: ['mine'] });
    expect(await here.run('report', 'mine', '--format', 'md')).toBe(0);
    expect(here.out()).toMatch(/^# CS/);
    expect(await here.run('report', 'mine', '-o', 'out.html', '--findings', 'f1rst')).toBe(0);
    expect(readFileSync(path.join(here.folder, 'out.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/);
    expect(readdirSync(here.folder).filter((name) => name.includes('partial'))).toEqual([]);
    expect(here.calls.at(-1)?.input).toMatchObject({ format: 'html', findings: ['f1rst00000000000'] });
    expect(await here.run('report', 'mine', '-o', 'no/such/out.html')).toBe(2);
    expect(await here.run('report', 'mine', '--findings', 'nope')).toBe(2);
    expect(here.err()).toContain('--findings nope: No finding of this case has this id.');
    expect(await here.run('report', 'mine', '--findings', ' ,')).toBe(2);
    expect(await here.run('pin', 'mine', '')).toBe(2);
    expect(here.err()).toContain('--findings " ,": This names no finding.');
    expect(await here.run('pin', 'mine', 'nope')).toBe(2);
    expect(here.err()).toContain('coldcase: nope: No finding of this case has this id.');
  });
});
