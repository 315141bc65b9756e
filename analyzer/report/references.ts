/**
 * The references of a report as every format carries them for programs, and how they are read back out of one: `verify` holds
 * them against a case. Each is JSON without characters that act, so that any name of a node or file comes back as it was.
 */
import * as z from 'zod';
import { type ReportFormat, ReportReference } from '../contract/report.ts';
import { grouped } from '../core/grouped.ts';
import { type CaseDocument, REPORT_SCHEMA } from './document.ts';
import { actingEscaped } from './visible.ts';

/** A report of every finding of a large case has some ten thousand; more is no report of ours. */
export const REFERENCES_MAX = 500_000;

const COLUMNS = [
  'label',
  'bundle',
  'node',
  'file',
  'fileId',
  'line',
  'endLine',
  'byteStart',
  'byteEnd',
  'sha256',
] as const satisfies readonly (keyof ReportReference)[];

/** In Markdown the first line of the last fenced block. */
const MARKDOWN_HEAD = { schema: REPORT_SCHEMA, columns: COLUMNS };
/** In YAML the key of the list, and how each of its items begins. */
const YAML_KEY = 'references:';
const YAML_ITEM = '  - ';
const YAML_COUNT = 'reference_count: ';

export type Redacted = 'yes' | 'no';

/** @returns the same text for the same cited bytes, whatever label cites them. */
export function placeKey({
  bundle,
  fileId,
  byteStart,
  byteEnd,
}: Pick<ReportReference, 'bundle' | 'fileId' | 'byteStart' | 'byteEnd'>): string {
  return `${bundle} ${fileId} ${byteStart} ${byteEnd}`;
}

export type ReadReferences =
  | {
      readonly ok: true;
      readonly format: ReportFormat;
      readonly references: readonly ReportReference[];
      readonly redacted: Redacted;
    }
  | { readonly ok: false; readonly because: string };

/** @returns a reference as one line of JSON. */
export function referenceJson(reference: ReportReference): string {
  return actingEscaped(JSON.stringify(pick(reference)));
}

/** @returns the lines of the fenced block of a Markdown report: a head, then one row a reference. */
export function referenceRows(document: CaseDocument): readonly string[] {
  const head = { ...MARKDOWN_HEAD, redacted: redacted(document), count: document.references.length };
  const rows = document.references.map((one) => COLUMNS.map((name) => one[name]));
  return [head, ...rows].map((row) => actingEscaped(JSON.stringify(row)));
}

/** @returns the lines of the list of a YAML report. */
export function referenceYaml(document: CaseDocument): readonly string[] {
  const head = [`${YAML_COUNT}${document.references.length}`, `redacted: "${redacted(document)}"`];
  if (document.references.length === 0) return [...head, `${YAML_KEY} []`];
  return [...head, YAML_KEY, ...document.references.map((one) => `${YAML_ITEM}${referenceJson(one)}`)];
}

/** @returns whether values of the document were replaced. */
export function redacted(document: Pick<CaseDocument, 'redaction'>): Redacted {
  return document.redaction === null ? 'no' : 'yes';
}

/**
 * @param text of a report in any format, as Coldcase wrote it; line ends may have become CRLF.
 * @returns its references in their order, or in plain words why there are none to be read.
 */
export function readReferences(text: string): ReadReferences {
  const start = text.replace(/^\ufeff/, '').trimStart();
  const found = start.startsWith('{')
    ? fromJson(start)
    : start.startsWith('<')
      ? fromHtml(start)
      : (fromMarkdown(text) ?? fromYaml(text));
  if (found === null) return { ok: false, because: 'This is no report of Coldcase: it carries no references.' };
  if (typeof found === 'string') return { ok: false, because: found };
  if (found.values.length > REFERENCES_MAX) {
    return { ok: false, because: `The report names more than ${grouped(REFERENCES_MAX)} references.` };
  }
  if (found.values.length !== found.count) {
    const counts = `${grouped(found.values.length)} of ${grouped(found.count)}`;
    return { ok: false, because: `The report is not whole: ${counts} references are in it.` };
  }
  const references: ReportReference[] = [];
  for (const [index, value] of found.values.entries()) {
    const read = ReportReference.safeParse(value);
    if (!read.success) return { ok: false, because: `Reference ${index + 1} of the report is damaged.` };
    references.push(read.data);
  }
  return { ok: true, format: found.format, references, redacted: found.redacted };
}

