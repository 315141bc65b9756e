/** `coldcase clock align <target>`: how the clocks of nodes stand against each other; it changes none of them. */
import path from 'node:path';
import type { Command } from 'commander';
import type { ClockAlignment, ClockAnchor } from '../../../core/timeline.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { shiftText } from '../../../time/zones.ts';
import { EXIT } from '../exit.ts';
import { label } from '../nodes.ts';
import { withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { RunCommand } from '../registrar.ts';
import { type TargetOptions, withTarget } from '../session.ts';
import { visible, wrap } from '../text.ts';

interface Options extends TargetOptions {
  readonly anchors?: true;
}

/** Anchors tell clocks apart to a few tenths of a second: a smaller shift would add nothing but noise. */
const WORTH_A_SHIFT_MS = 1_000;
/** What is applied is given in tenths of a second. */
const SHIFT_STEP_MS = 100;

export function addClockAlign(clock: Command, run: RunCommand): void {
  const command = withTargetOptions(clock.command('align'))
    .description('measure how the clocks of nodes stand against each other, by what they saw; nothing is moved')
    .option('--anchors', 'also list what both clocks saw, with the lines');
  command.action((target: string, _: Options, self: Command) =>
    run(self, (world, output) =>
      // What `clock` takes as well is read there.
      withTarget(world, output, target, self.optsWithGlobals<Options>(), async ({ session, caseId, summary }) => {
        const alignments = await session.call('clocks.align', { caseId });
        if (output.form === 'json') {
          await output.json(alignments);
          return EXIT.done;
        }
        await output.lines([...wrap(alignments.sentence, output.width), '']);
        const isCase = await world.isCaseFolder(path.resolve(world.workingFolder, target));
        const apply = isCase ? `coldcase clock ${quoted(target)}` : `coldcase import ${quoted(target)} --case DIR`;
        for (const node of alignments.nodes) {
          const name = nameOf(node, summary.bundles);
          await output.lines(nodeLines(output, name, node));
          const shift = shiftFor(node);
          if (shift !== null) await output.lines([`    ${visible(`${apply} --shift ${quoted(`${name}=${shift}`)}`)}`]);
          if (self.opts<Options>().anchors === true) await output.lines(anchorLines(node));
        }
        return EXIT.done;
      }),
    ),
  );
}

function nameOf({ bundle, node }: ClockAlignment, bundles: readonly Bundle[]): string {
  const found = bundles.find(({ id }) => id === bundle);
  return found === undefined ? (node ?? bundle) : label(found, bundles);
}

function nodeLines(output: Output, name: string, { sentence }: ClockAlignment): readonly string[] {
  return [output.paint('strong', visible(name)), ...wrap(sentence, output.width, '  ')];
}

/** @returns what `--shift` would take to undo the offset; null where it is small, unknown, or applied already. */
function shiftFor({ offsetMs, shiftMs }: ClockAlignment): string | null {
  if (offsetMs === null || Math.abs(offsetMs) < WORTH_A_SHIFT_MS) return null;
  const shift = -Math.round(offsetMs / SHIFT_STEP_MS) * SHIFT_STEP_MS;
  return shift === shiftMs ? null : shiftText(shift);
}

function anchorLines({ anchors, anchorCount }: ClockAlignment): readonly string[] {
  const more = anchorCount - anchors.length;
  return [...anchors.flatMap(anchorText), ...(more > 0 ? [`    ${more} more anchors not listed`] : [])];
}

function anchorText({ what, offsetMs, here, there }: ClockAnchor): readonly string[] {
  const place = ({ node, file, line }: ClockAnchor['here']): string =>
    visible(`${node === null ? '' : `${node} `}${file}:${line}`);
  const seconds = `${offsetMs < 0 ? '-' : '+'}${(Math.abs(offsetMs) / 1000).toFixed(3)} s`;
  return [`    ${seconds.padStart(12)}  ${visible(what)}`, `        ${place(here)}`, `        ${place(there)}`];
}

/** As a POSIX shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./:=+@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
