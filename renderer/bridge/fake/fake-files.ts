/** Files of the fake case with their lines, times and bytes: for tests of the screen that shows them. */
import type { BundleId, SourceFile } from '../../model/types.ts';
import { FILES, lineText } from './fake-case.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });
const notFound = (where: string) => ({
  ok: false as const,
  failure: { code: 'not-found' as const, message: 'There is no such file.', where, advice: null },
});

interface InFile {
  readonly bundle: string;
  readonly file: string;
}
interface Lines extends InFile {
  readonly from: number;
  readonly count: number;
}
interface Question extends InFile {
  readonly query: string;
}

/** Line 1 of every log of the fake files is at this instant, every further one a second later. */
export const FIRST_LINE_AT = Date.UTC(2025, 9, 14, 8);

const timeOf = (line: number) => new Date(FIRST_LINE_AT + (line - 1) * 1_000).toISOString();

/** @returns answers of the methods about single files; `file.find` and `file.matchMap` take the query for a plain word. */
export function fakeFiles(files: readonly SourceFile[] = FILES) {
  const found = ({ bundle, file }: InFile) => files.find((one) => one.bundle === bundle && one.path === file);
  const isLog = (file: SourceFile) => file.format !== 'text';
  const matches = (file: SourceFile, query: string) => {
    const hits: number[] = [];
    for (let line = 1; line <= file.lines; line += 1) if (lineText(file.path, line).includes(query)) hits.push(line);
    return hits;
  };
  return {
    'file.list': () => ok(files),
    'file.lines': (input: Lines) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      const lines = Array.from(
        { length: Math.max(0, Math.min(input.count, file.lines - input.from + 1)) },
        (_, nth) => ({
          number: input.from + nth,
          byteStart: 0,
          byteEnd: 0,
          text: lineText(file.path, input.from + nth),
          time: isLog(file) ? timeOf(input.from + nth) : null,
          timeBasis: isLog(file) ? ('explicit' as const) : null,
        }),
      );
      return ok({ file, lines });
    },
    'file.spans': () =>
      ok(
        files.filter(isLog).map((file) => ({
          bundle: file.bundle,
          file: file.path,
          spans: [
            { from: FIRST_LINE_AT, to: FIRST_LINE_AT + 600_000, lines: 600 },
            { from: FIRST_LINE_AT + 1_800_000, to: FIRST_LINE_AT + 3_600_000, lines: file.lines - 600 },
          ],
        })),
      ),
    'file.lineAt': (input: InFile & { readonly time: string }) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      if (!isLog(file)) return ok({ line: null, time: null, timeBasis: null });
      const line = Math.max(1, Math.min(file.lines, Math.ceil((Date.parse(input.time) - FIRST_LINE_AT) / 1_000) + 1));
      return ok({ line, time: timeOf(line), timeBasis: 'explicit' as const });
    },
    'file.parsed': (input: Lines) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      return ok(
        Array.from({ length: Math.min(input.count, file.lines - input.from + 1) }, (_, nth) => ({
          line: input.from + nth,
          lines: 1,
          time: timeOf(input.from + nth),
          timeBasis: 'explicit' as const,
          severity: 'high' as const,
          level: 'E',
          component: 'kube-proxy',
          host: null,
          pid: '1',
          source: 'proxier.go:1482',
          message: `message ${input.from + nth} of shop/web-1`,
          entities: [{ kind: 'pod' as const, name: 'shop/web-1' }],
        })),
      );
    },
    'file.bytes': (input: InFile & { readonly from: number; readonly count: number }) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      const bytes = Array.from({ length: Math.max(0, Math.min(input.count, file.bytes - input.from)) }, (_, nth) =>
        String.fromCharCode((input.from + nth) % 256),
      );
      return ok({ size: file.bytes, from: input.from, base64: btoa(bytes.join('')) });
    },
    'file.find': (input: Question & { readonly from: number; readonly direction: 'down' | 'up' }) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      const hits = matches(file, input.query);
      const line =
        input.direction === 'down' ? hits.find((one) => one >= input.from) : hits.findLast((one) => one <= input.from);
      return ok({ line: line ?? null });
    },
    'file.matchMap': (input: Question & { readonly parts: number }) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      const hits = matches(file, input.query);
      const counts = new Array<number>(input.parts).fill(0);
      for (const line of hits) {
        const part = Math.floor(((line - 1) / file.lines) * input.parts);
        counts[part] = (counts[part] ?? 0) + 1;
      }
      return ok({ total: hits.length, complete: true, counts });
    },
    'file.cite': (input: InFile & { readonly line: number; readonly endLine: number }) => {
      const file = found(input);
      if (file === undefined) return notFound(input.file);
      const text = Array.from({ length: input.endLine - input.line + 1 }, (_, nth) =>
        lineText(file.path, input.line + nth),
      );
      return ok({
        evidence: {
          bundle: file.bundle,
          node: null,
          fileId: file.id,
          file: file.path,
          line: input.line,
          endLine: input.endLine,
          byteStart: 0,
          byteEnd: 0,
          sha256: 'c'.repeat(64),
          text: text.join('\n'),
          note: null,
        },
        quote: `${file.path}:${input.line}\n${text.join('\n')}\n`,
        link: `coldcase://line/${file.bundle}/${encodeURIComponent(file.path)}?line=${input.line}&sha256=${'0'.repeat(16)}`,
      });
    },
    'link.follow': ({ link }: { readonly link: string }) => {
      const [, bundle = '', path = '', line = '1', hash = ''] =
        /^coldcase:\/\/line\/([^/]+)\/([^?]+)\?line=(\d+)&sha256=(.*)$/.exec(link) ?? [];
      const file = found({ bundle, file: decodeURIComponent(path) });
      if (file === undefined) return notFound(link);
      const kinds = { '0': 'same', '1': 'moved' } as const;
      const how = hash.startsWith('0') ? kinds['0'] : hash.startsWith('1') ? kinds['1'] : ('changed' as const);
      return ok({ bundle: bundle as BundleId, file: file.path, line: Number(line), found: how });
    },
  };
}
