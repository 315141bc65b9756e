/** Document in, file out. Pure: the same document gives the same bytes. */
import type { ReportFormat } from '../contract/report.ts';
import { REPORT_MEDIA_TYPES } from '../core/report.ts';
import type { CaseDocument } from './document.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderYaml } from './yaml.ts';

export interface ReportOutput {
  /** A plain file name: ASCII letters, digits, dash and dot. */
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

const RENDER: Readonly<Record<ReportFormat, (document: CaseDocument) => string>> = {
  html: renderHtml,
  md: renderMarkdown,
  json: renderJson,
  yaml: renderYaml,
};

/**
 * @param format `html` one self-contained file, `md` CommonMark with tables and without any HTML, `json` the document itself,
 * `yaml` the shape that runbooks ask for.
 * @returns the file. Never fails: whatever is in the document is text to be shown.
 */
export function renderReport(document: CaseDocument, format: ReportFormat): ReportOutput {
  return {
    fileName: `${fileStem(document.title)}-report.${format}`,
    mediaType: REPORT_MEDIA_TYPES[format],
    text: RENDER[format](document),
  };
}

function fileStem(title: string): string {
  const stem = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return stem === '' ? 'case' : stem.toLowerCase();
}
