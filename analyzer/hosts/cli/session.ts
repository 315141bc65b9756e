/** From a `<target>` to an open case: a case folder as it is, anything else imported into a temporary or a named case. */
import { lstat, readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CaseSummary, MethodInput, MethodName, MethodOutput } from '../../contract/contract.ts';
import type { Engine } from '../../contract/engine-api.ts';
import { BUNDLES_FOLDER } from '../../core/case-files.ts';
import { type Failure, FailureError, fail } from '../../core/failure.ts';
import { gapSentence } from '../../core/gap-sentence.ts';
import type { CaseId } from '../../core/ids.ts';
import type { ImportResult } from '../../core/job.ts';
import { whyUnreadable } from '../../core/why-unreadable.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { nearPaths } from './near-paths.ts';
import type { Output } from './output.ts';
import { createProgress, type Progress } from './progress.ts';
import { makeTemporaryCase, sweepTemporaryCases, type TemporaryCase } from './temporary-case.ts';
import type { World } from './world.ts';

export interface ImportSettings {
  readonly node: string | null;
  readonly layout: string | null;
  readonly mark: 'healthy' | null;
}

/** The engine as a command uses it: a failure ends the command (see `runCommand`). */
export interface Session {
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>;
  /** Imports and waits; Ctrl-C cancels the job. */
  importPaths(caseId: CaseId, paths: readonly string[], settings: ImportSettings): Promise<readonly ImportResult[]>;
  /** Whether the case holds any bundle; answers after Ctrl-C too. */
  holds(caseId: CaseId): Promise<'bundles' | 'nothing' | 'not known'>;
}

function stop(failure: Failure): never {
  throw new FailureError(failure);
}

/** Ends the command with exit 2. */
export function wrongUsage(message: string, where: string | null = null, advice: string | null = null): never {
  return stop(fail('wrong-usage', message, where, advice).failure);
}

const CANCELLED = fail('cancelled', 'Cancelled.').failure;

/**
 * Runs `body` with an engine and closes it whatever happens, so that no worker and no half-made bundle is left.
 * @returns what `body` returned; a FailureError passes through.
 */
export async function withEngine<T>(world: World, output: Output, body: (session: Session) => Promise<T>): Promise<T> {
  const engine = await world.openEngine();
  const progress = createProgress(world.stderr, output.notes, () => performance.now());
  const unsubscribe = [
    engine.on('onDidChangeJob', (job) => progress.update(job)),
    engine.on('onDidProgressSearch', ({ answer }) => progress.searching(answer)),
  ];
  try {
    return await body(sessionOf(engine, world.interrupted, progress));
  } finally {
    for (const end of unsubscribe) end();
    await progress.clear();
    await engine.close();
  }
}

/** What a command prints comes after the calls: the line of progress is taken away before. */
function sessionOf(engine: Engine, interrupted: AbortSignal, progress: Progress): Session {
  const call: Session['call'] = async (method, input) => {
    if (interrupted.aborted) return stop(CANCELLED);
    let onAbort = (): void => undefined;
    const aborted = new Promise<null>((resolve) => {
      onAbort = () => resolve(null);
      interrupted.addEventListener('abort', onAbort, { once: true });
    });
    // The engine's `close` cancels whatever still runs.
    const answer = await Promise.race([engine.call(method, input), aborted]);
    interrupted.removeEventListener('abort', onAbort);
    await progress.clear();
    if (answer === null) return stop(CANCELLED);
    return answer.ok ? answer.value : stop(answer.failure);
  };
  return {
    call,
    async importPaths(caseId, paths, settings) {
      const { job } = await call('case.import', { caseId, paths: [...paths], ...settings });
      const cancel = (): void => void engine.call('job.cancel', { job });
      interrupted.addEventListener('abort', cancel, { once: true });
      if (interrupted.aborted) cancel();
      const ended = await engine.call('job.wait', { job });
      interrupted.removeEventListener('abort', cancel);
      await progress.clear();
      if (!ended.ok) return stop(ended.failure);
      if (ended.value.state === 'cancelled' || interrupted.aborted) return stop(CANCELLED);
      if (ended.value.failure !== null && ended.value.imports.length === 0) return stop(ended.value.failure);
      return ended.value.imports;
    },
    async holds(caseId) {
      const opened = await engine.call('case.open', { caseId });
      if (!opened.ok) return 'not known';
      return opened.value.bundles.length + opened.value.unreadable.length > 0 ? 'bundles' : 'nothing';
    },
  };
}

export interface TargetOptions {
  readonly case?: string;
  readonly keep?: boolean;
  readonly node?: string;
}

export interface RuleOptions {
  readonly rules?: readonly string[];
}

