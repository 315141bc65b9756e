/** The evidence pack: a zip with the report, every cited excerpt as a file of its own, and a manifest with the sha256 of everything. */
import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import type { ReportReference } from '../contract/report.ts';
import type { CaseDocument, DocumentEvidence, DocumentLine } from './document.ts';
import { placeKey } from './references.ts';
import { visible } from './visible.ts';

/** Changes when a key is removed or changes its meaning. */
export const PACK_SCHEMA = 'coldcase-pack/1';
export const MANIFEST = 'manifest.json';

/** Source files in a pack: an attachment of a support case is no larger, and the pack is made in memory. */
export const SOURCES_BYTES_MAX = 64 * 1024 * 1024;

export interface PackEntry {
  /** Parts joined by `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Of every entry: the same entries are the same bytes on every day and in every time zone (the least a zip can say). */
const PACKED_AT = new Date(1980, 0, 1);

/** @returns a zip of the entries in their order; the same bytes for the same entries. */
export function packZip(entries: readonly PackEntry[]): Uint8Array {
  return zipSync(Object.fromEntries(entries.map(({ path, bytes }) => [path, bytes])), { level: 6, mtime: PACKED_AT });
}

/** A cited file whole, as it was captured. */
export interface PackSource {
  readonly bundle: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface PackInput {
  /** As the reports in it have it: redacted or not. */
  readonly document: CaseDocument;
  /** Each format of it. */
  readonly reports: readonly { readonly fileName: string; readonly text: string }[];
  readonly sources: readonly PackSource[];
}

/** @returns every file of the pack, the manifest last: it names the others. */
export function packEntries({ document, reports, sources }: PackInput): readonly PackEntry[] {
  const paths = new PathNames();
  const labels = labelsByPlace(document);
  const entries: PackEntry[] = [
    ...reports.map(({ fileName, text }) => entry(paths.own(fileName), text)),
    ...evidenceOf(document).map((one) =>
      entry(
        paths.own(`excerpts/${one.label}-${baseName(one.file)}.txt`),
        excerptText(one, labels.get(placeKey(one)) ?? [one.label]),
      ),
    ),
    ...sources.map(({ bundle, file, bytes }) => ({
      path: paths.own(`sources/${bundle.slice(0, 12)}/${safePath(file)}`),
      bytes,
    })),
  ];
  if (document.redaction !== null) entries.push(entry('redaction.json', json(document.redaction)));
  return [...entries, entry(MANIFEST, json(manifestOf(document, entries)))];
}

interface Manifest {
  readonly schema: typeof PACK_SCHEMA;
  readonly title: string;
  readonly generatedAt: string;
  readonly generatedBy: CaseDocument['generatedBy'];
  readonly redacted: 'yes' | 'no';
  readonly bundles: readonly { readonly sha256: string; readonly name: string; readonly node: string | null }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  readonly references: readonly ReportReference[];
}

function manifestOf(document: CaseDocument, entries: readonly PackEntry[]): Manifest {
  const { title, generatedAt, generatedBy, bundles, references } = document;
  return {
    schema: PACK_SCHEMA,
    title,
    generatedAt,
    generatedBy,
    redacted: document.redaction === null ? 'no' : 'yes',
    bundles: bundles.map(({ sha256, name, node }) => ({ sha256, name, node })),
    files: entries.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: sha256(bytes) })),
    references,
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function entry(path: string, text: string): PackEntry {
  return { path, bytes: Buffer.from(text, 'utf8') };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function evidenceOf({ findings, kept, excerpts }: CaseDocument): readonly DocumentEvidence[] {
  return [...findings.flatMap(({ evidence }) => evidence), ...kept.map(({ evidence }) => evidence), ...excerpts];
}

/** A place may be cited more than once: its excerpt tells by whom. */
function labelsByPlace({ references }: CaseDocument): ReadonlyMap<string, readonly string[]> {
  const byPlace = Map.groupBy(references, placeKey);
  return new Map([...byPlace].map(([place, all]) => [place, all.map(({ label }) => label)]));
}

/** Lines that are cited are marked with `>`. */
function excerptText(evidence: DocumentEvidence, labels: readonly string[]): string {
  const { file, line, endLine, bundle, node, sha256: hash, moreLines, before, lines, after } = evidence;
  const all = [...before, ...lines, ...after];
  const width = String(all.at(-1)?.number ?? line).length;
  const shown = (mark: ' ' | '>') => (one: DocumentLine) =>
    `${mark} ${String(one.number).padStart(width)}  ${visible(one.text)}${one.more === 0 ? '' : ` (${one.more} more characters)`}`;
  return `${[
    `${labels.join(', ')}: ${visible(file)}, ${line === endLine ? `line ${line}` : `lines ${line} to ${endLine}`}`,
    `Node: ${visible(node ?? 'not known')}`,
    `Archive, sha256: ${bundle}`,
    `Cited bytes, sha256: ${hash}`,
    '',
    ...before.map(shown(' ')),
    ...lines.map(shown('>')),
    ...(moreLines === 0 ? [] : [`> (${moreLines} more lines)`]),
    ...after.map(shown(' ')),
  ].join('\n')}\n`;
}

/** Letters that every file system has. A path of an archive is a label, never a path on a disk: no part of it leads upwards. */
function safePath(path: string): string {
  const parts = path
    .split('/')
    .map((part) => safeName(part))
    .filter((part) => part !== '');
  return parts.join('/') || 'file';
}

const NAME_CHARS_MAX = 120;

function safeName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^\.+|\.+$/g, '')
    .slice(-NAME_CHARS_MAX);
}

function baseName(file: string): string {
  return safeName(file.split('/').at(-1) ?? '') || 'file';
}

/** Names that differ only in letters that are replaced, or in their case, get numbers. */
class PathNames {
  readonly #taken = new Set<string>();

  own(path: string): string {
    for (let nth = 1; ; nth++) {
      const dot = path.lastIndexOf('.');
      const numbered =
        nth === 1
          ? path
          : dot > path.lastIndexOf('/')
            ? `${path.slice(0, dot)}-${nth}${path.slice(dot)}`
            : `${path}-${nth}`;
      if (this.#taken.has(numbered.toLowerCase())) continue;
      this.#taken.add(numbered.toLowerCase());
      return numbered;
    }
  }
}
