/** Analysis in, document out. Pure: the same input gives the same bytes. */
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { type ReportInput, reportModel } from './model.ts';

export { REPORT_SCHEMA } from './json.ts';
export type { ReportInput } from './model.ts';

export type ReportKind = 'html' | 'md' | 'json';

export interface ReportOutput {
  /** A plain file name: ASCII letters, digits, dash and dot. */
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

const MEDIA_TYPE: Readonly<Record<ReportKind, string>> = {
  html: 'text/html; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  json: 'application/json',
};

/**
 * @param input the case's bundles and analysis, and the findings to report; see ReportInput.
 * @param format `html` one self-contained file, `md` CommonMark without any HTML, `json` schema `coldcase-report/1`.
 * @returns the document. Never fails: whatever is in the input is text to be shown.
 */
export function buildReport(input: ReportInput, format: ReportKind): ReportOutput {
  const model = reportModel(input);
  const text = format === 'html' ? renderHtml(model) : format === 'md' ? renderMarkdown(model) : renderJson(model);
  return { fileName: `${fileStem(input.caseTitle)}-report.${format}`, mediaType: MEDIA_TYPE[format], text };
}

function fileStem(title: string): string {
  const stem = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return stem === '' ? 'case' : stem.toLowerCase();
}
