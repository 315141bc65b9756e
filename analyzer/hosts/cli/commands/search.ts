/** `coldcase search <target> QUERY`: matching lines of every file, and how many there are in all. */
import type { Command } from 'commander';
import type { SearchAnswer, SearchMatch } from '../../../contract/search.ts';
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX } from '../../../core/limits.ts';
import { counted, nodeName } from '../../../report/model.ts';
import { instantWords } from '../clock-text.ts';
import { EXIT } from '../exit.ts';
import { wholeNumber, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget } from '../session.ts';
import { grouped, visible } from '../text.ts';

interface Options extends TargetOptions {
  readonly limit?: number;
  readonly count?: boolean;
  readonly times?: boolean;
  readonly context?: number;
}

/** The contract's own bound. */
const CONTEXT_MAX = 100;

export const registerSearch: Registrar = (program, run) => {
  const command = withTargetOptions(program.command('search'))
    .description('find lines; several words must all occur in a line')
    .argument('<query...>', 'words')
    .option('--limit <n>', `matches to print (default ${SEARCH_LIMIT_DEFAULT})`, wholeNumber(0, SEARCH_LIMIT_MAX))
    .option('--count', 'only how many, by file')
    .option('--times', 'before each match its instant in UTC and what that rests on')
    .option('--context <n>', 'lines before and after each match', wholeNumber(0, CONTEXT_MAX));
  command.action((target: string, words: readonly string[], options: Options, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async ({ session, caseId, summary }) => {
        const answer = await session.call('search.run', {
          caseId,
          query: words.join(' '),
          limit: options.count === true ? 0 : (options.limit ?? SEARCH_LIMIT_DEFAULT),
          context: options.count === true ? 0 : (options.context ?? 0),
        });
        const nodes = summary.bundles.length > 1 ? 'several nodes' : 'one node';
        if (options.count === true) await count(output, answer, nodes);
        else if (output.form === 'json') await output.json(publicSearch(answer));
        else
          await output.lines(matchLines(output, answer.matches, nodes, options.times === true ? 'shown' : 'left out'));
        if (options.count !== true || output.form === 'text') await output.note(summaryLine(answer, options));
        return EXIT.done;
      }),
    ),
  );
};

async function count(output: Output, answer: SearchAnswer, nodes: 'one node' | 'several nodes'): Promise<void> {
  if (output.form === 'json') {
    await output.json({ total: answer.total, byFile: answer.facets.file });
    return;
  }
  const width = grouped(answer.total).length;
  await output.lines([
    ...answer.facets.file.map((one) => `${grouped(one.count).padStart(width)}  ${place(one, nodes)}`),
    `${grouped(answer.total)}  total`,
  ]);
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

function place(
  one: { readonly node: string | null; readonly file: string },
  nodes: 'one node' | 'several nodes',
): string {
  return nodes === 'several nodes' ? `${visible(nodeName(one.node))} ${visible(one.file)}` : visible(one.file);
}

/** @returns `file:line: text`, context lines as `file-line- text`, groups apart by `--` when there is context. */
function matchLines(
  output: Output,
  matches: readonly SearchMatch[],
  nodes: 'one node' | 'several nodes',
  times: 'shown' | 'left out',
): readonly string[] {
  const context = matches.some((match) => match.before.length + match.after.length > 0);
  return matches.flatMap((match, index) => {
    const at = place(match, nodes);
    const time = times === 'shown' ? `${output.paint('dim', instantWords(match.time, match.timeBasis))} ` : '';
    const near = (text: string, line: number): string => output.paint('dim', `${at}-${line}- ${visible(text)}`);
    return [
      ...(context && index > 0 ? ['--'] : []),
      ...match.before.map((text, offset) => near(text, match.line - match.before.length + offset)),
      `${at}:${match.line}: ${time}${highlighted(output, match)}`,
      ...match.after.map((text, offset) => near(text, match.line + 1 + offset)),
    ];
  });
}

function highlighted(output: Output, match: SearchMatch): string {
  let at = 0;
  let shown = '';
  for (const [start, end] of [...match.ranges].sort((a, b) => a[0] - b[0])) {
    if (start < at) continue;
    shown += visible(match.text.slice(at, start)) + output.paint('strong', visible(match.text.slice(start, end)));
    at = end;
  }
  return shown + visible(match.text.slice(at));
}

function summaryLine(answer: SearchAnswer, options: Options): string {
  const shown = options.count === true ? answer.total : answer.matches.length;
  const first = shown < answer.total ? `, the first ${grouped(shown)} shown` : '';
  const looked = answer.complete ? 'every line of every file was looked at' : 'NOT every line was looked at';
  return `${counted(answer.total, 'matching line')} in ${counted(answer.facets.file.length, 'file')}${first}; ${looked}.`;
}
