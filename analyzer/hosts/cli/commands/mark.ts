/** `coldcase pin` and `coldcase note`: what the engineer says of a finding, kept by the case. */
import type { Command } from 'commander';
import type { FindingMark } from '../../../core/notebook.ts';
import { EXIT } from '../exit.ts';
import { chosenFindings } from '../finding-words.ts';
import { withOutputOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { existingPath, withTarget, wrongUsage } from '../session.ts';
import { visible } from '../text.ts';
import type { World } from '../world.ts';

const IDS = 'ids of findings, or their first digits, separated by commas';
const CASE = 'a case folder';

export const registerPin: Registrar = (program, run) => {
  const command = withOutputOptions(program.command('pin'))
    .description('pin findings in a case')
    .argument('<case>', CASE)
    .argument('<findings>', IDS)
    .option('--remove', 'take the pins away');
  command.action((target: string, findings: string, { remove }: { readonly remove?: boolean }, self: Command) =>
    run(self, (world, output) => mark(world, output, target, findings, { pinned: remove === true ? 'no' : 'yes' })),
  );
};

export const registerNote: Registrar = (program, run) => {
  const command = withOutputOptions(program.command('note'))
    .description('write a note to a finding; it stands in the report')
    .argument('<case>', CASE)
    .argument('<findings>', IDS)
    .argument('<text>', 'the note; an empty one takes it away');
  command.action((target: string, findings: string, note: string, _options: object, self: Command) =>
    run(self, (world, output) => mark(world, output, target, findings, { note })),
  );
};

async function mark(
  world: World,
  output: Output,
  target: string,
  words: string,
  change: Partial<Pick<FindingMark, 'pinned' | 'note'>>,
) {
  if (!(await world.isCaseFolder(await existingPath(world, target)))) {
    wrongUsage(
      'Pins and notes are kept in a case, and this is not one.',
      target,
      'Make one with `coldcase import --case`.',
    );
  }
  return withTarget(world, output, target, {}, async (open) => {
    const { session, caseId } = open;
    const chosen = await chosenFindings(open, words, 'argument');
    let marks: readonly FindingMark[] = await session.call('mark.list', { caseId });
    for (const finding of chosen) {
      const { pinned = 'no', noise = 'no', note = '' } = marks.find((one) => one.finding === finding) ?? {};
      marks = await session.call('mark.set', { caseId, finding, pinned, noise, note, ...change });
    }
    if (output.form === 'json') await output.json(marks);
    else {
      await output.lines(marks.map(lineOf));
      if (marks.length === 0) await output.note('No pins and no notes are left in this case.');
    }
    return EXIT.done;
  });
}

function lineOf({ finding, pinned, noise, note }: FindingMark): string {
  const said = [pinned === 'yes' ? 'pinned' : '', noise === 'yes' ? 'noise' : '', note].filter((one) => one !== '');
  return visible(`${finding}  ${said.join(', ').replace(/\s+/g, ' ')}`);
}
