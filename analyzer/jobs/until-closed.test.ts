import { expect, it } from 'vitest';
import { fail, ok, type Result } from '../core/failure.ts';
import { untilClosed } from './until-closed.ts';

it('closing waits for what runs, also when that fails, and lets nothing begin', async () => {
  const held = [Promise.withResolvers<Result<string>>(), Promise.withResolvers<Result<string>>()] as const;
  const begun: number[] = [];
  const { handlers, close } = untilClosed({
    ask: (nth: 0 | 1) => {
      begun.push(nth);
      return held[nth].promise;
    },
  });
  const order: string[] = [];
  const first = handlers.ask(0).then((answer) => order.push(answer.ok ? answer.value : ''));
  const second = handlers.ask(1).catch((error: Error) => order.push(error.message));
  const closing = close().then(() => order.push('closed'));
  expect(await handlers.ask(0)).toEqual(fail('cancelled', 'cancelled'));
  held[1].reject(new Error('second'));
  await second;
  held[0].resolve(ok('first'));
  await Promise.all([first, closing]);
  expect(order).toEqual(['second', 'first', 'closed']);
  expect(begun).toEqual([0, 1]);
});
