/** @param count whole. @returns 1204 as `1,204`. The locale that a first toLocaleString loads takes longer than many an analysis. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
