/** `coldcase import <archive|folder>... --case DIR`: into a case that stays. */

import type { Command } from 'commander';
import { Option } from 'commander';
import type { ClockOverride } from '../../../core/clock-override.ts';
import { FailureError } from '../../../core/failure.ts';
import { gapSentence } from '../../../core/gap-sentence.ts';
import { grouped } from '../../../core/grouped.ts';
import type { CaseId } from '../../../core/ids.ts';
import { overrideNotApplied } from '../../../core/import-override.ts';
import type { ImportResult } from '../../../core/job.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { counted } from '../../../report/model.ts';
import { type ClockOptions, clockSettings, setClocks, withClockOptions } from '../clock-settings.ts';
import { overrideWords } from '../clock-text.ts';
import { EXIT, type ExitCode, exitOf } from '../exit.ts';
import { withOutputOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { existingPath, type Session, withNamedCase } from '../session.ts';
import { bytesWords, visible, wrap } from '../text.ts';

interface Options extends ClockOptions {
  readonly case: string;
  readonly title?: string;
  readonly node?: string;
  readonly layout?: string;
  readonly mark?: 'healthy';
}

export const registerImport: Registrar = (program, run) => {
  const command = withClockOptions(withOutputOptions(program.command('import')))
    .description('import archives or folders into a case; the same bytes again change nothing')
    .argument('<source...>', 'archives, or folders of files')
    .requiredOption('--case <dir>', 'the case; made when it is not there')
    .option('--title <text>', 'title of a new case (default: the name of its folder)')
    .option('--node <name>', 'the node these bundles are of, when it cannot be recognised')
    .option('--layout <id>', 'how the bundles are arranged, when it is recognised wrongly')
    .addOption(new Option('--mark <mark>', 'mark the bundles: healthy ones are a baseline').choices(['healthy']));
  command.action((sources: readonly string[], options: Options, self: Command) =>
    run(self, async (world, output) => {
      const paths: string[] = [];
      for (const source of sources) paths.push(await existingPath(world, source));
      const settings = { node: options.node ?? null, layout: options.layout ?? null, mark: options.mark ?? null };
      return withNamedCase(world, output, options.case, options.title ?? null, async (session, caseId) => {
        const imports = await session.importPaths(caseId, paths, settings);
        const bundles = imports.flatMap((one) => one.bundle ?? []);
        const clocks = await setAfterImport(session, caseId, bundles, options);
        if (output.form === 'json') await output.json({ ...publicImport(caseId, imports), overrides: clocks.set });
        else await output.lines(imports.flatMap((one) => importLines(output, one)));
        if (output.form === 'json') {
          for (const one of imports)
            if (one.failure !== null) await output.warn(`${one.source}: ${one.failure.message}`);
        }
        for (const { outcome, bundle, source } of imports) {
          const ignored =
            outcome === 'already-imported' && bundle !== null ? overrideNotApplied(settings, bundle) : null;
          if (ignored !== null) await output.warn(`${source}: ${ignored}`);
        }
        for (const one of clocks.set) await output.note(`Set: ${overrideWords(one)}`);
        if (clocks.refused !== null) throw clocks.refused;
        return exitCode(imports);
      });
    }),
  );
};

/** What was imported stays and is told, also when a setting then means nothing in it. */
async function setAfterImport(
  session: Session,
  caseId: CaseId,
  bundles: readonly Bundle[],
  options: ClockOptions,
): Promise<{ readonly set: readonly ClockOverride[]; readonly refused: FailureError | null }> {
  const set: ClockOverride[] = [];
  if (bundles.length === 0) return { set, refused: null };
  for (const setting of clockSettings(options)) {
    try {
      set.push(...(await setClocks(session, caseId, bundles, 'these', [setting])));
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      return { set, refused: error };
    }
  }
  return { set, refused: null };
}

/** All failed: as the first failure says. Some failed, or gaps that matter: 4. */
function exitCode(imports: readonly ImportResult[]): ExitCode {
  const failures = imports.flatMap((one) => (one.failure === null ? [] : [one.failure]));
  const [first] = failures;
  if (first !== undefined && failures.length === imports.length) return exitOf(first);
  if (failures.some((failure) => failure.code === 'internal')) return EXIT.internal;
  const major = imports.some((one) => one.bundle?.gaps.some((gap) => gap.weight === 'major'));
  return failures.length > 0 || major ? EXIT.gaps : EXIT.done;
}

/** @returns the documented shape: bundles of this import, in the order they were given. */
export function publicImport(caseId: string, imports: readonly ImportResult[]) {
  return {
    case: caseId,
    bundles: imports.flatMap((one) =>
      one.bundle === null ? [] : [{ ...publicBundle(one.bundle), import: one.outcome, source: one.source }],
    ),
    failures: imports.flatMap(({ source, failure }) => (failure === null ? [] : [{ source, ...failure }])),
  };
}

function publicBundle(bundle: Bundle) {
  const { id, sha256, layout, layoutBecause, node, collectedAt, files, lines, bytes, storedBytes, ...more } = bundle;
  const { outcome, gaps, ...rest } = more;
  return {
    ...{ id, sha256, layout, layoutBecause, node, collectedAt, files, lines, bytes, storedBytes, outcome, gaps },
    ...rest,
  };
}

function importLines(output: Output, one: ImportResult): readonly string[] {
  const { bundle, failure, source } = one;
  if (bundle === null) {
    return [
      `${one.outcome}: ${visible(source)}`,
      ...(failure === null ? [] : wrap(failure.message, output.width, '  ')),
      ...(failure?.advice ? wrap(failure.advice, output.width, '  ') : []),
    ];
  }
  if (one.outcome === 'already-imported') {
    return [
      `already in this case, nothing done: ${visible(source)}`,
      `  sha256 ${bundle.sha256}, ${bundle.node === null ? 'node not known' : `node ${visible(bundle.node)}`}`,
    ];
  }
  const major = bundle.gaps.filter((gap) => gap.weight === 'major').length;
  const gaps = bundle.gaps.length + bundle.gapsNotListed;
  return [
    `${one.outcome}: ${visible(source)}`,
    ...wrap(`node ${bundle.node ?? 'not known'} (${bundle.nodeBecause})`, output.width, '  '),
    ...wrap(`layout ${bundle.layout} (${bundle.layoutBecause})`, output.width, '  '),
    `  ${counted(bundle.files, 'file')}, ${counted(bundle.lines, 'line')}, ${bytesWords(bundle.bytes)} of text stored in ${bytesWords(bundle.storedBytes)}`,
    `  sha256 ${bundle.sha256}`,
    ...(gaps === 0
      ? ['  no gaps']
      : [`  ${counted(gaps, 'gap')}, ${grouped(major)} of which ${major === 1 ? 'matters' : 'matter'}`]),
    ...bundle.gaps.flatMap((gap) =>
      wrap(
        `${gap.weight === 'major' ? 'matters: ' : ''}${gapSentence(gap)}${gap.file === null ? '' : ` (${gap.file})`}`,
        output.width,
        '    - ',
        '      ',
      ),
    ),
  ];
}
