/** Which findings rest on a line. */
import type { BundleId, FileId, FindingId } from '../core/ids.ts';

/** Evidence of a finding, as far as its place goes. */
export interface CitedPlace {
  readonly finding: FindingId;
  readonly bundle: BundleId;
  readonly fileId: FileId;
  readonly line: number;
  readonly endLine: number;
}

const NONE: readonly FindingId[] = [];

export class CitedPlaces {
  readonly #byFile = new Map<string, CitedPlace[]>();

  /** @param bundles in the order in which places of bundles are told. */
  constructor(places: readonly CitedPlace[], bundles: readonly BundleId[]) {
    for (const place of places) {
      const key = `${bundles.indexOf(place.bundle)} ${place.fileId}`;
      const known = this.#byFile.get(key);
      if (known === undefined) this.#byFile.set(key, [place]);
      else known.push(place);
    }
  }

  /** @param bundle its place. @returns findings that cite any of the lines. */
  findingsAt(bundle: number, file: FileId, line: number, endLine: number): readonly FindingId[] {
    const places = this.#byFile.get(`${bundle} ${file}`);
    if (places === undefined) return NONE;
    return places.filter((one) => one.line <= endLine && line <= one.endLine).map(({ finding }) => finding);
  }
}
