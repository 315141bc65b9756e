import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { WantedWords } from '../core/case-reader.ts';
import { eventQuery, findEvents } from './event-query.ts';

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

it('the ranking of a common word ends when nobody waits for it', () => {
  const db = new Database(':memory:');
  db.exec(`CREATE VIRTUAL TABLE event_text USING fts5(body, content='', detail=full, tokenize='ascii');
    CREATE TABLE events (id INTEGER PRIMARY KEY, file INT, line INT, lines INT, time INT, severity INT);
    CREATE TABLE files (id INTEGER PRIMARY KEY, alias_of INT);
    INSERT INTO files VALUES (1, NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
      INSERT INTO events SELECT i, 1, i, 1, NULL, i % 3 FROM n;
    INSERT INTO event_text (rowid, body) SELECT id, 'sync of pod ' || id || ' failed' FROM events;`);
  let asked = 0;
  const found = findEvents(db, 'sync', 3, () => ++asked === -1);
  expect(found.map(({ line }) => line)).toEqual([2, 5, 8]);
  expect(asked).toBe(9);
  asked = 0;
  expect(findEvents(db, 'sync', 3, () => ++asked === 2)).toEqual([]);
  expect(asked).toBe(2);
  db.close();
});
