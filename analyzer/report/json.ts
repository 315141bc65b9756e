/** The report for programs: the document itself (report/document.ts), whose schema is docs/report.schema.json. */
import type { CaseDocument } from './document.ts';
import { actingEscaped } from './visible.ts';

/** @returns the document, indented, ending with a line end. Text in it is as it was captured, written so that none of it acts. */
export function renderJson(document: CaseDocument): string {
  return `${actingEscaped(JSON.stringify(document, null, 2))}\n`;
}
