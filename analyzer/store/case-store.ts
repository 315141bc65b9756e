/** A case on disk: `case.coldcase` (small, mutable) and `bundles/<sha256>.bundle` (sealed). The folder is the case. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { BUNDLES_FOLDER, CASE_FILE } from '../core/case-files.ts';
import type { BundleReader, CaseReader } from '../core/case-reader.ts';
import type { ClockOverride, ClockOverrideRequest } from '../core/clock-override.ts';
import { type Failure, FailureError, fail, ok, type Result } from '../core/failure.ts';
import { BundleId, type FindingId } from '../core/ids.ts';
import { Finding } from '../core/vocabulary.ts';
import { overridesFor } from '../time/overrides.ts';
import { openBundle } from './bundle-reader.ts';
import { refuseToChange } from './case-change.ts';
import { type OpenCaseFile, openCaseFile } from './case-file.ts';
import { damagedCase, isDamage, nameDamage } from './damaged-file.ts';
import { Notebook } from './notebook.ts';
import { ReportShelf } from './report-shelf.ts';
import { rowCheck } from './row-check.ts';
import { BUNDLE_SUFFIX, PARTIAL_SUFFIX, putAnalysesAside, UnknownCaseFile } from './schema.ts';
import { openSqlite } from './sqlite.ts';

/**
 * @returns true when `folder` holds a case file, or what a case is without one: bundles, of which the case file was moved
 * away because it was damaged, or the empty folder for them alone, with which every case begins.
 */
export function isCaseFolder(folder: string): boolean {
  const isThere = () => existsSync(path.join(folder, CASE_FILE));
  if (isThere()) return true;
  const bundles = namesIn(bundlesFolder(folder));
  if (bundles === null) return false;
  const isOne =
    bundles.length === 0 ? namesIn(folder)?.length === 1 : bundles.some((name) => bundleIdOf(name) !== null);
  // Another program may have made the case between these looks.
  return isOne || isThere();
}

/** @returns null when it is no folder, or cannot be read. */
function namesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null;
  }
}

/** Where the bundles of a case are kept. */
export function bundlesFolder(dir: string): string {
  return path.join(dir, BUNDLES_FOLDER);
}

