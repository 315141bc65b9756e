/** What the logs of a bundle warn of, by shape: only blocks that hold warnings are read. */
import { incompleteBecause } from '../compare/incomplete.ts';
import type { ShapeSeen, VocabularyReading } from '../compare/vocabulary.ts';
import type { BlockPlace, BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import { shapeOf } from '../correlate/shapes.ts';
import { LINE_SEVERITY, lineSeverity } from '../formats/severity.ts';
import { NODE_LOG_ROLES } from '../layouts/roles.ts';
import { unwrapLine } from '../time/stamp.ts';

/** Text with warnings that is read of a bundle: some 300,000 of them, a quarter of a second. */
const BYTES_MAX = 64 * 1024 * 1024;
/** Different messages kept of a bundle: components have some hundred. */
const SHAPES_MAX = 5_000;
/** Of a line; the text of a message stands at its beginning. */
const LINE_BYTES_MAX = 1_024;

const LINE_FEED = 10;
/** Which pod a message is about, and when it was, depends on the node: what it says does not. */
const PLACED =
  /\b(time|ts|pods?|podUID|podName|containerName|containerID|podSandboxID|sandboxID|namespace|volumeName|UniqueName|nodeName|node|hostname|PodSandboxId|ContainerID)=(?:\{[^}]{0,400}\}|\[[^\]]{0,400}\]|"(?:[^"\\]|\\.){0,400}"|[^\s"]{1,400})/g;

/** Level, date, time and thread of klog: `E0303 13:30:11.365670    3127 `. */
const KLOG_HEAD = /^[IWEF]\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})? +\d+ +/;

/** @param checkCancelled called between blocks; may throw. */
export function readVocabulary(reader: BundleReader, checkCancelled: () => void): VocabularyReading {
  const files = new Map(
    reader
      .files()
      .filter(
        (file) => NODE_LOG_ROLES.has(file.role) && file.aliasOf === null && file.format !== 'binary' && file.lines > 0,
      )
      .map((file) => [file.id, file.role]),
  );
  const roles = new Map<string, Map<string, ShapeSeen>>();
  const logs = new Set(files.values());
  if (files.size === 0) return { roles, logs, cut: null };
  const warned = reader.candidates(null, new Set(files.keys())).filter(({ warnings, errors }) => warnings + errors > 0);
  const places = withinBudget(warned);
  let shapes = 0;
  let full: string | null = null;
  for (const place of places) {
    checkCancelled();
    const role = files.get(place.fileId) ?? '';
    const own = roles.get(role) ?? new Map<string, ShapeSeen>();
    roles.set(role, own);
    for (const { line, text, level } of warningsIn(reader, place)) {
      const shape = shapeOf(text.replace(PLACED, '$1=*'));
      const known = own.get(shape);
      if (known !== undefined) {
        own.set(shape, { ...known, count: known.count + 1, level: known.level === 'error' ? 'error' : level });
      } else if (shapes < SHAPES_MAX) {
        shapes += 1;
        own.set(shape, {
          text: unwrapLine(text).body.replace(KLOG_HEAD, ''),
          count: 1,
          level,
          first: { fileId: place.fileId, line, endLine: line },
        });
      } else full = `it holds more than ${SHAPES_MAX} different warnings`;
    }
  }
  const notRead = warned.length - places.length;
  const read = notRead > 0 ? `only ${BYTES_MAX / 1024 / 1024} MB of the text with warnings were read` : full;
  return { roles, logs, cut: read ?? notCaptured(reader, files) };
}

/** @returns why lines of these logs may be missing from the bundle; null when none are known to be. */
function notCaptured(reader: BundleReader, files: ReadonlyMap<FileId, string>): string | null {
  const cut = reader.files().find(({ id, coverage }) => files.has(id) && coverage === 'truncated');
  return cut === undefined ? incompleteBecause(reader.bundle) : `${cut.path} was not captured to its end`;
}

/** Blocks with the most errors first, as many as may be read, in the order of the files again. */
function withinBudget(places: readonly BlockPlace[]): readonly BlockPlace[] {
  const ranked = places.toSorted(
    (one, two) => two.errors - one.errors || two.warnings - one.warnings || one.id - two.id,
  );
  let left = BYTES_MAX;
  const kept = ranked.filter(({ bytes }) => {
    left -= bytes;
    return left >= 0;
  });
  return kept.sort((one, two) => one.id - two.id);
}

interface Warning {
  readonly line: number;
  readonly text: string;
  readonly level: ShapeSeen['level'];
}

function* warningsIn(reader: BundleReader, place: BlockPlace): Generator<Warning> {
  const block = reader.block(place);
  const levels = reader.severitiesOf(place.fileId, place.firstLine, place.lines);
  const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  let line = place.firstLine;
  for (let start = 0; start < bytes.length; line += 1) {
    const next = bytes.indexOf(LINE_FEED, start);
    const end = next < 0 ? bytes.length : next;
    const marked = levels?.get(line);
    const level = marked ?? levelOf(lineSeverity(bytes, start, end));
    if (level === 'warning' || level === 'error') {
      yield { line, text: bytes.toString('utf8', start, Math.min(end, start + LINE_BYTES_MAX)).trimEnd(), level };
    }
    start = end + 1;
  }
}

function levelOf(severity: ReturnType<typeof lineSeverity>): ShapeSeen['level'] | null {
  if (severity === LINE_SEVERITY.error) return 'error';
  return severity === LINE_SEVERITY.warning ? 'warning' : null;
}
