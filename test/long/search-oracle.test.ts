/** The comparison of test/integration/search-oracle.test.ts, ten times over: other texts, other queries. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EngineSession, startEngine } from '../integration/fixtures-engine.ts';
import { fixtureCorpus, madeCorpus } from '../support/oracle/cases.ts';
import { compareQueries } from '../support/oracle/compare.ts';

let session: EngineSession;

beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

test.each(['one', 'two', 'three'])('500 queries over the bundles made from the seed %j', async (seed) => {
  const corpus = await madeCorpus(session, seed);
  const totals = await compareQueries(session, corpus, seed, 500);
  expect(totals.filter((total) => total > 0).length).toBeGreaterThan(300);
});

test("500 queries over collectors' bundles", async () => {
  const totals = await compareQueries(session, await fixtureCorpus(session), 'long', 500);
  expect(totals.filter((total) => total > 0).length).toBeGreaterThan(300);
});