/** Not every copy of a case has its empty folders. Throws what the system says, also when the case itself is gone. */
export function makeBundlesFolder(dir: string): void {
  const folder = bundlesFolder(dir);
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

/**
 * Makes (when it is not there) and opens a case. Left-over partial bundles of an import that was killed are deleted.
 * A case on a disk that can only be read is opened as it is: changing it fails with `disk`.
 * @param title kept only when the case is new. Fails with `disk`, `corrupt` or `unreadable`.
 */
export function openCase(dir: string, mode: 'create' | 'existing', title: string | null = null): Result<CaseStore> {
  if (mode === 'existing' && !isCaseFolder(dir)) {
    return fail(
      'not-found',
      `${dir} is not a case folder: it has no ${CASE_FILE} and no bundles`,
      dir,
      'Import an archive into it first.',
    );
  }
  const file = path.join(dir, CASE_FILE);
  let open: OpenCaseFile | null = null;
  try {
    if (mode === 'create') mkdirSync(bundlesFolder(dir), { recursive: true, mode: 0o700 });
    sweepPartials(dir);
    open = openCaseFile(file);
    const { db } = open;
    nameDamage(db, (why) => damagedCase(file, why));
    if (title !== null || db.prepare("SELECT 1 FROM meta WHERE key = 'title'").get() === undefined) {
      db.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('title', ?)").run(title ?? '');
    }
    return ok(new CaseStore(dir, open));
  } catch (error) {
    open?.db.close();
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    if (isDamage(error)) return { ok: false, failure: damagedCase(file, (error as Error).message) };
    if (error instanceof UnknownCaseFile) {
      return fail('corrupt', `${CASE_FILE} cannot be opened: ${error.message}`, dir, error.advice);
    }
    return fail(
      'disk',
      `the case cannot be opened: ${(error as Error).message}`,
      dir,
      'Check the disk and its permissions.',
    );
  }
}

/** @returns a new name for a bundle that this process is about to build. */
export function partialFile(dir: string): string {
  return path.join(bundlesFolder(dir), `${process.pid}-${randomUUID()}${PARTIAL_SUFFIX}`);
}

/** @returns the names of the files of imports that have not finished: those that run, and those that were killed. */
export function partialImports(dir: string): readonly string[] {
  return (namesIn(bundlesFolder(dir)) ?? []).filter((name) => name.endsWith(PARTIAL_SUFFIX));
}

/**
 * Deletes partial bundles nobody is writing. Two signs of life, either is enough to leave a file alone: the process
 * that its name tells is running, or somebody holds SQLite's lock on it, which ends with its process however that
 * dies. The lock alone has moments without it, at the start and before the final name is given.
 */
function sweepPartials(dir: string): void {
  const folder = bundlesFolder(dir);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(PARTIAL_SUFFIX) && !name.endsWith(`${PARTIAL_SUFFIX}-journal`)) continue;
    const file = path.join(folder, name.replace(/-journal$/, ''));
    if (isRunning(Number.parseInt(name, 10)) || (existsSync(file) && isLocked(file))) continue;
    try {
      rmSync(path.join(folder, name), { force: true });
    } catch {
      // On a disk that can only be read it stays, and is no bundle.
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isLocked(file: string): boolean {
  let db: Database | null = null;
  try {
    db = openSqlite(file, { timeout: 0, fileMustExist: true });
    db.exec('BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    return ((error as { code?: string }).code ?? '').startsWith('SQLITE_BUSY');
  } finally {
    db?.close();
  }
}

function bundleIdOf(name: string): BundleId | null {
  if (!name.endsWith(BUNDLE_SUFFIX)) return null;
  return BundleId.safeParse(name.slice(0, -BUNDLE_SUFFIX.length)).data ?? null;
}

export interface KeptFinding {
  readonly title: string;
  /** Its first line. */
  readonly file: string;
  readonly line: number;
}

interface KeptBy {
  readonly bundle: BundleId;
  readonly madeBy: string;
}

const KeptFindings = z.object({ findings: z.array(Finding) });

export class CaseStore implements CaseReader {
  readonly dir: string;
  /** What the engineer keeps. */
  readonly notebook: Notebook;
  /** What reports of the case are made of. */
  readonly reports: ReportShelf;
  readonly #db: Database;
  readonly #access: OpenCaseFile['access'];
  readonly #open = new Map<BundleId, BundleReader>();
  /** The overrides of clocks that each open reader was given. */
  readonly #openedWith = new Map<BundleId, string>();
  #unreadable: Failure[] = [];
  #listed: readonly BundleId[] = [];

  constructor(dir: string, file: OpenCaseFile) {
    this.dir = dir;
    this.#db = file.db;
    this.#access = file.access;
    this.notebook = new Notebook(file);
    this.reports = new ReportShelf(file);
    this.refresh();
  }

  /** As given, else the name of the first bundle. */
  get title(): string {
    const given = this.#db.prepare("SELECT value FROM meta WHERE key = 'title'").pluck().get();
    if (typeof given === 'string' && given !== '') return given;
    return this.bundles()[0]?.bundle.name ?? 'New case';
  }

  /** Bundle files that are there but cannot be opened. */
  get unreadable(): readonly Failure[] {
    return this.#unreadable;
  }

  /**
   * Reads the folder again. Every sealed bundle in it belongs to the case, also one whose import was killed between
   * its renaming and its being listed; a file of another name (a copy made by hand) does not.
   */
  refresh(): void {
    const folder = bundlesFolder(this.dir);
    const ids = existsSync(folder) ? readdirSync(folder).flatMap((name) => bundleIdOf(name) ?? []) : [];
    const add = this.#db.prepare('INSERT OR IGNORE INTO bundles (id, added_at, marked_healthy) VALUES (?, ?, 0)');
    for (const id of ids.sort()) add.run(id, new Date().toISOString());
    const rows = this.#db.prepare('SELECT id, marked_healthy FROM bundles ORDER BY added_at, id').all() as {
      id: string;
      marked_healthy: number;
    }[];
    this.#unreadable = [];
    const listed: BundleId[] = [];
    const overrides = this.overrides();
    const clocksOf = (reader: BundleReader): string => JSON.stringify(overridesFor(reader.bundle, overrides));
    for (const row of rows) {
      const id = row.id as BundleId;
      const kept = this.#open.get(id);
      const marked = kept?.bundle.markedHealthy === (row.marked_healthy === 1);
      if (kept !== undefined && marked && this.#openedWith.get(id) === clocksOf(kept)) {
        listed.push(id);
        continue;
      }
      const opened = this.#opened(id, row.marked_healthy === 1 ? 'healthy' : null, overrides);
      if (opened.ok) {
        this.#open.set(id, opened.value);
        this.#openedWith.set(id, clocksOf(opened.value));
        listed.push(id);
        kept?.close();
      } else this.#unreadable.push(opened.failure);
    }
    this.#listed = listed;
  }

  /** Everything else of a case finds a bundle's file by its id. */
  #opened(id: BundleId, marked: 'healthy' | null, overrides: readonly ClockOverride[]): Result<BundleReader> {
    const file = this.bundleFile(id);
    const opened = openBundle(file, marked, overrides);
    if (!opened.ok || opened.value.bundle.id === id) return opened;
    const message = `the file holds another bundle than its name says: ${opened.value.bundle.id}`;
    opened.value.close();
    return fail('corrupt', message, file, 'Delete or rename the file, and import the archive again.');
  }

  bundleFile(id: BundleId): string {
    return path.join(bundlesFolder(this.dir), `${id}${BUNDLE_SUFFIX}`);
  }

  bundles(): readonly BundleReader[] {
    return this.#listed.map((id) => this.#open.get(id) as BundleReader);
  }

  bundle(id: BundleId): BundleReader | null {
    return this.#open.get(id) ?? null;
  }

  /** Remembers that the engineer takes this bundle's node for healthy. */
  markHealthy(id: BundleId): void {
    refuseToChange(this.#access);
    this.#db.prepare('UPDATE bundles SET marked_healthy = 1 WHERE id = ?').run(id);
    this.refresh();
  }

  /** What the engineer says about clocks, in the order in which it was said. */
  overrides(): readonly ClockOverride[] {
    return this.#db
      .prepare('SELECT id, what, value, file, node, bundle, set_at AS setAt FROM clock_overrides ORDER BY id')
      .all() as ClockOverride[];
  }

  /** @returns the overrides that concern any file of the bundle. */
  overridesOf(reader: BundleReader): readonly ClockOverride[] {
    return overridesFor(reader.bundle, this.overrides());
  }

  /** @returns what was set, and what it took the place of: the same kind for the same files. */
  setOverride(request: ClockOverrideRequest): {
    readonly set: ClockOverride;
    readonly replaced: ClockOverride | null;
  } {
    refuseToChange(this.#access);
    const replaced =
      this.overrides().find(
        (one) =>
          one.what === request.what &&
          one.file === request.file &&
          one.node === request.node &&
          one.bundle === request.bundle,
      ) ?? null;
    const setAt = new Date().toISOString();
    const insert = this.#db.prepare(
      `INSERT INTO clock_overrides (what, value, file, node, bundle, set_at)
       VALUES (@what, @value, @file, @node, @bundle, @setAt)`,
    );
    const id = this.#db.transaction(() => {
      if (replaced !== null) this.#db.prepare('DELETE FROM clock_overrides WHERE id = ?').run(replaced.id);
      return Number(insert.run({ ...request, setAt }).lastInsertRowid);
    })();
    this.refresh();
    return { set: { ...request, id, setAt }, replaced };
  }

  /** Takes overrides back: what was inferred counts again. @returns those that there were. */
  removeOverrides(which: readonly number[] | 'all'): readonly ClockOverride[] {
    refuseToChange(this.#access);
    const gone = this.overrides().filter((one) => which === 'all' || which.includes(one.id));
    const remove = this.#db.prepare('DELETE FROM clock_overrides WHERE id = ?');
    this.#db.transaction(() => {
      for (const { id } of gone) remove.run(id);
    })();
    this.refresh();
    return gone;
  }

  /** @returns what was concluded from a bundle by this maker (engine version and rules), or null; what is damaged is none. */
  analysisOf(id: BundleId, madeBy: string): unknown {
    try {
      const kept = this.#db.prepare('SELECT crc, value FROM analyses WHERE bundle = ? AND made_by = ?').raw();
      const [crc, found] = (kept.get(id, madeBy) ?? []) as readonly unknown[];
      if (typeof found !== 'string') return null;
      return crc === null || crc === rowCheck([id, madeBy, found]) ? JSON.parse(found) : null;
    } catch {
      return null;
    }
  }

  /** @returns what an analysis that is kept says of a finding; also of one whose bundle is not there any more. */
  keptFinding(id: FindingId): KeptFinding | null {
    for (const { bundle, madeBy } of this.#keptAnalyses()) {
      const value = this.analysisOf(bundle, madeBy);
      const found = KeptFindings.safeParse(value).data?.findings.find((one) => one.id === id);
      if (found !== undefined)
        return { title: found.title, file: found.evidence[0].file, line: found.evidence[0].line };
    }
    return null;
  }

  /** @returns those that can be read. */
  #keptAnalyses(): readonly KeptBy[] {
    try {
      return this.#db.prepare('SELECT bundle, made_by AS madeBy FROM analyses').all() as KeptBy[];
    } catch {
      return [];
    }
  }

  /** Takes the place of one of the same bundle. Throws when it cannot be kept, a FailureError where the file is damaged. */
  keepAnalysis(id: BundleId, madeBy: string, value: unknown): void {
    const keep = (): void => {
      this.#db.prepare('DELETE FROM analyses WHERE bundle = ?').run(id);
      const insert = this.#db.prepare('INSERT INTO analyses (bundle, made_by, crc, value) VALUES (?, ?, ?, ?)');
      const text = JSON.stringify(value);
      insert.run(id, madeBy, rowCheck([id, madeBy, text]), text);
    };
    try {
      this.#db.transaction(keep)();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.#db.transaction(() => {
        putAnalysesAside(this.#db);
        keep();
      })();
    }
  }

  close(): void {
    for (const reader of this.#open.values()) reader.close();
    this.#open.clear();
    this.#openedWith.clear();
    this.#listed = [];
    this.#db.close();
  }
}
