/** The report as one HTML file: no script, no link out of the document, nothing to load. */
import { ask, nodes, notKnown, provenance } from './html-context.ts';
import { evidenceLinks, findings, findingTable, link } from './html-findings.ts';
import { CONTENT_POLICY, STYLE, severityMark } from './html-style.ts';
import { type Html, html, NOTHING, sentence } from './markup.ts';
import { counted, instant, nodeName, type ReportCause, type ReportModel } from './model.ts';
import { visible } from './visible.ts';

/** @returns the whole document. */
export function renderHtml(model: ReportModel): string {
  const { input } = model;
  const head = html`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${visible(input.caseTitle)}: node log report</title>`;
  const body = html`<body>
${top(model)}
<main>
${verdict(model)}
${causes(model)}
${findingTable(model)}
${findings(model)}
${ask(model)}
${notKnown(model)}
${nodes(model)}
${provenance(model)}
</main>
<footer>Made by ${model.generatedBy} ${input.version} on ${instant(input.generatedAt)}. Excerpts are verbatim; characters that act on a terminal or reorder text are written out and set apart.</footer>
</body>`;
  // The style is no template value: it must reach the browser byte for byte, as the policy names its hash.
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n${head.markup}\n<style>${STYLE}</style>\n</head>\n${body.markup}\n</html>\n`;
}

function top(model: ReportModel): Html {
  const { input } = model;
  const names = [...new Set(input.bundles.map((bundle) => nodeName(bundle.node)))];
  return html`<header><h1>${input.caseTitle}</h1>
<p>Node log report, ${instant(input.generatedAt.replace(/\.\d+Z$/, 'Z'))}. ${counted(input.bundles.length, 'bundle')} of ${
    names.length === 0 ? 'no node' : names.join(', ')
  }.</p></header>`;
}

function verdict(model: ReportModel): Html {
  const { verdict: said } = model.input.analysis;
  const of = model.verdictFinding;
  return html`<section class="verdict" id="verdict">
<p class="sentence">${sentence(said.sentence)}</p>
<p class="because"><span class="label">${said.confidence.level}:</span> ${sentence(said.confidence.because)}</p>
${
  of === null
    ? html`<p class="because">No single finding is named as the cause.</p>`
    : html`<p class="because">${severityMark(of.finding.severity)} Rests on ${link(of)} ${sentence(of.finding.title)}, ${evidenceLinks(of)}</p>`
}</section>`;
}

function causes(model: ReportModel): Html {
  if (model.causes.length === 0) {
    return html`<section><h2>Causes</h2><p class="note">No cause could be ranked from this evidence.</p></section>`;
  }
  return html`<section><h2>Causes, most likely first</h2><ol class="causes">${model.causes.map(causeItem)}</ol></section>`;
}

function causeItem(entry: ReportCause): Html {
  const { cause, of, explains, explainsElsewhere } = entry;
  const rest =
    explainsElsewhere === 0
      ? NOTHING
      : html`${explains.length > 0 ? ' and ' : ''}${counted(explainsElsewhere, 'finding')} not in this report`;
  return html`<li><h3>${cause.rank}. ${severityMark(of.finding.severity)} ${sentence(of.finding.title)} <span class="note">${link(of)}</span></h3>
<p><span class="label">Why:</span> ${sentence(cause.because)}</p>
${
  explains.length + explainsElsewhere === 0
    ? NOTHING
    : html`<p><span class="label">Explains:</span> ${explains.map((one, index) => html`${index > 0 ? ', ' : ''}${link(one)} ${sentence(one.finding.title)}`)}${rest}</p>`
}${
  cause.changesIf.length === 0
    ? NOTHING
    : html`<p><span class="label">This would change it:</span> ${cause.changesIf.map((one, index) => html`${index > 0 ? '; ' : ''}${sentence(one)}`)}</p>`
}<p><span class="label">Evidence:</span> ${evidenceLinks(of)}</p></li>`;
}
