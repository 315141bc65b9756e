/** `coldcase search <target> QUERY`: matching lines of every file, and how many there are in all. */
import { type Command, Option } from 'commander';
import type { SearchAnswer, SearchMatch, SearchOrder, SearchPage } from '../../../contract/search.ts';
import { FailureError } from '../../../core/failure.ts';
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX, SEARCH_MS_DEFAULT, SEARCH_MS_MAX } from '../../../core/limits.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { bundlesOf } from '../nodes.ts';
import { wholeNumber, withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { caretLines, joinedQuery, perhapsPhrase } from '../query-words.ts';
import type { Registrar } from '../registrar.ts';
import { countLines, facetLines, matchLines, type Nodes, summaryLine } from '../search-text.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';

interface Options extends TargetOptions {
  readonly order?: SearchOrder;
  readonly limit?: number;
  readonly count?: boolean;
  readonly facets?: boolean;
  readonly best?: boolean;
  readonly times?: boolean;
  readonly context?: number;
  readonly after?: string;
  readonly timeLimit?: number;
}

/** The contract's own bound. */
const CONTEXT_MAX = 100;

const LANGUAGE_HELP = `
The query is that of the search box. A line matches when it holds every word, in any order; letters of ASCII in any case.
  kubelet "sync failed"          words; a phrase in double quotes; all must be in the line
  timeout OR refused             either; parentheses group
  -probe                         not this word, phrase or group
  =nat                           the whole word, not as a part of another
  /conn(track)? table/i          a regular expression of JavaScript; i: in any case
  node: file: source:            where: a part of the name, or the whole with * and ?; source is a role or a format
  sev:error  sev:>=warning       none, info, warning, error
  after:2024-05-01T12:00  before:2024-05-02  near:5m@2024-05-01T12:03:05Z      UTC when no zone is given
  entity:10.0.3.7                lines that name this pod, address, interface, service, unit, volume or node
  has:finding                    lines that are evidence of a finding
The shell takes quotes away: put the query in single quotes, as in
  coldcase search case 'kube-proxy "sync failed" -probe sev:>=warning'
Arguments are joined by blanks, so that without inner quotes each word is searched for by itself. A query that begins
with a dash goes behind --, as in: coldcase search case --count -- -probe`;

export const registerSearch: Registrar = (program, run) => {
  const seconds = SEARCH_MS_DEFAULT / 1000;
  const command = withNodeOption(withTargetOptions(program.command('search')))
    .description('find lines by words, "phrases", /patterns/, severity, time, file, node')
    .argument('<query...>', 'what lines must hold, see below')
    .addOption(new Option('--order <order>', 'of the matches').choices(['file', 'time']).default('file'))
    .option('--limit <n>', `matches to print (default ${SEARCH_LIMIT_DEFAULT})`, wholeNumber(0, SEARCH_LIMIT_MAX))
    .option('--after <cursor>', 'the matches behind those of an earlier answer to the same query: its `next`')
    .option('--count', 'only how many, by file')
    .option('--facets', 'also how many by node, file, severity and hour (always in JSON)')
    .option('--best', 'the best matches among warnings and errors instead of all in order (always in JSON)')
    .option('--times', 'before each match its instant in UTC and what that rests on')
    .option('--context <n>', 'lines before and after each match', wholeNumber(0, CONTEXT_MAX))
    .option(
      '--time-limit <seconds>',
      `stop a search with a pattern after so long and exit with 4 (default ${seconds})`,
      wholeNumber(1, SEARCH_MS_MAX / 1000),
    )
    .addHelpText('after', LANGUAGE_HELP)
    .showHelpAfterError('(a query that begins with a dash goes behind --; coldcase search --help shows the language)');
  command.action((target: string, words: readonly string[], options: Options, self: Command) =>
    run(self, async (world, output) => {
      checkOptions(options);
      const query = await queryOf(output, words);
      if (query === null) return EXIT.usage;
      return withTarget(world, output, target, options, async (open) => {
        await noteNoMatch(open, output, query, options);
        return options.after === undefined
          ? search(open, output, query, options)
          : nextPage(open, output, query, options, options.after);
      });
    }),
  );
};

function checkOptions({ after, count, facets, best }: Options): void {
  const alone = count === true ? '--count' : facets === true ? '--facets' : best === true ? '--best' : null;
  if (after !== undefined && alone !== null) wrongUsage('A further page has matches only.', `${alone} with --after`);
}

/** Before anything is imported. @returns null when the query is wrong, which has then been shown. */
async function queryOf(output: Output, words: readonly string[]): Promise<string | null> {
  const { parseQuery } = await import('../../../query/parse.ts');
  const query = joinedQuery(words, parseQuery);
  const parsed = parseQuery(query);
  if (!parsed.ok) {
    const { errorSentence } = await import('../../../query/wrong.ts');
    await output.warn(`coldcase: ${errorSentence(parsed.error)}`);
    const marked = query.trim() === '' ? [] : caretLines(query, parsed.error);
    for (const line of marked) await output.warn(line);
    return null;
  }
  const { readAsText } = await import('../../../query/read-as-text.ts');
  for (const sentence of readAsText(query)) await output.note(sentence);
  const phrase = perhapsPhrase(words, parseQuery);
  if (phrase !== null) {
    await output.note(`Each word of ${phrase} is searched for by itself; as a phrase it is '"${phrase}"'.`);
  }
  return query;
}

/** Nobody should take a zero for an answer that the query itself makes. */
async function noteNoMatch(open: OpenCase, output: Output, query: string, options: Options): Promise<void> {
  const { parseQuery } = await import('../../../query/parse.ts');
  const { asksForFiles, cannotMatch } = await import('../../../query/cannot-match.ts');
  const parsed = parseQuery(query);
  if (!parsed.ok) return;
  const bundles = bundlesOf(open.summary, options.node);
  const ids = new Set(bundles.map(({ id }) => id));
  const files = asksForFiles(parsed.query) ? await open.session.call('file.list', { caseId: open.caseId }) : null;
  const searched = {
    nodes: bundles.map(({ node }) => node),
    files: files?.filter(({ bundle }) => ids.has(bundle)) ?? null,
  };
  for (const sentence of cannotMatch(parsed.query, searched)) await output.note(sentence);
}

function askedOf({ caseId, summary }: OpenCase, query: string, options: Options) {
  const bundles = options.node === undefined ? null : bundlesOf(summary, options.node).map(({ id }) => id);
  return {
    caseId,
    query,
    bundles,
    order: options.order ?? 'file',
    limit: options.count === true ? 0 : (options.limit ?? SEARCH_LIMIT_DEFAULT),
    context: options.count === true ? 0 : (options.context ?? 0),
    ...(options.timeLimit === undefined ? {} : { timeLimitMs: options.timeLimit * 1000 }),
  };
}

/** The name of the one search of this process. */
const SEARCH = 'command line';

async function search(open: OpenCase, output: Output, query: string, options: Options): Promise<ExitCode> {
  const answer = await open.session.call('search.run', { ...askedOf(open, query, options), search: SEARCH });
  const nodes = nodesOf(open, options);
  const { limit = SEARCH_LIMIT_DEFAULT } = options;
  const which = options.best === true ? 'best' : 'first';
  const shown = which === 'best' ? answer.best.slice(0, limit) : answer.matches;
  if (options.count === true) await count(output, answer, nodes);
  else if (output.form === 'json') await output.json(publicSearch(answer));
  else await output.lines(matchLines(output, shown, nodes, options.times === true ? 'shown' : 'left out'));
  if (options.facets === true && output.form === 'text') {
    await output.lines([...(shown.length > 0 ? [''] : []), ...facetLines(output, answer.facets, nodes)]);
  }
  if (answer.stopped !== null) await output.warn(answer.stopped.message);
  if (options.count !== true || output.form === 'text') {
    const scope = options.node === undefined ? '' : ` of ${options.node}`;
    const told = { which, count: options.count === true ? answer.total : shown.length } as const;
    const searched = bundlesOf(open.summary, options.node);
    const gaps = searched.some((bundle) => bundle.gaps.some((gap) => gap.weight === 'major'));
    await output.note(summaryLine(answer, told, scope, gaps ? 'with gaps' : 'whole'));
  }
  if (which === 'best' && shown.length === 0 && answer.total > 0 && limit > 0 && options.count !== true) {
    await output.note('None of them is a warning or an error that the words of this query lead to.');
  }
  if (which === 'first' && options.count !== true && output.form === 'text') await noteNext(output, answer.next);
  return answer.complete ? EXIT.done : EXIT.gaps;
}

async function nextPage(
  open: OpenCase,
  output: Output,
  query: string,
  options: Options,
  after: string,
): Promise<ExitCode> {
  let page: SearchPage;
  try {
    page = await open.session.call('search.page', { ...askedOf(open, query, options), after });
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'time-limit') throw error;
    const { message } = error.failure;
    if (output.form === 'json')
      await output.json({ matches: [], next: after, stopped: { because: 'time-limit', message } });
    await output.warn(message);
    return EXIT.gaps;
  }
  const { matches, next } = page;
  const { unreadable } = open.summary;
  const stopped =
    unreadable.length === 0 ? null : (await import('../../../jobs/search-handlers.ts')).notSearched(unreadable);
  if (output.form === 'json') await output.json({ matches: matches.map(publicMatch), next, stopped });
  else {
    const times = options.times === true ? 'shown' : 'left out';
    await output.lines(matchLines(output, matches, nodesOf(open, options), times));
    await noteNext(output, next);
  }
  if (stopped === null) return EXIT.done;
  await output.warn(stopped.message);
  return EXIT.gaps;
}

function nodesOf({ summary }: OpenCase, options: Options): Nodes {
  return bundlesOf(summary, options.node).length > 1 ? 'several nodes' : 'one node';
}

async function noteNext(output: Output, next: string | null): Promise<void> {
  if (next !== null) await output.note(`The next ones: --after ${next}`);
}

async function count(output: Output, answer: SearchAnswer, nodes: Nodes): Promise<void> {
  const { total, facets, complete, stopped } = answer;
  if (output.form === 'text') await output.lines(countLines(answer, nodes));
  else await output.json({ total, byFile: facets.file, ...(complete ? {} : { complete, stopped }) });
}

function publicSearch(answer: SearchAnswer) {
  const { total, complete, matches, facets, best, stopped, next } = answer;
  return {
    total,
    complete,
    matches: matches.map(publicMatch),
    facets,
    best: best.map(publicMatch),
    stopped,
    next,
  };
}

function publicMatch(match: SearchMatch) {
  const { node, file, line, time, timeBasis, text, ranges, ...rest } = match;
  return { node, file, line, time, timeBasis, text, ranges, ...rest };
}
