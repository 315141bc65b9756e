import { expect, test } from 'vitest';
import { cancel, isCancelled, newCancelFlag, takeLastStep } from './cancel-flag.ts';

test('work that was cancelled does not take its last step', () => {
  const flag = newCancelFlag();
  expect(isCancelled(flag)).toBe(false);
  expect([cancel(flag), cancel(flag)]).toEqual(['cancelled', 'cancelled']);
  expect(isCancelled(flag)).toBe(true);
  expect(() => takeLastStep(flag)).toThrow('cancelled');
});

test('work that took its last step is not cancelled any more', () => {
  const flag = newCancelFlag();
  takeLastStep(flag);
  expect(cancel(flag)).toBe('too-late');
  expect(isCancelled(flag)).toBe(false);
});
