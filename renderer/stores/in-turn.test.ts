import { expect, test } from 'vitest';
import { createQueue } from './in-turn.ts';

test('changes run one after the other, also behind one that failed', async () => {
  const inTurn = createQueue();
  const seen: string[] = [];
  const slow = inTurn(async () => {
    seen.push('begins');
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.push('fails');
    throw new Error('no');
  });
  const next = inTurn(async () => {
    seen.push('next');
    return 2;
  });
  await expect(slow).rejects.toThrow('no');
  expect(await next).toBe(2);
  expect(seen).toEqual(['begins', 'fails', 'next']);
});
