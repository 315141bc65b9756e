/** Where a page of a search ended, as the text that the next page is asked with: opaque to everyone else. */
import type { SearchOrder } from '../contract/search.ts';
import { BundleId, FileId } from '../core/ids.ts';
import type { LineKey, LinePlace } from './search-protocol.ts';

export interface SearchCursor extends Pick<LineKey, 'when'>, Pick<LinePlace, 'file' | 'line'> {
  readonly order: SearchOrder;
  readonly bundle: BundleId;
}

const SHAPE = /^(file|time) ([-+.e\d]{1,30}) ([0-9a-f]{64}) (\d{1,10}) (\d{1,15})$/;
/** Stands for no instant. */
const UNDATED = '-';

export function printCursor({ order, when, bundle, file, line }: SearchCursor): string {
  const instant = when === Number.POSITIVE_INFINITY ? UNDATED : String(when);
  return Buffer.from([order, instant, bundle, file, line].join(' ')).toString('base64url');
}

/** @returns null for text that no page ended with. */
export function parseCursor(text: string): SearchCursor | null {
  const [, order, when, bundle, file, line] = SHAPE.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (order !== 'file' && order !== 'time') return null;
  const id = BundleId.safeParse(bundle);
  const fileId = FileId.safeParse(Number(file));
  const instant = when === UNDATED ? Number.POSITIVE_INFINITY : Number(when);
  if (!id.success || !fileId.success || Number.isNaN(instant)) return null;
  return {
    order,
    when: instant,
    bundle: id.data,
    file: fileId.data,
    line: Number(line),
  };
}
