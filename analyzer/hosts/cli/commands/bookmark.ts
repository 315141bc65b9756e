/** `coldcase bookmark <case>`: the lines that are kept in a case, and keeping and dropping them. */
import type { Command } from 'commander';
import type { Bookmark } from '../../../core/notebook.ts';
import { counted, nodeName } from '../../../report/model.ts';
import { EXIT } from '../exit.ts';
import { bundlesOf } from '../nodes.ts';
import { wholeNumber, withNodeOption, withOutputOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { existingPath, type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { sourceFileOf } from '../source-file.ts';
import { visible } from '../text.ts';

interface Options extends TargetOptions {
  readonly line?: number;
  readonly note?: string;
  readonly remove?: readonly number[];
}

export const registerBookmark: Registrar = (program, run) => {
  const command = withNodeOption(withOutputOptions(program.command('bookmark')))
    .description('list the lines that are kept in a case; with a file and --line keep one more')
    .argument('<case>', 'a case folder')
    .argument('[file]', 'keep a line of this one: its path in the bundle, or the end of it')
    .option('--line <n>', 'the line to keep', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--note <text>', 'what to remember about it; takes the place of its note')
    .option('--remove <ids...>', 'take bookmarks away by the numbers that the list shows', numbers);
  command.action((target: string, file: string | undefined, options: Options, self: Command) =>
    run(self, async (world, output) => {
      if ((file === undefined) !== (options.line === undefined)) {
        wrongUsage('A line is kept by its file and --line together.', file ?? `--line ${options.line}`);
      }
      if (file === undefined && options.note !== undefined)
        wrongUsage('A note belongs to a file and --line.', '--note');
      if (file !== undefined && options.remove !== undefined)
        wrongUsage('Keep or take away, one at a time.', '--remove');
      if (!(await world.isCaseFolder(await existingPath(world, target)))) {
        wrongUsage(
          'Bookmarks are kept in a case, and this is not one.',
          target,
          'Make one with `coldcase import --case`.',
        );
      }
      return withTarget(world, output, target, options, async (open) => {
        const bookmarks = await bookmarksAfter(open, output, file, options);
        if (output.form === 'json') await output.json(bookmarks.map((one) => publicBookmark(open, one)));
        else {
          await output.lines(bookmarks.flatMap((one) => bookmarkLines(open, one)));
          if (bookmarks.length === 0) await output.note('No bookmarks.');
        }
        return EXIT.done;
      });
    }),
  );
};

/** Each word of the option comes by itself. */
function numbers(word: string, before: readonly number[] = []): readonly number[] {
  return [...before, wholeNumber(1, Number.MAX_SAFE_INTEGER)(word)];
}

/** @returns what is to be shown: the one that was set, those that were taken away, or all there are. */
async function bookmarksAfter(
  open: OpenCase,
  output: Output,
  file: string | undefined,
  { line, note, node, remove }: Options,
): Promise<readonly Bookmark[]> {
  const { session, caseId } = open;
  const all = await session.call('bookmark.list', { caseId });
  if (remove !== undefined) {
    const unknown = remove.find((id) => all.every((one) => one.id !== id));
    if (unknown !== undefined) wrongUsage('There is no bookmark with this number.', String(unknown));
    const gone = await session.call('bookmark.remove', { caseId, ids: [...remove] });
    await output.note(`Taken away: ${counted(gone.length, 'bookmark')}.`);
    return gone;
  }
  if (file === undefined || line === undefined) {
    const bundles = new Set(bundlesOf(open.summary, node).map(({ id }) => id));
    return node === undefined ? all : all.filter(({ bundle }) => bundles.has(bundle));
  }
  const source = await sourceFileOf(open, file, node);
  const before = all.find((one) => one.bundle === source.bundle && one.file === source.path && one.line === line);
  const asked = { caseId, bundle: source.bundle, file: source.path, line, note: note ?? before?.note ?? '' };
  return [await session.call('bookmark.set', asked)];
}

function nodeOf({ summary }: OpenCase, { bundle }: Bookmark): string | null {
  return summary.bundles.find(({ id }) => id === bundle)?.node ?? null;
}

function publicBookmark(open: OpenCase, bookmark: Bookmark) {
  const { file, line, note, text, ...rest } = bookmark;
  return { node: nodeOf(open, bookmark), file, line, note, text, ...rest };
}

function bookmarkLines(open: OpenCase, bookmark: Bookmark): readonly string[] {
  const { id, file, line, text, note } = bookmark;
  const node = open.summary.bundles.length > 1 ? `${visible(nodeName(nodeOf(open, bookmark)))} ` : '';
  return [
    `${id}  ${node}${visible(file)}:${line}: ${visible(text)}`,
    ...note.split('\n').flatMap((row) => (row === '' ? [] : [`    ${visible(row)}`])),
  ];
}
