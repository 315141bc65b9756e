import { describe, expect, it } from 'vitest';
import type { Failure } from '../../model/types.ts';
import { faultyPart } from './QueryFailure.tsx';

const failure = (part: Partial<Failure>): Failure => ({
  code: 'wrong-usage',
  message: 'this quote is never closed (character 7)',
  where: 'error "sync',
  advice: null,
  ...part,
});

describe('a query that cannot be run', () => {
  it('shows where it is at fault', () => {
    expect(faultyPart(failure({}))).toEqual({ before: 'error ', from: '"sync' });
  });

  it('points nowhere when nothing was named, or the place is not in the query', () => {
    expect(faultyPart(failure({ message: 'this quote is never closed' }))).toBeNull();
    expect(faultyPart(failure({ where: 'short' }))).toBeNull();
    expect(faultyPart(failure({ where: null }))).toBeNull();
    expect(faultyPart(failure({ code: 'internal' }))).toBeNull();
  });
});