/** @returns a world whose engine also runs the rules of the folders that `--rules` named; ends the command when one is none. */
export async function withRuleFolders(world: World, output: Output, { rules = [] }: RuleOptions): Promise<World> {
  if (rules.length === 0) return world;
  const { ownRuleFiles } = await import('../../jobs/own-rule-files.ts');
  const folders: string[] = [];
  for (const given of rules) {
    const full = await existingPath(world, given);
    if (!(await stat(full)).isDirectory()) {
      wrongUsage('This is a file, not a folder of rules.', given, 'Give the folder that holds it.');
    }
    // What is wrong with one, the engine tells; that there is none would pass as rules that found nothing.
    if (ownRuleFiles([full]).length === 0) {
      await output.warn(`No rules in ${given}: their files end in .yaml or .yml and lie in it, or in a folder in it.`);
    }
    folders.push(full);
  }
  return { ...world, openEngine: () => world.openEngine(folders) };
}

export interface OpenCase {
  readonly session: Session;
  readonly caseId: CaseId;
  readonly summary: CaseSummary;
}

/** @returns the absolute path of a file or folder that exists; ends the command with exit 2 otherwise. */
export async function existingPath(world: World, given: string): Promise<string> {
  // An empty word is an unset variable of a script, never the folder it runs in.
  if (given === '') wrongUsage('This names no file or folder.', given);
  const full = path.resolve(world.workingFolder, given);
  const found = await stat(full).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error)) {
    if (found.isFile() || found.isDirectory()) return full;
    return stop(fail('unreadable', 'This is neither a file nor a folder.', given).failure);
  }
  if (found.code !== 'ENOENT' && found.code !== 'ENOTDIR') {
    return stop(fail('unreadable', `It cannot be read (${whyUnreadable(found)}).`, given).failure);
  }
  const isLink = await lstat(full).then(
    (one) => one.isSymbolicLink(),
    () => false,
  );
  if (isLink) return stop(fail('not-found', 'This is a link to what is not there.', given).failure);
  const advice = await nearPaths(world.workingFolder, given);
  return stop(fail('not-found', 'There is no such file or folder.', given, advice).failure);
}

/**
 * Opens the case of `target`, runs `body`, cleans up.
 * @returns the exit code of `body`; 4 instead of 0 when bundles of the case have gaps that matter.
 */
export async function withTarget(
  world: World,
  output: Output,
  target: string,
  options: TargetOptions,
  body: (open: OpenCase) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withTargets(world, output, [target], options, body);
}

/** The same for several targets in one case: a case folder stands alone, anything else is imported together. */
export async function withTargets(
  world: World,
  output: Output,
  targets: readonly string[],
  options: TargetOptions,
  body: (open: OpenCase) => Promise<ExitCode>,
): Promise<ExitCode> {
  const paths: string[] = [];
  for (const target of targets) paths.push(await existingPath(world, target));
  const [full = ''] = paths;
  const settings = { node: null, layout: null, mark: null };
  const finish = async (
    session: Session,
    caseId: CaseId,
    check: (summary: CaseSummary) => Promise<void> = async () => undefined,
  ): Promise<ExitCode> => {
    const summary = await session.call('case.open', { caseId });
    await check(summary);
    const code = await body({ session, caseId, summary });
    const gaps = await warnOfGaps(output, summary);
    return code === EXIT.done && gaps === 'gaps that matter' ? EXIT.gaps : code;
  };
  for (const [at, one] of paths.entries()) {
    if (!(await world.isCaseFolder(one))) continue;
    if (paths.length > 1)
      wrongUsage('A case is a target of its own.', targets[at], 'Import the others into it: coldcase import.');
    if (options.case !== undefined) wrongUsage('The target is a case already: leave out --case.', targets[at]);
    // Opening the case deletes those that nobody writes.
    const begun = await world.partialImports(full);
    return withEngine(world, output, (session) =>
      finish(session, full as CaseId, async ({ bundles, unreadable }) => {
        if (bundles.length + unreadable.length > 0) return;
        const advice = whatToImport(begun, await world.partialImports(full));
        stop(fail('empty', 'This case has no bundle.', targets[0], advice).failure);
      }),
    );
  }
  if (options.case !== undefined) {
    return withNamedCase(world, output, options.case, null, async (session, caseId) => {
      refuseFailed(await session.importPaths(caseId, paths, settings));
      return finish(session, caseId);
    });
  }
  return withTemporaryCase(world, output, options.keep === true ? 'keep' : 'remove', async (session, folder) => {
    const made = await session.call('case.create', { title: path.basename(full).slice(0, 200), dir: folder });
    refuseFailed(await session.importPaths(made.id, paths, settings));
    return finish(session, made.id);
  });
}

/** @param begun partial files of imports before the case was opened. @param left those that are still there. */
function whatToImport(begun: readonly string[], left: readonly string[]): string {
  if (left.length > 0) return 'An import into it has not finished: wait for its end, or import the archive again.';
  const how = 'coldcase import ARCHIVE --case DIR';
  return begun.length > 0
    ? `An import into it did not finish: import its archive again, with ${how}`
    : `Import an archive into it: ${how}`;
}

