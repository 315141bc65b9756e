/** What an engineer gave with an import that a bundle which is already in the case does not have. */
interface Overrides {
  readonly layout: string | null;
  readonly node: string | null;
}

/**
 * @param given with the import; null: not given.
 * @param kept what the bundle was imported with before.
 * @returns a sentence that says what was not applied and how it can be, or null when the bundle has all of it.
 */
export function overrideNotApplied(given: Overrides, kept: Overrides): string | null {
  const differing = (['layout', 'node'] as const).filter((what) => given[what] !== null && given[what] !== kept[what]);
  if (differing.length === 0) return null;
  const asked = differing.map((what) => `${what} ${given[what]}`).join(' and ');
  const has = differing.map((what) => `${what} ${kept[what] ?? 'not known'}`).join(', ');
  const [was, it] = differing.length === 1 ? ['was', 'it'] : ['were', 'them'];
  return `The ${asked} given ${was} not applied: the bundle stays as it was first imported (${has}). To apply ${it}, import into a new case.`;
}
