import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { WantedWords } from '../core/case-reader.ts';
import { eventQuery } from './event-query.ts';

const EVENTS = ['sync failed for pod a', 'sync ok', 'NEAR AND the "end"', 'failed: kube-proxy stopped'];

function found(wanted: WantedWords): readonly number[] {
  const db = new Database(':memory:');
  db.exec("CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='ascii')");
  for (const [at, body] of EVENTS.entries()) db.prepare('INSERT INTO t (rowid, body) VALUES (?, ?)').run(at, body);
  const query = eventQuery(wanted);
  const rows =
    query === null ? [] : db.prepare('SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid').pluck().all(query);
  db.close();
  return rows as number[];
}

it.each<[WantedWords, readonly number[]]>([
  ['sync', [0, 1]],
  ['kube-proxy', [3]],
  ['NEAR AND', [2]],
  ['"end"', [2]],
  [{ all: ['sync', 'failed'] }, [0]],
  [{ any: ['ok', 'stopped'] }, [1, 3]],
  [{ all: ['failed', { any: ['pod', 'kube-proxy'] }] }, [0, 3]],
  [{ all: ['sync', '***'] }, [0, 1]],
  [{ any: ['sync', '***'] }, []],
  ['', []],
])('%j', (wanted, expected) => {
  expect(found(wanted)).toEqual(expected);
});
