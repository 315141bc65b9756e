/** The report as JSON: the stable shape that other tools read. Keys are only ever added within one schema version. */

import type { ReportModel } from './model.ts';
import { publicFinding } from './public-shape.ts';

/** Changes when a key is removed or changes its meaning. */
export const REPORT_SCHEMA = 'coldcase-report/1';

/** @returns the document, indented, ending with a line end. */
export function renderJson(model: ReportModel): string {
  const { input } = model;
  const { analysis } = input;
  const document = {
    schema: REPORT_SCHEMA,
    case: input.caseTitle,
    generatedAt: input.generatedAt,
    generatedBy: { name: model.generatedBy, version: input.version },
    verdict: analysis.verdict,
    causes: model.causes.map((entry) => entry.cause),
    findings: model.findings.map((entry) => ({ ...publicFinding(entry.finding), chosen: entry.chosen })),
    findingsNotInReport: model.leftOut,
    askCustomer: analysis.askCustomer,
    coverage: analysis.coverage,
    completeness: analysis.completeness,
    nodes: analysis.nodes,
    bundles: input.bundles,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
