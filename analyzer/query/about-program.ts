/** What a program writes and what names it: its own log does not name it in each line. */

/** @param program a name without quotation marks. @returns the query for all of it. */
export function aboutProgram(program: string): string {
  return `("${program}" OR source:"${program}" OR file:"${program}")`;
}
