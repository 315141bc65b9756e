/** The rows of a file that are near the view, fetched as it moves. */
import { useEffect, useMemo, useReducer, useRef } from 'react';
import type { CaseId, Line, Result, SourceFile } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { ROW_BYTES, rowsOfBase64 } from './hex.ts';
import { createPageCache, type PageCache } from './page-cache.ts';
import { type ParsedRow, parsedRows } from './parsed-rows.ts';

/** Lines a call: small enough that long lines still travel, large enough to scroll through. */
const PAGE_LINES = 200;
/** Rows of bytes a call: 32 KiB. */
const PAGE_ROWS = 2_048;
/** A dragged thumb passes hundreds of pages: only where it rests is fetched. */
const REST_MS = 20;

export type LineRow = Pick<Line, 'text' | 'time'>;

export interface Rows<T> {
  readonly cache: PageCache<T>;
  /** Changes whenever rows have arrived or a call failed. */
  readonly version: number;
}

/** @param first first row in view. @param last the last one; as much again on both sides is fetched too. */
export function useWanted<T>(cache: PageCache<T> | null, first: number, last: number): void {
  // The first rows of a file are wanted at once: nothing is dragged yet.
  const delay = useRef(0);
  useEffect(() => {
    const around = last - first;
    const timer = setTimeout(() => cache?.want(first - around, last + around), delay.current);
    delay.current = REST_MS;
    return () => clearTimeout(timer);
  }, [cache, first, last]);
}

function useCache<T>(
  file: SourceFile,
  page: number,
  total: number,
  load: (caseId: CaseId, from: number, count: number) => Promise<Result<readonly T[]>>,
  weight: (row: T) => number,
): Rows<T> {
  const caseId = useSession((state) => state.openCase?.id);
  const [version, onChange] = useReducer((value: number) => value + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same file has the same rows
  const cache = useMemo(
    () =>
      createPageCache<T>({
        page,
        total,
        load: async (from, count) => (caseId === undefined ? { ok: true, value: [] } : load(caseId, from, count)),
        weight,
        onChange,
      }),
    [caseId, file.bundle, file.path, file.clock, total],
  );
  return { cache, version };
}

export function useLineRows(file: SourceFile): Rows<LineRow> {
  const { bridge } = useStores();
  return useCache<LineRow>(
    file,
    PAGE_LINES,
    file.lines,
    async (caseId, from, count) => {
      const answer = await bridge.call('file.lines', { caseId, bundle: file.bundle, file: file.path, from, count });
      return answer.ok ? { ok: true, value: answer.value.lines.map(({ text, time }) => ({ text, time })) } : answer;
    },
    ({ text }) => text.length,
  );
}

export function useParsedRows(file: SourceFile): Rows<ParsedRow> {
  const { bridge } = useStores();
  return useCache<ParsedRow>(
    file,
    PAGE_LINES,
    file.lines,
    async (caseId, from, count) => {
      const answer = await bridge.call('file.parsed', { caseId, bundle: file.bundle, file: file.path, from, count });
      return answer.ok ? { ok: true, value: parsedRows(answer.value, from, count) } : answer;
    },
    (row) => (row.kind === 'message' ? row.message.message.length + 200 : 8),
  );
}

export function useByteRows(file: SourceFile, total: number): Rows<Uint8Array> {
  const { bridge } = useStores();
  return useCache<Uint8Array>(
    file,
    PAGE_ROWS,
    total,
    async (caseId, from, count) => {
      const answer = await bridge.call('file.bytes', {
        caseId,
        bundle: file.bundle,
        file: file.path,
        from: (from - 1) * ROW_BYTES,
        count: count * ROW_BYTES,
      });
      return answer.ok ? { ok: true, value: rowsOfBase64(answer.value.base64) } : answer;
    },
    () => ROW_BYTES,
  );
}
