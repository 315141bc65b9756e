/** Bundles as searches must see them: their lines from what went into the archives, and what is known of each. */
import type { BundleId, CaseId } from '../../../analyzer/core/ids.ts';
import type { SourceFile } from '../../../analyzer/core/vocabulary.ts';
import { lineSeverity } from '../../../analyzer/formats/severity.ts';
import { readStamp } from '../../../analyzer/time/stamp.ts';
import type { EngineSession } from '../../integration/fixtures-engine.ts';
import { folded, type OracleFile, type OracleLine } from './terms.ts';

export interface OracleCorpus {
  readonly caseId: CaseId;
  /** In case order, archive order, by number. */
  readonly lines: readonly OracleLine[];
  readonly files: readonly OracleFile[];
}

/** What a bundle was made of. */
export interface OracleSource {
  /** The text of a member by its path in the bundle, as UTF-8; null: it has none. */
  readonly texts: ReadonlyMap<string, Buffer | null>;
  /** Levels that lines have from outside their text, at least: by path, then number of the line. */
  readonly levels: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Lines without a stamp have the time of one so far before them, at most. */
const CARRIED_LINES_MAX = 200;

/** @param sources in the order of the case's bundles. */
export async function corpusOf(
  session: EngineSession,
  caseId: CaseId,
  sources: readonly OracleSource[],
): Promise<OracleCorpus> {
  const opened = await session.ask('case.open', { caseId });
  const listed = await session.ask('file.list', { caseId });
  const { findings } = await session.ask('case.analysis', { caseId });
  const cited = new Set(
    findings.flatMap(({ evidence }) =>
      evidence.flatMap(({ bundle, file, line, endLine }) =>
        Array.from({ length: endLine - line + 1 }, (_, at) => placeKey(bundle, file, line + at)),
      ),
    ),
  );
  if (opened.bundles.length !== sources.length) throw new Error(`${opened.bundles.length} bundles were imported`);
  const files: OracleFile[] = [];
  const lines: OracleLine[] = [];
  for (const [at, { id, node }] of opened.bundles.entries()) {
    const { texts, levels } = sources[at] as OracleSource;
    const own = listed.filter(({ bundle }) => bundle === id);
    checkMembers(own, texts);
    let offset = 0;
    for (const source of own) {
      const text = texts.get(source.path) ?? null;
      if (source.aliasOf !== null || text === null) continue;
      const copies = own.filter(({ aliasOf }) => aliasOf === source.path).map((copy) => copy.path);
      const { role, format } = source;
      const file: OracleFile = { bundle: id, node, paths: [source.path, ...copies], role, format };
      files.push(file);
      const isCited = (line: number): boolean => cited.has(placeKey(id, source.path, line));
      const found = linesOf(file, source, text, { offset, levels: levels.get(source.path) ?? null, isCited });
      if (found.length !== source.lines)
        throw new Error(`${source.path} has ${source.lines} lines, not ${found.length}`);
      for (const line of found) lines.push(line);
      offset += text.length;
    }
  }
  return { caseId, lines, files };
}

function placeKey(bundle: BundleId, path: string, line: number): string {
  return `${bundle} ${path} ${line}`;
}

/** What went in must be listed, and nothing else. */
function checkMembers(files: readonly SourceFile[], texts: OracleSource['texts']): void {
  const listed = new Set(files.map(({ path }) => path));
  const missing = [...texts.keys()].filter((path) => !listed.has(path));
  const strange = [...listed].filter((path) => !texts.has(path));
  if (missing.length + strange.length > 0) {
    throw new Error(`not in the bundle: ${missing.join(', ')}; not put into it: ${strange.join(', ')}`);
  }
}

function linesOf(
  file: OracleFile,
  { clock }: SourceFile,
  text: Buffer,
  known: {
    readonly offset: number;
    readonly levels: ReadonlyMap<number, number> | null;
    readonly isCited: (line: number) => boolean;
  },
): readonly OracleLine[] {
  const lines: OracleLine[] = [];
  let stamped: { readonly number: number; readonly time: number } | null = null;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    const bytes = withoutEnding(text.subarray(start, next));
    const number = lines.length + 1;
    const words = bytes.toString('utf8');
    const own = readStamp(words, clock);
    if (own !== null) stamped = { number, time: own.time };
    lines.push({
      file,
      number,
      text: words,
      folded: folded(bytes),
      level: Math.max(known.levels?.get(number) ?? 0, lineSeverity(bytes, 0, bytes.length)),
      time: stamped !== null && number - stamped.number <= CARRIED_LINES_MAX ? stamped.time : null,
      cited: known.isCited(number),
      inFile: [start, next],
      inBundle: [known.offset + start, known.offset + next],
    });
    start = next;
  }
  return lines;
}

/** A line ends with a line feed and at most one carriage return before it. */
function withoutEnding(line: Buffer): Buffer {
  const end = line.at(-1) === 10 ? line.length - 1 : line.length;
  return line.subarray(0, line[end - 1] === 13 ? end - 1 : end);
}