interface Found {
  readonly format: ReportFormat;
  readonly values: readonly unknown[];
  /** As the report itself says: what is cut short is no report of fewer references. */
  readonly count: number;
  readonly redacted: Redacted;
}

const JsonReport = z.object({ schema: z.string(), references: z.array(z.unknown()), redaction: z.unknown() });

function fromJson(text: string): Found | string | null {
  const read = JsonReport.safeParse(parsed(text));
  if (!read.success) return null;
  const { schema, references, redaction } = read.data;
  if (schema !== REPORT_SCHEMA) return otherVersion(schema);
  return { format: 'json', values: references, count: references.length, redacted: redaction === null ? 'no' : 'yes' };
}

function fromHtml(text: string): Found | string | null {
  const head =
    /<table class="references" data-schema="([^"]{1,60})" data-redacted="(yes|no)" data-count="(\d{1,9})">/.exec(text);
  if (head === null) return null;
  if (head[1] !== REPORT_SCHEMA) return otherVersion(head[1] ?? '');
  const rows = text.slice(head.index).matchAll(/<tr id="[\w-]*" data-reference="([^"]*)"/g);
  const values = [...rows].map(([, value = '']) => parsed(withoutEntities(value)));
  return { format: 'html', values, count: Number(head[3]), redacted: head[2] === 'yes' ? 'yes' : 'no' };
}

const MarkdownHead = z.object({ schema: z.string(), redacted: z.enum(['yes', 'no']), count: z.number() });

function fromMarkdown(text: string): Found | string | null {
  const lines = text.split(/\r?\n/);
  const from = lines.findLastIndex((line) => line.startsWith('{"schema":'));
  const head = MarkdownHead.safeParse(parsed(lines[from] ?? ''));
  if (!head.success) return null;
  if (head.data.schema !== REPORT_SCHEMA) return otherVersion(head.data.schema);
  const behind = lines.slice(from + 1);
  const end = behind.findIndex((line) => !line.startsWith('['));
  const values = (end < 0 ? behind : behind.slice(0, end)).map((line) => {
    const row = parsed(line);
    return Array.isArray(row) ? Object.fromEntries(COLUMNS.map((name, index) => [name, row[index]])) : null;
  });
  return { format: 'md', values, count: head.data.count, redacted: head.data.redacted };
}

function fromYaml(text: string): Found | null {
  const lines = text.split(/\r?\n/);
  const from = lines.findLastIndex((line) => line.startsWith(YAML_KEY));
  const flag = /^redacted: "(yes|no)"$/.exec(lines[from - 1] ?? '')?.[1];
  const count = lines[from - 2] ?? '';
  if (flag === undefined || !count.startsWith(YAML_COUNT)) return null;
  const behind = lines.slice(from + 1);
  const end = behind.findIndex((line) => !line.startsWith(YAML_ITEM));
  const items = end < 0 ? behind : behind.slice(0, end);
  const values = items.map((line) => parsed(line.slice(YAML_ITEM.length)));
  return {
    format: 'yaml',
    values,
    count: Number(count.slice(YAML_COUNT.length)),
    redacted: flag === 'yes' ? 'yes' : 'no',
  };
}

function otherVersion(schema: string): string {
  return `The report is of another version of Coldcase: ${schema.slice(0, 60)}, this one reads ${REPORT_SCHEMA}.`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pick(reference: ReportReference): object {
  return Object.fromEntries(COLUMNS.map((name) => [name, reference[name]]));
}

/** What report/markup.ts makes of the text of an attribute, back. */
function withoutEntities(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(?:#(\d{1,3})|(amp|lt|gt|quot));/g, (_, code?: string, name = '') =>
    code === undefined ? (named[name] ?? '') : String.fromCharCode(Number(code)),
  );
}
