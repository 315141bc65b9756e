/** What the case keeps of its report: the draft, pinned answers, and what its pseudonyms are made with. */
import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { PinnedAnswer, ReportDraft } from '../core/report.ts';
import { changeCase } from './case-change.ts';
import type { OpenCaseFile } from './case-file.ts';

/** A value that was replaced in an export of this case (report/redaction/pseudonyms.ts). */
export interface KeptPseudonym {
  readonly kind: string;
  readonly original: string;
  readonly pseudonym: string;
  readonly count: number;
}

export interface RedactionState {
  /** REDACTION_KEY_BYTES random bytes, the same for the life of the case. */
  readonly key: Uint8Array;
  /** In the order in which they were made. */
  readonly entries: readonly KeptPseudonym[];
}

/** As long as the HMAC-SHA-256 that the pseudonyms are made with is wide. */
export const REDACTION_KEY_BYTES = 32;

/** What writes fails with `disk` (a FailureError) when the case file cannot be written, but for the redaction. */
export class ReportShelf {
  readonly #db: Database;
  readonly #file: OpenCaseFile;

  constructor(file: OpenCaseFile) {
    this.#db = file.db;
    this.#file = file;
  }

  /** In the order in which they were pinned. */
  pins(): readonly PinnedAnswer[] {
    const rows = this.#db
      .prepare('SELECT id, method, input, title, note, pinned_at AS pinnedAt FROM pinned_answers ORDER BY id')
      .all() as readonly PinRow[];
    return rows.flatMap((row) => PinnedAnswer.safeParse({ ...row, input: fromJson(row.input) }).data ?? []);
  }

  /** @param id null: a new one. @returns null when there is none of this id, whose place it should take. */
  setPin(id: number | null, pin: Omit<PinnedAnswer, 'id' | 'pinnedAt'>): PinnedAnswer | null {
    const kept = this.pins().find((one) => one.id === id);
    if (id !== null && kept === undefined) return null;
    const row = { ...pin, input: JSON.stringify(pin.input) };
    return changeCase(this.#file, () => {
      if (kept !== undefined) {
        const set =
          'UPDATE pinned_answers SET method = @method, input = @input, title = @title, note = @note WHERE id = @id';
        this.#db.prepare(set).run({ ...row, id: kept.id });
        return { ...pin, id: kept.id, pinnedAt: kept.pinnedAt };
      }
      const pinnedAt = new Date().toISOString();
      const insert = `INSERT INTO pinned_answers (method, input, title, note, pinned_at)
        VALUES (@method, @input, @title, @note, @pinnedAt)`;
      return { ...pin, id: Number(this.#db.prepare(insert).run({ ...row, pinnedAt }).lastInsertRowid), pinnedAt };
    });
  }

  /** @returns those that there were. */
  removePins(ids: readonly number[]): readonly PinnedAnswer[] {
    const wanted = new Set(ids);
    const gone = this.pins().filter(({ id }) => wanted.has(id));
    changeCase(this.#file, () => {
      const remove = this.#db.prepare('DELETE FROM pinned_answers WHERE id = ?');
      for (const { id } of gone) remove.run(id);
    });
    return gone;
  }

  /** @returns null when none is kept, or what is kept is none of this version. */
  draft(): { readonly draft: ReportDraft; readonly keptAt: string } | null {
    const row = this.#db.prepare('SELECT draft, kept_at AS keptAt FROM report_draft').get() as
      | { readonly draft: string; readonly keptAt: string }
      | undefined;
    const draft = row === undefined ? undefined : ReportDraft.safeParse(fromJson(row.draft)).data;
    return row === undefined || draft === undefined ? null : { draft, keptAt: row.keptAt };
  }

  /** @param change makes of the kept draft the one that takes its place, in one transaction with it; null: none is kept. */
  changeDraft(change: (kept: ReportDraft | null) => ReportDraft | null): void {
    changeCase(this.#file, () => {
      const draft = change(this.draft()?.draft ?? null);
      if (draft === null) this.#db.prepare('DELETE FROM report_draft').run();
      else {
        this.#db
          .prepare('INSERT OR REPLACE INTO report_draft (id, draft, kept_at) VALUES (1, ?, ?)')
          .run(JSON.stringify(draft), new Date().toISOString());
      }
    });
  }

  /**
   * The key is made when it is first asked for. Of a case that can only be read it holds while the case is open: a report of
   * it can be redacted as well, and its map undoes it.
   */
  redactionState(): RedactionState {
    const select = this.#db.prepare('SELECT key, entries FROM redaction');
    if (select.get() === undefined) {
      // Another process may have the case open: the key that was there first counts.
      const insert = this.#db.prepare("INSERT OR IGNORE INTO redaction (id, key, entries) VALUES (1, ?, '[]')");
      this.#keep(() => insert.run(randomBytes(REDACTION_KEY_BYTES)));
    }
    const row = select.get() as { readonly key: Uint8Array; readonly entries: string };
    return { key: new Uint8Array(row.key), entries: (fromJson(row.entries) ?? []) as readonly KeptPseudonym[] };
  }

  /** Takes the place of the entries that were kept. */
  keepRedaction(entries: readonly KeptPseudonym[]): void {
    this.redactionState();
    this.#keep(() => this.#db.prepare('UPDATE redaction SET entries = ?').run(JSON.stringify(entries)));
  }

  /** Of a case that can only be read `db` is a copy in memory. */
  #keep(work: () => void): void {
    changeCase({ db: this.#db, access: 'read-write' }, work);
  }
}

interface PinRow {
  readonly id: number;
  readonly method: string;
  readonly input: string;
  readonly title: string;
  readonly note: string;
  readonly pinnedAt: string;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
