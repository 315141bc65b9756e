/**
 * `npm run bench`: how fast the product is, as ratios to other tools in the same run, interleaved.
 *
 *     npm run bench                        every part; writes test/bench/RESULTS.md
 *     npm run bench -- --large             with an archive of 4 GB as well
 *     npm run bench -- ingest 256          one part, one size; only prints
 *     npm run bench -- rules 256
 *     npm run bench -- search 64 network start
 *     npm run bench -- ingest --renew      one part again, as large as ever: its rows of RESULTS.md
 *     npm run bench -- files
 *     npm run bench -- report 256
 *     npm run bench -- redaction
 *     npm run bench -- viewer 200
 *     npm run bench -- zoom
 *
 * The engine is measured as it is shipped: the bundle, not the sources. What the numbers mean stands in NOTES.md, which
 * is written by hand and appended to the results.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { build } from '../../electron/tools/build.ts';
import { CACHE, installed } from './corpus.ts';
import { ingestRows } from './ingest.ts';
import { networkRows } from './network.ts';
import { redactionRows } from './redaction.ts';
import { reportRows } from './report.ts';
import { type BenchRow, tableOf } from './rows.ts';
import { rulesRows } from './rules.ts';
import { searchRows } from './search.ts';
import { smallFilesRows } from './small-files.ts';
import { startRow } from './start.ts';
import { viewerRows } from './viewer.ts';
import { zoomRows } from './zoom.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const CLI = path.join(ROOT, 'dist', 'engine', 'cli.cjs');
const PARTS = [
  'ingest',
  'files',
  'rules',
  'report',
  'redaction',
  'search',
  'network',
  'start',
  'viewer',
  'zoom',
] as const;
type Part = (typeof PARTS)[number];
/** MiB of text. */
const INGEST_SIZES = [256, 1024] as const;
const LARGE = 4096;
const RULES_SIZE = 256;
const REDACTION_SIZE = 64;
const SEARCH_SIZE = 1024;
/** MB of text: 20 million lines. */
const VIEWER_SIZE = 2_000;
const ZOOM_LINES = 10_000_000;

interface Wanted {
  readonly parts: readonly Part[];
  readonly sizes: readonly number[];
  readonly ruled: number;
  readonly redacted: number;
  readonly searched: number;
  readonly viewed: number;
}

function wanted(words: readonly string[]): Wanted {
  const parts = PARTS.filter((part) => words.includes(part));
  const sizes = words.filter((word) => /^\d{1,5}$/.test(word)).map(Number);
  const others = words.filter(
    (word) =>
      word !== '--large' && word !== '--renew' && !/^\d{1,5}$/.test(word) && !PARTS.some((part) => part === word),
  );
  if (others.length > 0)
    throw new Error(`no such part: ${others.join(', ')}; there are ${PARTS.join(', ')}, sizes in MB and --large`);
  const usual = words.includes('--large') ? [...INGEST_SIZES, LARGE] : INGEST_SIZES;
  return {
    parts: parts.length === 0 ? PARTS : parts,
    sizes: sizes.length === 0 ? usual : sizes,
    ruled: sizes[0] ?? RULES_SIZE,
    redacted: sizes[0] ?? REDACTION_SIZE,
    searched: sizes[0] ?? SEARCH_SIZE,
    viewed: sizes[0] ?? VIEWER_SIZE,
  };
}

async function rowsOf(part: Part, { sizes, ruled, redacted, searched, viewed }: Wanted): Promise<readonly BenchRow[]> {
  switch (part) {
    case 'ingest':
      return ingestRows(CLI, sizes);
    case 'files':
      return smallFilesRows(CLI);
    case 'rules':
      return rulesRows(CLI, ruled);
    case 'report':
      return reportRows(CLI, ruled);
    case 'redaction':
      return redactionRows(redacted);
    case 'search':
      return searchRows(CLI, searched);
    case 'network':
      return networkRows(CLI);
    case 'start':
      return [await startRow(CLI)];
    case 'viewer':
      return viewerRows(CLI, viewed);
    case 'zoom':
      return zoomRows(CLI, ZOOM_LINES);
  }
}

const words = process.argv.slice(2);
const plan = wanted(words);
const loadAtStart = loadavg()[0] ?? 0;
mkdirSync(CACHE, { recursive: true });
await build({ parts: ['engine', 'renderer'] });
const rows: BenchRow[] = [];
for (const part of plan.parts) {
  const made = await rowsOf(part, plan);
  console.error(tableOf(made));
  rows.push(...made);
}
const RESULTS = path.join(import.meta.dirname, 'RESULTS.md');
const notes = () => readFileSync(path.join(import.meta.dirname, 'NOTES.md'), 'utf8');
const LOAD = 'Load average of the machine before the start:';

function wholeText(): string {
  const peers = ['gzip', 'lnav', 'rg'].map((tool) => installed(tool) ?? `no ${tool}`).join(', ');
  return [
    '# Bench results',
    '',
    `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}; ${peers}.`,
    'Ratios are of pairs measured in turns, in one run, and hold better than absolute times; ranges are of all pairs.',
    'Archives are generated (`gen-corpus.mjs`); MB of a size are MiB of text. Processor time is user and system time of all processes.',
    `${LOAD} ${loadAtStart.toFixed(1)}.`,
    '',
    tableOf(rows),
    '',
    notes(),
  ].join('\n');
}

/** The results with the rows of these parts as they are now, and how busy the machine was before them. */
function renewedText(): string {
  const renewed = new Map(
    tableOf(rows)
      .split('\n')
      .map((row) => [row.split(' | ')[0], row]),
  );
  const [results = ''] = readFileSync(RESULTS, 'utf8').split('## Where the time goes');
  const said = `Load average before ${plan.parts.join(', ')}, measured again since:`;
  const lines = results
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith(said))
    .flatMap((line) => {
      if (line.startsWith(LOAD)) return [line, `${said} ${loadAtStart.toFixed(1)}.`];
      const key = line.split(' | ')[0];
      const row = renewed.get(key);
      renewed.delete(key);
      return [row ?? line];
    });
  // What was never measured here before; the results end with their table.
  return [...lines, ...renewed.values(), '', notes()].join('\n');
}

const whole = words.every((word) => word === '--large');
const text = whole ? wholeText() : words.includes('--renew') ? renewedText() : tableOf(rows);
if (whole || words.includes('--renew')) writeFileSync(RESULTS, text);
console.log(text);
process.exitCode = rows.some((row) => row.verdict === 'miss') ? 1 : 0;
