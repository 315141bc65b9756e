/**
 * Import and analysis of an archive of many small files, as a must-gather is: what each file costs counts here, not what its text
 * does. The text is that of the generated node, cut at line ends into the logs of pods.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bytesBelow, CACHE, generate } from './corpus.ts';
import { measure, median } from './measure.ts';
import { type Aim, type BenchRow, rowOf, spread } from './rows.ts';

const MEGABYTES = 128;
/** Bytes of a file: the log of a container that said little, and a long one. */
const FILE_BYTES = { least: 500, most: 12_000 };
const PAIRS = 5;
/**
 * The design sets none but that of memory. Before small files were looked after it was 9 to 10 and 0.8; of the text gzip itself leaves
 * 0.24, and names and digests are a twentieth.
 */
const WALL: Aim = { bar: 8, goal: 4, unit: '' };
const RSS: Aim = { bar: 550, goal: 400, unit: ' MB' };
const DISK: Aim = { bar: 0.5, goal: 0.4, unit: '' };

interface SmallFiles {
  readonly archive: string;
  readonly files: number;
  readonly textBytes: number;
}

/** @param cli the command line as it is shipped. */
export async function smallFilesRows(cli: string): Promise<readonly BenchRow[]> {
  const made = smallFiles();
  const folder = path.join(tmpdir(), `coldcase-bench-small-${process.pid}`);
  const yardstick = ['sh', '-c', 'gzip -dc "$1" | wc -l', 'sh', made.archive];
  const product = [process.execPath, cli, 'analyze', made.archive, '--json', '--quiet', '--case', folder];
  const ratios: number[] = [];
  const seconds: number[] = [];
  let peak = 0;
  let disk = 0;
  try {
    await measure(yardstick);
    for (let pair = 0; pair < PAIRS; pair++) {
      const gzip = await measure(yardstick);
      rmSync(folder, { recursive: true, force: true });
      const ours = await measure(product);
      if (ours.code !== 0) throw new Error(`coldcase analyze ended with ${ours.code}`);
      ratios.push(ours.seconds / gzip.seconds);
      seconds.push(ours.seconds);
      peak = Math.max(peak, (ours.peakRssBytes ?? Number.NaN) / 1e6);
      disk = bytesBelow(folder) / made.textBytes;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const size = `${made.files.toLocaleString('en')} small files of ${(made.textBytes / 1e6).toFixed(0)} MB`;
  const middle = median(ratios);
  return [
    rowOf(
      `import and analysis, wall / \`gzip -dc \\| wc -l\`, ${size}, median of ${PAIRS} pairs`,
      WALL,
      middle,
      `${spread(ratios, middle)}; ${median(seconds).toFixed(2)} s`,
    ),
    rowOf(`peak RSS of all processes, ${size}, the largest of ${PAIRS}`, RSS, peak, `${peak.toFixed(0)} MB`),
    rowOf(`disk / text, everything stored, ${size}`, DISK, disk, disk.toFixed(3)),
  ];
}

/** Made once. */
function smallFiles(): SmallFiles {
  const archive = path.join(CACHE, `small-files-${MEGABYTES}.tar.gz`);
  const note = `${archive}.json`;
  if (!existsSync(archive) || !existsSync(note)) writeFileSync(note, JSON.stringify(pack(archive)));
  return { archive, ...(JSON.parse(readFileSync(note, 'utf8')) as Omit<SmallFiles, 'archive'>) };
}

function pack(archive: string): Omit<SmallFiles, 'archive'> {
  const [source, folder] = [path.join(CACHE, 'small-source'), path.join(CACHE, 'small-files')];
  try {
    generate(source, MEGABYTES, 7);
    const cut = writePieces(source, folder);
    execFileSync('tar', ['-C', folder, '--sort=name', '-czf', archive, '.']);
    return cut;
  } finally {
    for (const one of [source, folder]) rmSync(one, { recursive: true, force: true });
  }
}

function writePieces(source: string, folder: string): Omit<SmallFiles, 'archive'> {
  let [files, textBytes] = [0, 0];
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(source, name);
    if (!statSync(file).isFile()) continue;
    const text = readFileSync(file);
    for (let at = 0; at < text.length; files++) {
      const newline = text.indexOf(10, at + sizeOf(files));
      const end = newline < 0 ? text.length : newline + 1;
      const pod = path.join(folder, 'namespaces', `ns-${files % 97}`, 'pods', `pod-${files}`, 'app', 'app', 'logs');
      mkdirSync(pod, { recursive: true });
      writeFileSync(path.join(pod, 'current.log'), text.subarray(at, end));
      textBytes += end - at;
      at = end;
    }
  }
  return { files, textBytes };
}

/** The same for the same file in every run; most are short. */
function sizeOf(file: number): number {
  const share = ((file * 2_654_435_761) % 4096) / 4096;
  return Math.floor(FILE_BYTES.least + share * share * (FILE_BYTES.most - FILE_BYTES.least));
}