/** A single source that failed is the command's own failure. */
function refuseFailed(imports: readonly ImportResult[]): void {
  for (const one of imports) {
    if (one.outcome === 'cancelled') stop(CANCELLED);
    if (one.outcome === 'failed') stop(one.failure ?? fail('internal', 'The import failed.', one.source).failure);
  }
}

async function withTemporaryCase(
  world: World,
  output: Output,
  keep: 'keep' | 'remove',
  body: (session: Session, folder: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  await sweepTemporaryCases(world.folders.cache);
  let temporary: TemporaryCase;
  try {
    temporary = await makeTemporaryCase(world.folders.cache, keep);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return stop(fail('disk', `No temporary case could be made: ${because}`, world.folders.cache).failure);
  }
  world.atSuddenEnd(() => temporary.removeNow());
  const { folder } = temporary;
  let complete = false;
  try {
    const code = await withEngine(world, output, (session) => body(session, folder));
    complete = true;
    return code;
  } finally {
    if (complete && keep === 'keep') await output.warn(`Case kept: ${folder}`);
    else await temporary.remove();
  }
}

/**
 * Opens the case at `given`, or makes it. A case made here that ends up without any bundle is removed again.
 * @param title of a new case; the folder's name when null.
 */
export async function withNamedCase(
  world: World,
  output: Output,
  given: string,
  title: string | null,
  body: (session: Session, caseId: CaseId) => Promise<ExitCode>,
): Promise<ExitCode> {
  // An empty word is an unset variable of a script, never the folder it runs in.
  if (given === '') wrongUsage('This names no folder.', '--case ""');
  const folder = path.resolve(world.workingFolder, given);
  let known = await world.isCaseFolder(folder);
  const before = await stat(folder).catch(() => null);
  if (!known && before !== null) {
    const inside = before.isDirectory() ? await readdir(folder).catch(() => ['?']) : ['?'];
    // Another command may have made it a case since the first look.
    known = inside.length > 0 && (await world.isCaseFolder(folder));
    if (inside.length > 0 && !known) {
      wrongUsage('This is not a case, and it is not empty: choose a new folder or a case.', given);
    }
  }
  const left: { holds: 'bundles' | 'nothing' | 'not known' } = { holds: 'not known' };
  try {
    return await withEngine(world, output, async (session) => {
      const opened = known
        ? await session.call('case.open', { caseId: folder as CaseId })
        : await session.call('case.create', { title: title ?? path.basename(folder).slice(0, 200), dir: folder });
      try {
        return await body(session, opened.id);
      } finally {
        left.holds = await session.holds(opened.id);
      }
    });
  } finally {
    // Nothing half-made stays, and nothing is touched that was there before: `folder` was absent or empty.
    if (!known && left.holds === 'nothing') await removeMade(folder, before === null ? 'absent' : 'empty');
  }
}

/** Nothing that another command has begun to import into it meanwhile: a folder that holds something is not removed. */
async function removeMade(folder: string, before: 'absent' | 'empty'): Promise<void> {
  const kept = await rmdir(path.join(folder, BUNDLES_FOLDER)).catch((error: NodeJS.ErrnoException) => error);
  if (kept instanceof Error && kept.code !== 'ENOENT') return;
  if (before === 'absent') {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  const inside = await readdir(folder).catch((): string[] => []);
  for (const name of inside) await rm(path.join(folder, name), { recursive: true, force: true });
}

/** Says which gaps make the command end with 4. */
export async function warnOfGaps(
  output: Output,
  summary: CaseSummary,
): Promise<'gaps that matter' | 'none that matter'> {
  const gaps = summary.bundles.flatMap((bundle) =>
    bundle.gaps
      .filter((gap) => gap.weight === 'major')
      .map((gap) => ({ where: gap.file ?? bundle.name, message: gapSentence(gap) }))
      // Some say themselves what they are about.
      .map(({ where, message }) => (message.startsWith(`${where} `) ? message : `${where}: ${message}`)),
  );
  const lost = summary.unreadable.map(({ where, message, advice }) => {
    const said = `${where ?? 'bundle'}: ${message}`;
    return advice === null ? said : `${said}. ${advice}`;
  });
  const all = [...gaps, ...lost];
  if (all.length === 0) return 'none that matter';
  for (const line of all.slice(0, GAPS_TOLD_MAX)) await output.warn(`Gap that matters: ${line}`);
  if (all.length > GAPS_TOLD_MAX) await output.warn(`and ${all.length - GAPS_TOLD_MAX} more gaps that matter`);
  return 'gaps that matter';
}
const GAPS_TOLD_MAX = 5;
