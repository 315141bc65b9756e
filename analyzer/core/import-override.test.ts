import { describe, expect, test } from 'vitest';
import { overrideNotApplied } from './import-override.ts';

const kept = { layout: 'generic', node: null };

describe('what was given with an import of a bundle that is there', () => {
  test('is named with what the bundle has, and where it could be applied', () => {
    expect(overrideNotApplied({ layout: 'sgfp', node: null }, kept)).toBe(
      'The layout sgfp given was not applied: the bundle stays as it was first imported (layout generic). To apply it, import into a new case.',
    );
    expect(overrideNotApplied({ layout: 'sgfp', node: 'a' }, kept)).toBe(
      'The layout sgfp and node a given were not applied: the bundle stays as it was first imported (layout generic, node not known). To apply them, import into a new case.',
    );
  });

  test.each([
    { layout: null, node: null },
    { layout: 'generic', node: null },
  ])('is no news when nothing was given, or the bundle has it: %j', (given) => {
    expect(overrideNotApplied(given, kept)).toBeNull();
  });
});
