/** Files may be read for the rules in two threads: what both find together is what one finds. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCancelFlag } from '../../analyzer/core/cancel-flag.ts';
import { openRef } from '../../analyzer/jobs/bundle-ref.ts';
import { startRuleThread, warmRuleThread } from '../../analyzer/jobs/rule-thread.ts';
import { shippedRules } from '../../analyzer/jobs/shipped-rules.ts';
import { matchFiles, matchRules, ruleMatches, watchedFiles } from '../../analyzer/rules/match.ts';
import { literalsOf } from '../../analyzer/rules/wanted-texts.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
let bundle = '';
beforeAll(async () => {
  session = await startEngine();
  const { archivePath } = await buildFixture('eks-kube-services-empty');
  const { caseId } = await session.importNew([archivePath]);
  const folder = path.join(caseId, 'bundles');
  bundle = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.bundle')) ?? '');
}, 120_000);
afterAll(() => session?.close());

test.each(['at once', 'ahead', 'ahead, with other rules'])(
  'the files of one thread and those of another, started %s, give what all give in one',
  async (started) => {
    const ref = { file: bundle, marked: null, overrides: [] };
    const reader = openRef(ref);
    const { rules } = shippedRules();
    const files = watchedFiles(reader, rules);
    const [own, other] = [files.filter((_, nth) => nth % 2 === 0), files.filter((_, nth) => nth % 2 === 1)];
    if (started !== 'at once') warmRuleThread(started === 'ahead' ? rules : rules.slice(0, 3));
    const thread = startRuleThread(rules, { ref, files: other.map(({ id }) => id), flag: newCancelFlag() });
    const theirs = await thread.found;
    await thread.end();
    const both = ruleMatches(reader, rules, [matchFiles(reader, rules, own), theirs ?? new Map()]);
    const alone = matchRules(reader, rules);
    expect(theirs?.size).toBeGreaterThan(0);
    expect(alone.filter((one) => one.files.length > 0).length).toBeGreaterThan(3);
    expect(both).toEqual(alone);
    reader.close();
  },
);

test('an import looks for the literals of all shipped rules', () => {
  const reader = openRef({ file: bundle, marked: null, overrides: [] });
  const { rules } = shippedRules();
  expect(reader.literalLines()?.literals).toEqual(literalsOf(rules));
  const files = new Set(watchedFiles(reader, rules).map(({ id }) => id));
  expect([...(reader.literalLines()?.blocks(files) ?? [])].some(({ kept }) => kept !== null)).toBe(true);
  reader.close();
});

test('a thread that cannot read its bundle says so, and its files can be read here', async () => {
  const ref = { file: `${bundle}.gone`, marked: null, overrides: [] };
  const thread = startRuleThread(shippedRules().rules, { ref, files: [], flag: newCancelFlag() });
  expect(await thread.found).toBeNull();
  await thread.end();
});
