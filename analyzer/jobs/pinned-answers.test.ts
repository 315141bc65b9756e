import { describe, expect, it, vi } from 'vitest';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { PinnedAnswer } from '../core/report.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { PinAnswers } from './pinned-answers.ts';

const CASE = '/case' as CaseId;
const STORE = { bundles: () => [] } as unknown as CaseStore;

function pinOf(method: PinnedAnswer['method'], input: PinnedAnswer['input'] = {}): PinnedAnswer {
  return { id: 1, method, input, title: 'Pinned', note: '', pinnedAt: '2024-05-01T12:00:00Z' };
}

/** An engine whose answers are held back until they are given, in the order in which it was asked. */
function heldBack() {
  const asked: PromiseWithResolvers<Result<unknown>>[] = [];
  const ask = vi.fn(() => {
    const one = Promise.withResolvers<Result<unknown>>();
    asked.push(one);
    return one.promise;
  });
  const pinned = new PinAnswers(ask);
  const build = (pin: PinnedAnswer, analysis: Analysis) => pinned.of([pin], STORE, CASE, analysis);
  return { ask, asked, build };
}

const analysisOfCase = () => ({ findings: [] }) as unknown as Analysis;
const told = (pin: PinnedAnswer, output: unknown) =>
  ok([{ pin, answer: { method: pin.method, output }, failed: null }]);

describe('a question of two reports that are made at once', () => {
  const pin = pinOf('compare.run');

  it('is asked once, and answers both', async () => {
    const { ask, asked, build } = heldBack();
    const analysis = analysisOfCase();
    const both = [build(pin, analysis), build(pin, analysis)];
    expect(ask).toHaveBeenCalledTimes(1);
    asked[0]?.resolve(ok('alike'));
    expect(await Promise.all(both)).toEqual([told(pin, 'alike'), told(pin, 'alike')]);
    expect(await build(pin, analysis)).toEqual(told(pin, 'alike'));
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('is asked of each analysis, for what it is about', async () => {
    const { ask, asked, build } = heldBack();
    const other = pinOf('compare.run', { limit: 5 });
    const analysis = analysisOfCase();
    const all = [build(pin, analysis), build(pin, analysisOfCase()), build(other, analysis)];
    expect(ask).toHaveBeenCalledTimes(3);
    for (const [at, one] of asked.entries()) one.resolve(ok(at));
    expect(await Promise.all(all)).toEqual([told(pin, 0), told(pin, 1), told(other, 2)]);
  });

  it('that is a runbook is asked for each: its files change without the case', async () => {
    const { ask, build } = heldBack();
    const analysis = analysisOfCase();
    for (let time = 0; time < 2; time++) void build(pinOf('runbooks.run'), analysis);
    expect(ask).toHaveBeenCalledTimes(2);
  });
});

describe('what could not be answered', () => {
  const pin = pinOf('network.trace');
  const none = fail('not-found', 'no such name', 'no/such:80');

  it('is told in its place by both, and asked again by the next report', async () => {
    const { ask, asked, build } = heldBack();
    const analysis = analysisOfCase();
    const both = [build(pin, analysis), build(pin, analysis)];
    expect(ask).toHaveBeenCalledTimes(1);
    asked[0]?.resolve(none);
    const failed = ok([{ pin, answer: null, failed: 'no such name (no/such:80)' }]);
    expect(await Promise.all(both)).toEqual([failed, failed]);
    const again = build(pin, analysis);
    expect(ask).toHaveBeenCalledTimes(2);
    asked[1]?.resolve(ok('there now'));
    expect(await again).toEqual(told(pin, 'there now'));
  });

  it('since it was cancelled fails the report, and is asked again by the next', async () => {
    const { asked, build } = heldBack();
    const analysis = analysisOfCase();
    const cancelled = fail('cancelled', 'cancelled');
    const running = build(pin, analysis);
    asked[0]?.resolve(cancelled);
    expect(await running).toEqual(cancelled);
    const again = build(pin, analysis);
    asked[1]?.resolve(ok('there now'));
    expect(await again).toEqual(told(pin, 'there now'));
  });

  it('since the asking broke is not kept either', async () => {
    const { asked, build } = heldBack();
    const analysis = analysisOfCase();
    const running = build(pin, analysis);
    asked[0]?.reject(new Error('broken'));
    await expect(running).rejects.toThrow('broken');
    const again = build(pin, analysis);
    asked[1]?.resolve(ok('there now'));
    expect(await again).toEqual(told(pin, 'there now'));
  });
});
