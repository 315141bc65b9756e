import { describe, expect, it } from 'vitest';
import { instantOf, windowOf } from './timeline-instant.ts';

describe('windowOf', () => {
  it('reads both ends, and leaves open what was not given', () => {
    expect(windowOf({ from: ' 2024-05-01 12:00 ', to: null })).toEqual({
      ok: true,
      value: { from: Date.UTC(2024, 4, 1, 12), to: null },
    });
  });

  it.each([
    ['an end before the start', '2024-05-02', '2024-05-01', 'not after its start'],
    ['an end at the start', '2024-05-01', '2024-05-01', 'not after its start'],
    ['an end that is no time', '2024-05-01', 'later', '`later` is no time'],
    ['a start that is no time', '2024-13-01', null, 'calendar'],
  ])('refuses %s, with what to give instead', (_, from, to, message) => {
    const read = windowOf({ from, to });
    expect(read).toMatchObject({ ok: false, failure: { code: 'wrong-usage', advice: expect.any(String) } });
    expect(read.ok ? '' : read.failure.message).toContain(message);
  });
});

it('names the text that is no instant, not all of a long one', () => {
  const read = instantOf('x'.repeat(5_000));
  expect(read.ok ? '' : read.failure.where).toBe('x'.repeat(100));
});
