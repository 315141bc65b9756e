/** Finds runbooks in folders. A broken one is listed as broken, with its place; it never hides the others. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Breath } from '../core/breath.ts';
import type { FileMistake } from '../core/placed-yaml.ts';
import { readMarkdownRunbook } from './read-markdown.ts';
import { readYamlRunbook } from './read-yaml.ts';
import type { ReadRunbook, Runbook } from './runbook.ts';

/** A runbook is a few pages; more is something else, and reading it would cost the engine's time. */
export const RUNBOOK_BYTES_MAX = 64 * 1024;

/** Files of one folder, and how deep folders in it are looked into: a collection, not a home folder given by mistake. */
const FILES_MAX = 1_000;
const DEPTH_MAX = 4;

const FILE = /\.(?:md|markdown|txt|ya?ml)$/i;
/** Says what a folder holds, and is no runbook. */
const README = /^(?:readme|license|licence|changelog)\b/i;

/** Where runbooks are looked for. A place may be a file as well. */
export interface RunbookPlace {
  readonly path: string;
  readonly origin: 'shipped' | 'own';
}

export interface FoundRunbook {
  readonly runbook: Runbook;
  readonly origin: RunbookPlace['origin'];
  /** Below the shipped folder with `/`, or the whole path of an own one. */
  readonly file: string;
  readonly path: string;
}

export interface BrokenRunbook {
  readonly origin: RunbookPlace['origin'];
  readonly file: string;
  readonly mistakes: readonly FileMistake[];
}

export interface LoadedRunbooks {
  /** By id. */
  readonly runbooks: readonly FoundRunbook[];
  readonly broken: readonly BrokenRunbook[];
}

interface Remembered {
  readonly state: string;
  readonly read: ReadRunbook;
}

/** Reads each file once, and again when it has changed. */
export class RunbookShelf {
  readonly #known = new Map<string, Remembered>();

  /** Of two with one id the one of the first place counts: own runbooks come before shipped ones. */
  async load(places: readonly RunbookPlace[]): Promise<LoadedRunbooks> {
    const runbooks = new Map<string, FoundRunbook>();
    const broken: BrokenRunbook[] = [];
    const seen = new Set<string>();
    const breath = new Breath();
    for (const place of places) {
      const listed = runbookFiles(place.path);
      if (listed.mistake !== null) broken.push({ origin: place.origin, file: place.path, mistakes: [listed.mistake] });
      for (const full of listed.files) {
        if (seen.has(full)) continue;
        seen.add(full);
        const { origin } = place;
        const file = origin === 'own' ? full : path.relative(place.path, full).split(path.sep).join('/');
        const read = this.#read(full);
        if (!read.ok) {
          broken.push({ origin, file, mistakes: read.mistakes });
          continue;
        }
        const { runbook } = read;
        const other = runbooks.get(runbook.id);
        if (other === undefined) runbooks.set(runbook.id, { runbook, origin, file, path: full });
        else if (other.origin === origin) {
          const message = `the id ${runbook.id} is used by ${other.file}`;
          broken.push({ origin, file, mistakes: [{ line: 1, column: 1, message }] });
        }
        await breath.taken();
      }
    }
    const sorted = [...runbooks.values()].sort((one, two) => compare(one.runbook.id, two.runbook.id));
    return { runbooks: sorted, broken };
  }

  #read(full: string): ReadRunbook {
    try {
      const { size, mtimeMs } = statSync(full);
      const state = `${size} ${mtimeMs}`;
      const known = this.#known.get(full);
      if (known?.state === state) return known.read;
      const read = size > RUNBOOK_BYTES_MAX ? refused(`larger than ${RUNBOOK_BYTES_MAX} bytes`) : readFile(full);
      this.#known.set(full, { state, read });
      return read;
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    }
  }
}

function readFile(full: string): ReadRunbook {
  const bytes = readFileSync(full);
  const text = bytes.toString('utf8');
  if (text.includes('\0')) return refused('this is no text');
  return readRunbook(text, path.basename(full));
}

/** @param name of the file: its ending tells its form. */
function readRunbook(text: string, name: string): ReadRunbook {
  return /\.ya?ml$/i.test(name) ? readYamlRunbook(text) : readMarkdownRunbook(text, name);
}

/** @param place a folder or a file. @returns what may be runbooks by their names, sorted; none of them is read. */
export function runbookFiles(place: string): {
  readonly files: readonly string[];
  readonly mistake: FileMistake | null;
} {
  const files: string[] = [];
  const visit = (folder: string, depth: number): void => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((one, two) => compare(one.name, two.name));
    for (const entry of entries) {
      if (files.length > FILES_MAX) return;
      if (entry.name.startsWith('.') || README.test(entry.name)) continue;
      const full = path.join(folder, entry.name);
      if (entry.isDirectory() && depth < DEPTH_MAX) visit(full, depth + 1);
      else if (entry.isFile() && FILE.test(entry.name)) files.push(full);
    }
  };
  try {
    if (statSync(place).isFile()) return { files: [place], mistake: null };
    visit(place, 1);
  } catch (error) {
    return { files, mistake: mistake(error instanceof Error ? error.message : String(error)) };
  }
  const more = files.length > FILES_MAX ? mistake(`more than ${FILES_MAX} files: the others were not read`) : null;
  return { files: files.slice(0, FILES_MAX), mistake: more };
}

function mistake(message: string): FileMistake {
  return { line: 1, column: 1, message };
}

function refused(message: string): ReadRunbook {
  return { ok: false, mistakes: [mistake(message)] };
}

function compare(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}
