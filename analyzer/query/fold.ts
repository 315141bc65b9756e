/** @returns `text` with ASCII capitals made small and nothing else changed. */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}
