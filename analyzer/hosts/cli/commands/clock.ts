/** `coldcase clock <case>`: how the times of each file become instants, and what the engineer says about it. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ClockOverride } from '../../../core/clock-override.ts';
import type { Bundle, SourceFile } from '../../../core/vocabulary.ts';
import { counted, nodeName } from '../../../report/model.ts';
import { type ClockOptions, clockSettings, setClocks, withClockOptions } from '../clock-settings.ts';
import { clockWords, overrideWords } from '../clock-text.ts';
import { EXIT } from '../exit.ts';
import { bundlesOf } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { visible, wrap } from '../text.ts';
import { addClockAlign } from './clock-align.ts';

interface Options extends TargetOptions, ClockOptions {
  readonly clear?: Clear;
}

export const registerClock: Registrar = (program, run) => {
  const command = withTargetOptions(program.command('clock')).description(
    'show how the times of each file are read and why; set or take back a zone or a shift',
  );
  withClockOptions(withNodeOption(command)).option(
    '--clear <number>',
    'take back what was set: its number, or all',
    collectNumber,
  );
  addClockAlign(command, run);
  command.action((target: string, options: Options, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async (open) => {
        const bundles = bundlesOf(open.summary, options.node);
        if (options.clear !== undefined) await clear(open, output, options.clear);
        const scope = options.node === undefined ? 'case' : 'these';
        await setClocks(open.session, open.caseId, bundles, scope, clockSettings(options));
        await show(open, output, bundles);
        return EXIT.done;
      }),
    ),
  );
};

type Clear = readonly (number | 'all')[];

function collectNumber(word: string, before: Clear | undefined): Clear {
  if (word !== 'all' && !/^[1-9]\d{0,14}$/.test(word)) throw new InvalidArgumentError('Expected a number, or all.');
  return [...(before ?? []), word === 'all' ? word : Number(word)];
}

async function clear(open: OpenCase, output: Output, which: Clear): Promise<void> {
  const numbers = which.filter((one) => one !== 'all');
  const overrides = which.includes('all') ? null : numbers;
  const known = await open.session.call('clock.overrides', { caseId: open.caseId });
  const missing = numbers.find((id) => !known.some((one) => one.id === id));
  if (overrides !== null && missing !== undefined) {
    wrongUsage('Nothing with this number was set.', String(missing), 'Numbers are listed by `coldcase clock`.');
  }
  const gone = await open.session.call('clock.restore', { caseId: open.caseId, overrides });
  for (const one of gone) await output.note(`Taken back: ${overrideWords(one)}`);
}

async function show(open: OpenCase, output: Output, bundles: readonly Bundle[]): Promise<void> {
  const overrides = await open.session.call('clock.overrides', { caseId: open.caseId });
  const files = await open.session.call('file.list', { caseId: open.caseId });
  const ofBundle = bundles.map((bundle) => ({ bundle, files: files.filter((file) => file.bundle === bundle.id) }));
  if (output.form === 'json') {
    await output.json({
      overrides,
      files: ofBundle.flatMap(({ bundle, files: own }) =>
        own.map(({ path, clock, firstTime, lastTime }) => ({
          ...{ node: bundle.node, bundle: bundle.id, path, firstTime, lastTime, clock },
        })),
      ),
    });
    return;
  }
  await output.lines(overrideLines(overrides));
  for (const { bundle, files: own } of ofBundle) {
    if (bundles.length > 1) await output.lines([`${visible(nodeName(bundle.node))}  ${visible(bundle.name)}`]);
    const timed = own.filter((file) => file.clock.stamps !== 'none');
    await output.lines(timed.flatMap((file) => fileLines(output, file)));
    const without = own.length - timed.length;
    const where = bundles.length > 1 ? `${nodeName(bundle.node)}: ` : '';
    if (without > 0) await output.note(`${where}${counted(without, 'file')} without times not shown.`);
  }
}

function overrideLines(overrides: readonly ClockOverride[]): readonly string[] {
  return overrides.length === 0
    ? []
    : ['Set by hand:', ...overrides.map((one) => `  ${visible(overrideWords(one))}`), ''];
}

function fileLines(output: Output, file: SourceFile): readonly string[] {
  return [
    `${output.paint('strong', visible(file.path))}  ${clockWords(file.clock)}`,
    ...file.clock.because.flatMap((because) => wrap(because, output.width, '  - ', '    ')),
  ];
}
