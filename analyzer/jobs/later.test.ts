import { expect, it } from 'vitest';
import { Later, laterHandlers } from './later.ts';

it('loads once, with the first call of any method', async () => {
  let loads = 0;
  const desk = new Later(async () => {
    loads += 1;
    return { double: async (input: number) => 2 * input, half: async (input: number) => input / 2 };
  });
  const handlers = laterHandlers(['double', 'half'], () => desk.get());
  expect(desk.known()).toBeNull();
  expect(await Promise.all([handlers.double(4), handlers.half(4), handlers.double(1)])).toEqual([8, 2, 2]);
  expect(loads).toBe(1);
  expect(await desk.known()).toHaveProperty('half');
});
