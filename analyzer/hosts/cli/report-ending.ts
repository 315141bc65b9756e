/** What the name of a report says of its format. */
import path from 'node:path';
import { REPORT_FORMATS, type ReportFormat } from '../../contract/report.ts';
import { wrongUsage } from './session.ts';

export type PrintedFormat = ReportFormat | 'pdf';
export const FORMATS: readonly PrintedFormat[] = [...REPORT_FORMATS, 'pdf'];

/** A pack is a zip. */
type Written = PrintedFormat | 'zip';

const OTHER_NAMES: ReadonlyMap<string, Written> = new Map([
  ['htm', 'html'],
  ['markdown', 'md'],
  ['yml', 'yaml'],
]);

/** Documents that people expect of a report, and that none is written as. */
const NEVER_WRITTEN = ['doc', 'docx', 'odt', 'rtf'];

/** @returns the format by the ending of the name; null when it says nothing. */
export function formatByEnding(file: string): Written | null {
  const ending = endingOf(file);
  const all: readonly Written[] = [...FORMATS, 'zip'];
  return OTHER_NAMES.get(ending) ?? all.find((one) => one === ending) ?? null;
}

/** Ends the command when the name says another format than the one that is written: no program would open the file. */
export function refuseOtherEnding(file: string, format: Written): void {
  const ending = endingOf(file);
  if (NEVER_WRITTEN.includes(ending)) {
    const all = FORMATS.map((one) => `.${one}`).join(', ');
    wrongUsage(`No report is written as .${ending}.`, file, `There are ${all}, and .zip for report --pack.`);
  }
  const named = formatByEnding(file);
  if (named === null || named === format) return;
  const advice = named === 'zip' ? 'A pack is made by report --pack.' : null;
  wrongUsage(`What is written is ${format}, and the name says ${named}: end it in .${format}.`, file, advice);
}

function endingOf(file: string): string {
  return path.extname(file).slice(1).toLowerCase();
}
