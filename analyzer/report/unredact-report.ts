/** A redacted report and its map, in: the report with its values, out. */
import type { ReportFormat } from '../contract/report.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { UNREDACT_TEXTS } from './model.ts';
import { mapNumber, readRedactionMap } from './redaction/map.ts';
import { unredact } from './redaction/unredact.ts';
import { readReferences } from './references.ts';

export interface UnredactedReport {
  readonly text: string;
  readonly format: ReportFormat;
  /** Places at which a value was put back. */
  readonly restored: number;
}

/** Both are texts of files. Byte for byte what the report was without redaction, unless it was edited since. */
export function unredactReport(text: string, map: string): Result<UnredactedReport> {
  const read = readRedactionMap(map, null);
  if (!read.ok) return fail('wrong-usage', read.because, UNREDACT_TEXTS.map);
  const report = readReferences(text);
  if (!report.ok) return fail('wrong-usage', report.because, UNREDACT_TEXTS.report);
  if (report.redacted === 'no')
    return fail('wrong-usage', 'The report is not redacted: nothing is to be put back.', UNREDACT_TEXTS.report);
  if (!text.includes(mapNumber(read.map.key))) {
    const advice = 'The report says the number of its map in what it tells of its redaction.';
    return fail('wrong-usage', 'The map is of another report.', UNREDACT_TEXTS.map, advice);
  }
  const { text: restored, places } = unredact(text, read.map, report.format);
  return ok({ text: restored, format: report.format, restored: places });
}
