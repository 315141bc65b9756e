/** What tells a package that is made for tests from one for people. */

/** End of its version. */
const TEST_ENDING = '-test';

export function testVersion(version: string): string {
  return `${version}${TEST_ENDING}`;
}

export function isTestVersion(version: string): boolean {
  return version.endsWith(TEST_ENDING);
}
