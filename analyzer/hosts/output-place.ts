/**
 * Where results may be written. Found out before the work begins: minutes of import must not end in a refusal, and what a customer
 * sent must not be written over by a slip of the hand.
 */
import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { BUNDLES_FOLDER, CASE_FILE, JOURNAL_ENDINGS } from '../core/case-files.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { OutputKind } from './file-in-the-way.ts';

export interface WantedOutput {
  /** As it was given. */
  readonly file: string;
  readonly kind: OutputKind;
}

/** What places are looked at with. */
export interface OutputWorld {
  /** Folder that relative paths start from. */
  readonly workingFolder: string;
  readonly isCaseFolder: (folder: string) => Promise<boolean>;
}

/** A file or folder that is read for it. */
export interface CommandInput {
  readonly file: string;
  /** What it is, for the sentence that refuses to write over it: `the file of --words`. */
  readonly what: string;
}

/** A place that may be written to, as `outputPlaces` found it. */
export interface OutputPlace {
  /** As it was given. */
  readonly file: string;
  readonly full: string;
  /** Without links: a link stays one, and what it leads to is written. */
  readonly real: string;
}

/** What all outputs are held against. */
export interface OutputSettings {
  readonly inputs: readonly CommandInput[];
  /** `--case`: a folder that a command makes when it is not there. */
  readonly newCase: string | null;
}

/** @returns a place for each wanted output, in their order; throws `wrong-usage` (a FailureError) where one must not be written. */
export async function outputPlaces(
  world: OutputWorld,
  wanted: readonly WantedOutput[],
  settings: OutputSettings,
): Promise<readonly OutputPlace[]> {
  const places: OutputPlace[] = [];
  for (const { file, kind } of wanted) {
    const place = await foundPlace(world, file, settings.newCase);
    await refuseInput(world, place, settings.inputs);
    await refuseCaseFile(world, place);
    await refuseFileInTheWay(world, place, kind, settings.inputs);
    if (places.some(({ real }) => real === place.real)) {
      wrongUsage('The map is a file of its own: it undoes the redaction of the report.', file);
    }
    places.push(place);
  }
  return places;
}

/** @returns in plain words why `file` cannot be written, for what the file system said. */
export function cannotWrite(error: unknown, file: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  switch (code) {
    case 'ENOENT':
      return `There is no folder ${path.dirname(file)}.`;
    case 'ENOTDIR':
      return `${path.dirname(file)} is no folder.`;
    case 'EISDIR':
      return 'This is a folder.';
    case 'EACCES':
    case 'EPERM':
      return 'No permission to write here.';
    case 'ENOSPC':
      return 'The disk is full.';
    default:
      return `It cannot be written here (${code}).`;
  }
}

async function foundPlace(world: OutputWorld, file: string, newCase: string | null): Promise<OutputPlace> {
  // An empty word is an unset variable of a script.
  if (file === '') wrongUsage('This names no file.', file);
  const full = path.resolve(world.workingFolder, file);
  const folder = path.dirname(full);
  try {
    const found = await stat(full).catch(absent);
    if (found === null) {
      if ((await lstat(full).catch(absent)) !== null) wrongUsage('This link leads to no file.', file);
      if (file.endsWith('/') || file.endsWith(path.sep)) wrongUsage(`There is no folder ${file}.`, file);
      if (newCase !== null && isWithin(path.resolve(world.workingFolder, newCase), folder)) {
        if ((await stat(folder).catch(absent)) === null) return { file, full, real: full };
      }
      const real = path.join(await realpath(folder), path.basename(full));
      await access(path.dirname(real), constants.W_OK);
      return { file, full, real };
    }
    if (found.isDirectory()) wrongUsage('This is a folder.', file);
    // Written beside and renamed, it would be gone: a device, a pipe, a socket.
    if (!found.isFile()) wrongUsage('This is no regular file: choose another one.', file);
    const real = await realpath(full);
    await access(path.dirname(real), constants.W_OK);
    return { file, full, real };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return wrongUsage(cannotWrite(error, file), file);
  }
}

function wrongUsage(message: string, where: string): never {
  throw new FailureError(fail('wrong-usage', message, where).failure);
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** @returns whether `inner` is `outer` or lies in it. */
function isWithin(inner: string, outer: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || !(path.isAbsolute(way) || way === '..' || way.startsWith(`..${path.sep}`));
}

/** @returns the path without links, null for what is not there: the command itself says so. */
function realInput(world: OutputWorld, { file }: CommandInput): Promise<string | null> {
  return realpath(path.resolve(world.workingFolder, file)).catch(() => null);
}

async function refuseInput(
  world: OutputWorld,
  { file, real }: OutputPlace,
  inputs: readonly CommandInput[],
): Promise<void> {
  for (const input of inputs) {
    if ((await realInput(world, input)) === real) wrongUsage(`This is ${input.what}: choose another file.`, file);
  }
}

async function refuseCaseFile(world: OutputWorld, { file, real }: OutputPlace): Promise<void> {
  // Also the journals that SQLite keeps beside it. The name is taken even where no case is yet: the folder would count as one.
  const own = ['', ...JOURNAL_ENDINGS].map((ending) => `${CASE_FILE}${ending}`);
  if (own.includes(path.basename(real).toLowerCase())) refuse();
  for (let folder = path.dirname(real); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (path.basename(folder) === BUNDLES_FOLDER && (await world.isCaseFolder(path.dirname(folder)))) refuse();
  }

  function refuse(): never {
    return wrongUsage('Only Coldcase writes the files of a case: choose another file.', file);
  }
}

async function refuseFileInTheWay(
  world: OutputWorld,
  { file, real }: OutputPlace,
  kind: OutputKind,
  inputs: readonly CommandInput[],
): Promise<void> {
  if ((await stat(real).catch(() => null)) === null) return;
  const { isOfColdcase, whyToKeep } = await import('./file-in-the-way.ts');
  const because = await whyToKeep(real, kind);
  if (because !== null) wrongUsage(`${because}: choose another file.`, file);
  for (const input of inputs) {
    const folder = await realInput(world, input);
    if (folder === null || !isWithin(real, folder) || (await world.isCaseFolder(folder))) continue;
    // Last time's report may be written again; anything else in the folder is what the customer sent.
    if (!(await isOfColdcase(real))) wrongUsage(`This belongs to ${input.what}: choose another file.`, file);
  }
}
