/** `coldcase runbooks [target]` and `coldcase runbook <target> <id|file>`. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { CaseSummary, MethodOutput } from '../../../contract/contract.ts';
import { prose } from '../../../report/markdown-text.ts';
import { notOpenedSentence } from '../../../report/model.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { bundlesNotOpenedIn, notOpenedLines } from '../lost-bundles.ts';
import { oneBundleOf } from '../nodes.ts';
import { TARGET, withNodeOption, withOutputOptions, withRulesOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import {
  existingPath,
  type RuleOptions,
  type Session,
  type TargetOptions,
  withEngine,
  withRuleFolders,
  withTarget,
  wrongUsage,
} from '../session.ts';
import { visible, wrap } from '../text.ts';
import type { World } from '../world.ts';

interface ListOptions extends TargetOptions, RuleOptions {
  readonly runbooks?: readonly string[];
}

const FORMATS = ['yaml', 'json', 'md'] as const;
interface RunOptions extends ListOptions {
  readonly format?: (typeof FORMATS)[number];
}

/** Adds --runbooks. */
function withRunbooksOption(command: Command): Command {
  return command.option(
    '--runbooks <dir>',
    'also these runbooks: a folder or a file; may be given several times',
    (word: string, before: readonly string[] = []) => [...before, word],
  );
}

export const registerRunbooks: Registrar = (program, run) => {
  const list = withOutputOptions(program.command('runbooks'))
    .argument('[target]', `${TARGET}; with it, what leads to each runbook`)
    .option('--case <dir>', 'import into this case instead of a temporary one')
    .option('--keep', 'keep the temporary case and print its path');
  const command = withRulesOption(withRunbooksOption(list)).description(
    'list runbooks, those that the case leads to first',
  );
  command.action((target: string | undefined, options: ListOptions, self: Command) =>
    run(self, async (here, output) => {
      const world = await withRuleFolders(here, output, options);
      const folders = await placesOf(world, output, options);
      if (target === undefined) {
        return withEngine(world, output, (session) => listRunbooks(session, null, folders, output));
      }
      return withTarget(world, output, target, options, ({ session, summary }) =>
        listRunbooks(session, summary, folders, output),
      );
    }),
  );
};

export const registerRunbook: Registrar = (program, run) => {
  const command = withRulesOption(withRunbooksOption(withNodeOption(withTargetOptions(program.command('runbook')))))
    .argument('<runbook>', 'its id, or a file with one')
    .description('run a runbook on a case: every step, its end and its evidence; print its document')
    .addOption(
      new Option(
        '--format <format>',
        'yaml: the document in the runbook’s own form; json: everything; md: everything for people',
      )
        .choices(FORMATS)
        .default('yaml'),
    );
  command.action((target: string, name: string, options: RunOptions, self: Command) =>
    run(self, async (here, output) => {
      const world = await withRuleFolders(here, output, options);
      const folders = await placesOf(world, output, options);
      if (name.trim() === '') wrongUsage('This names no runbook.', name, 'List them with `coldcase runbooks`.');
      const file = await fileOf(world, name);
      return withTarget(world, output, target, options, async ({ session, caseId, summary }) => {
        // Without any bundle it says why there is none; of several the runbook chooses.
        const chosen = options.node !== undefined || summary.bundles.length === 0;
        const bundle = chosen ? oneBundleOf(summary, options.node).id : null;
        const result = await session.call('runbooks.run', {
          caseId,
          runbook: file ?? name,
          bundle,
          folders: file === null ? [...folders] : [file, ...folders],
        });
        const { format } = options;
        const bundlesNotOpened = await bundlesNotOpenedIn(summary);
        if (output.form === 'json' || format === 'json') await output.json({ ...result, bundlesNotOpened });
        else {
          const lost = bundlesNotOpened.map(notOpenedSentence);
          await output.raw(format === 'md' ? markdownAbove(lost) : commentsAbove(lost));
          await output.raw(format === 'md' ? result.markdown : result.document);
        }
        const open = result.askCustomer.length;
        if (open > 0) {
          const form = format === 'md' || format === 'json' ? '' : ' (--format md lists them)';
          await output.note(`${open} ${open === 1 ? 'command' : 'commands'} to ask the customer for${form}.`);
        }
        return EXIT.done;
      });
    }),
  );
};

/** @returns what stands above a runbook's document in YAML, which has no place for it. */
function commentsAbove(sentences: readonly string[]): string {
  return sentences.map((one) => `# ${one.replace(/\s+/g, ' ')}\n`).join('');
}

function markdownAbove(sentences: readonly string[]): string {
  return sentences.map((one) => `> ${prose(one)}\n\n`).join('');
}

/** Folders as absolute paths; one that does not exist ends the command. */
async function placesOf(world: World, output: Output, { runbooks = [] }: ListOptions): Promise<readonly string[]> {
  const places: string[] = [];
  for (const given of runbooks) {
    const full = await existingPath(world, given);
    const { runbookFiles } = await import('../../../runbooks/loader.ts');
    const { files, mistake } = runbookFiles(full);
    // What is wrong with one, the engine tells.
    if (files.length === 0 && mistake === null) {
      await output.warn(`No runbooks in ${given}: their files end in .md, .txt, .yaml or .yml.`);
    }
    places.push(full);
  }
  return places;
}

/** A word with a separator or an ending may be a file; ids have neither. */
async function fileOf(world: World, name: string): Promise<string | null> {
  if (!/[./\\]/.test(name)) return null;
  const full = path.resolve(world.workingFolder, name);
  const found = await stat(full).catch(() => null);
  return found?.isFile() === true ? full : existingPath(world, name);
}

async function listRunbooks(
  session: Session,
  summary: CaseSummary | null,
  folders: readonly string[],
  output: Output,
): Promise<ExitCode> {
  const answer = await session.call('runbooks.list', { caseId: summary?.id ?? null, folders: [...folders] });
  if (output.form === 'text' && summary !== null) await output.lines(await notOpenedLines(output, summary));
  if (output.form === 'json') {
    await output.json({ ...answer, bundlesNotOpened: summary === null ? [] : await bundlesNotOpenedIn(summary) });
  } else await output.lines(answer.runbooks.flatMap((one) => runbookLines(output, one)));
  for (const { file, mistakes } of answer.broken) {
    for (const { line, column, message } of mistakes) {
      await output.warn(`Broken runbook ${file}:${line}:${column}: ${message}`);
    }
  }
  if (answer.notSuggested !== null) await output.warn(`Nothing could be suggested: ${answer.notSuggested}`);
  return EXIT.done;
}

type Listed = MethodOutput<'runbooks.list'>['runbooks'][number];

function runbookLines(output: Output, { runbook, suggested }: Listed): readonly string[] {
  const own = runbook.origin === 'own' ? ` (${visible(runbook.file)})` : '';
  const status = runbook.status === 'active' ? '' : ` [${visible(runbook.status)}]`;
  const mark = suggested.length > 0 ? '* ' : '  ';
  return [
    `${mark}${output.paint('strong', visible(runbook.id))}${status}  ${visible(runbook.title.replace(/\s+/g, ' '))}${own}`,
    ...suggested.flatMap(({ because }) => wrap(because, output.width, '    - ', '      ')),
  ];
}
