import { describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../contract/search.ts';
import { fail, ok } from '../../core/failure.ts';
import { BundleId } from '../../core/ids.ts';
import { type TestWorld, type TestWorldOptions, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const world = testWorlds({ cases: ['mine'] });
const match = (line: number, text: string): SearchAnswer['matches'][number] => ({
  bundle: WHOLE_BUNDLE.id,
  node: 'n',
  file: 'a.log',
  aliases: [],
  line,
  time: null,
  timeBasis: null,
  severity: null,
  text,
  ranges: [],
  before: [],
  after: [],
});
const ANSWER: SearchAnswer = {
  total: 1_207,
  complete: true,
  matches: [match(3, 'first')],
  best: [match(9, 'best'), match(8, 'second best')],
  stopped: null,
  blocksDone: 8,
  blocks: 8,
  next: 'cursor-1',
  facets: {
    node: [{ bundle: WHOLE_BUNDLE.id, node: 'n', count: 1_207 }],
    file: [{ bundle: WHOLE_BUNDLE.id, node: 'n', file: 'a.log', count: 1_207 }],
    severity: [
      { severity: 'high', count: 1_200 },
      { severity: null, count: 7 },
    ],
    hour: [
      { hour: '2024-05-01T12:00:00.000Z', count: 1_205 },
      { hour: null, count: 2 },
    ],
  },
  milliseconds: 1,
};
const answering = (answer: Partial<SearchAnswer> = {}): TestWorldOptions => ({
  answers: { 'search.run': () => ok({ ...ANSWER, ...answer }) },
});

describe('search', () => {
  it('passes everything on', async () => {
    const here = world({
      ...answering(),
      bundles: [WHOLE_BUNDLE, { ...WHOLE_BUNDLE, id: BundleId.parse('c'.repeat(64)), node: 'other' }],
    });
    const words = ['failed OR refused', 'sev:error', '--order', 'time', '--limit', '5', '--time-limit', '7'];
    expect(await here.run('search', 'mine', ...words, '--node', 'other')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({
      query: '(failed OR refused) sev:error',
      order: 'time',
      limit: 5,
      timeLimitMs: 7_000,
      bundles: ['c'.repeat(64)],
    });
    expect(here.err()).toContain('every line of every file of other was looked at');
  });

  it('never says that every line was looked at where a bundle could not be opened', async () => {
    const said = '1 bundle of this case could not be opened and was not searched.';
    const stopped = { because: 'not-opened', message: said } as const;
    const damaged: TestWorldOptions = {
      answers: {
        ...answering({ total: 0, matches: [], next: null, complete: false, stopped }).answers,
        'case.open': ({ caseId }) =>
          ok({
            ...{ id: caseId as never, title: 'sample', bundles: [WHOLE_BUNDLE] },
            unreadable: [fail('corrupt', 'damaged', `/mine/bundles/${'5'.repeat(64)}.bundle`).failure],
          }),
      },
    };
    const text = world(damaged);
    expect(await text.run('search', 'mine', 'x')).toBe(4);
    expect(text.err()).toContain(said);
    expect(text.err()).toContain('NOT every line was looked at');
    expect(text.err()).not.toContain('every line of every file');
    for (const flags of [[], ['--count']]) {
      const here = world(damaged);
      expect(await here.run('search', 'mine', 'x', '--json', ...flags)).toBe(4);
      expect(JSON.parse(here.out())).toMatchObject({
        complete: false,
        stopped: { because: 'not-opened', message: said },
      });
    }
    const counted = world(damaged);
    await counted.run('search', 'mine', 'x', '--count');
    expect(counted.out()).toContain('total, of what was looked at');
  });

  it('shows of a very long line the part around its match on a terminal, and all of it to a program', async () => {
    const text = `${'a'.repeat(500_000)} needle ${'b'.repeat(500_000)}`;
    const found = { ...match(1, text), ranges: [[500_001, 500_007]] as const, before: ['c'.repeat(9_000)] };
    const answer = answering({ total: 1, matches: [found as unknown as SearchAnswer['matches'][number]], next: null });
    const seen = world({ ...answer, terminal: 'terminal', env: { NO_COLOR: '1' } });
    await seen.run('search', 'mine', 'needle', '--context', '1');
    expect(seen.out()).toContain(`…${'a'.repeat(199)} needle b`);
    expect(seen.out()).toMatch(/b… \(498,207 more characters\)\n$/);
    expect(seen.out()).toMatch(/c… \(7,000 more characters\)\n/);
    expect(seen.out().length).toBeLessThan(5_000);
    const read = world(answer);
    await read.run('search', 'mine', 'needle');
    expect(read.out()).toContain(text);
  });

  it('takes a query that begins with a dash behind --', async () => {
    const here = world(answering());
    expect(await here.run('search', 'mine', '--limit', '1', '--', '-probe', 'x')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({ query: '-probe x', limit: 1 });
    expect(await here.run('search', 'mine', '-probe')).toBe(2);
    expect(here.err()).toContain('begins with a dash goes behind --');
  });

  it('marks what is wrong in a query, and starts nothing for it', async () => {
    const here = world();
    expect(await here.run('search', 'node.tar.gz', 'kube sev:bad')).toBe(2);
    expect(here.err()).toBe(
      'coldcase: `bad` is no severity; expected none, info, warning or error\n  kube sev:bad\n           ^^^\n',
    );
    expect(here.out()).toBe('');
    expect(here.calls).toEqual([]);
    const empty = world();
    expect(await empty.run('search', 'mine', ' ')).toBe(2);
    expect(empty.err().split('\n')).toEqual([expect.stringContaining('nothing to search for'), '']);
  });

  it('says that the words of a phrase without inner quotes are words', async () => {
    const here = world(answering());
    await here.run('search', 'mine', 'kube-proxy sync');
    expect(here.err()).toContain(`as a phrase it is '"kube-proxy sync"'`);
    const phrase = world(answering());
    await phrase.run('search', 'mine', '"kube-proxy sync"');
    expect(phrase.err()).not.toContain('as a phrase');
  });

  it('help shows the language', async () => {
    const here = world();
    expect(await here.run('search', '--help')).toBe(0);
    for (const shown of ['sev:>=warning', 'near:5m@', '-probe', 'single quotes', '--after <cursor>']) {
      expect(here.out()).toContain(shown);
    }
  });

  it('says why no line can match, also of a further page and with --json', async () => {
    const query = 'node:nowhere-at-all file:no-such-file after:2024-05-02 before:2024-05-01';
    const none = { ...answering({ total: 0, matches: [], next: null }).answers };
    const here = world({ answers: { ...none, 'search.page': () => ok({ matches: [], next: null }) } });
    for (const more of [[], ['--json'], ['--after', 'cursor']]) {
      const before = here.err().length;
      expect(await here.run('search', 'mine', query, ...more)).toBe(0);
      expect(here.err().slice(before)).toContain(
        'No line can match: no time is at or after 2024-05-02 and before 2024-05-01.\nNo node that is searched has the name `nowhere-at-all`: there is ',
      );
      expect(here.err().slice(before)).toContain('\nNo file that is searched has `no-such-file` in its path.\n');
    }
    const quiet = world(answering());
    await quiet.run('search', 'mine', query, '--quiet');
    expect(quiet.err()).toBe('');
  });

  it('--facets adds counts behind the matches', async () => {
    const here = world(answering());
    await here.run('search', 'mine', 'x', '--facets');
    expect(here.out()).toBe(
      [
        'a.log:3: first',
        '',
        'by node',
        '1,207  n',
        'by file',
        '1,207  a.log',
        'by severity',
        '1,200  sev:error',
        '    7  sev:none',
        'by hour',
        '1,205  2024-05-01T12:00Z',
        '    2  no time',
        '',
      ].join('\n'),
    );
  });

  it('--limit 0 counts and shows none', async () => {
    const here = world(answering({ matches: [], next: null }));
    await here.run('search', 'mine', 'x', '--limit', '0');
    expect(here.err()).toContain('1,207 matching lines in 1 file, none of them shown; every line');
  });

  it('--best prints the best matches', async () => {
    const here = world(answering());
    await here.run('search', 'mine', 'x', '--best', '--limit', '1');
    expect(here.out()).toBe('a.log:9: best\n');
    expect(here.err()).toContain('the best 1 shown');
    const none = world(answering({ best: [] }));
    await none.run('search', 'mine', 'x', '--best');
    expect(none.err()).toContain('None of them is a warning or an error');
  });

  it.each(['--json', '--count --json', '--count', '--times'])(
    'one that was stopped says so and exits with 4: %s',
    async (flags) => {
      const stopped = { because: 'time-limit' as const, message: 'Stopped after 1 s: 3 of 8 blocks.' };
      const here = world(answering({ complete: false, stopped, blocksDone: 3 }));
      expect(await here.run('search', 'mine', '/x/', ...flags.split(' '))).toBe(4);
      expect(here.err()).toContain('Stopped after 1 s');
      if (flags.includes('--json')) expect(JSON.parse(here.out())).toMatchObject({ complete: false, stopped });
      else expect(here.err()).toContain('at least 1,207 matching lines');
    },
  );

  it('shows on a terminal how far it is', async () => {
    const half = { ...ANSWER, complete: false, blocksDone: 4 };
    const here: TestWorld = world({
      terminal: 'terminal',
      answers: {
        'search.run': ({ search }) => {
          here.emit('onDidProgressSearch', { search: search ?? '', answer: half });
          return ok(ANSWER);
        },
      },
    });
    await here.run('search', 'mine', 'x');
    expect(here.err()).toContain('Search: 1,207 matching lines, 50% of the text looked at');
    // It is gone before the matches are printed.
    expect(here.all()).toContain('looked at\r\u001b[2Ka.log:3: first\n');
  });

  it('ends with 130 when it is interrupted', async () => {
    const here: TestWorld = world({
      answers: {
        'search.run': () => {
          here.interrupt.abort();
          return new Promise(() => undefined);
        },
      },
    });
    expect(await here.run('search', 'mine', 'x')).toBe(130);
  });
});

describe('search --after', () => {
  it('prints the next page and where the one behind it begins', async () => {
    const page = { matches: [match(4, 'second')], next: 'cursor-2' };
    const here = world({ answers: { 'search.page': () => ok(page) } });
    expect(await here.run('search', 'mine', 'x', '--after', 'cursor-1', '--limit', '1', '--order', 'time')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({ after: 'cursor-1', limit: 1, order: 'time', query: 'x' });
    expect(here.out()).toBe('a.log:4: second\n');
    expect(here.err()).toContain('--after cursor-2');
    const json = world({ answers: { 'search.page': () => ok({ ...page, next: null }) } });
    await json.run('search', 'mine', 'x', '--after', 'cursor-1', '--json');
    expect(JSON.parse(json.out())).toMatchObject({ matches: [{ line: 4, text: 'second' }], next: null });
  });

  it('exits with 4 when it took too long, and can be asked again', async () => {
    const here = world({ answers: { 'search.page': () => fail('time-limit', 'Stopped after 1 s.') } });
    expect(await here.run('search', 'mine', '/x/', '--after', 'cursor-1', '--json')).toBe(4);
    expect(JSON.parse(here.out())).toMatchObject({ matches: [], next: 'cursor-1', stopped: { because: 'time-limit' } });
  });

  it('has no counts', async () => {
    const here = world();
    expect(await here.run('search', 'mine', 'x', '--after', 'c', '--count')).toBe(2);
    expect(here.calls).toEqual([]);
  });
});
