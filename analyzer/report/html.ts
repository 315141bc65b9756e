/** The report as one HTML file: no script, no link out of the document, nothing to load. */

import { someOf } from '../core/some-of.ts';
import type { CaseDocument, DocumentCause, DocumentSection } from './document.ts';
import { answers, keptLines, timeline, words } from './html-answers.ts';
import { ask, nodes, notKnown, provenance, redactionStatement, referencesTable } from './html-context.ts';
import { evidenceLinks, findings, type HtmlContext, link, titleOf } from './html-findings.ts';
import { contentPolicy, severityMark, styleOf } from './html-style.ts';
import { type Html, html, NOTHING, sentence } from './markup.ts';
import { counted, instant, NODES_NAMED, nodeName, nodeNamer } from './model.ts';
import { visible } from './visible.ts';

/** @returns the whole document. */
export function renderHtml(document: CaseDocument): string {
  const context: HtmlContext = {
    document,
    nodeOf: nodeNamer(document.bundles),
    findingAt: new Map(document.findings.map((one) => [one.label, one])),
  };
  const style = styleOf(visible(document.title));
  const { name, version, rules } = document.generatedBy;
  const head = html`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${visible(document.title)}: node log report</title>`;
  const told = new Set<string>();
  const sections = document.sections.map((section) => {
    // Content stands once, however often a draft names its kind.
    const content = told.has(section.kind) ? NOTHING : contentOf(section, context);
    told.add(section.kind);
    return html`<section id="${section.kind}"><h2>${section.heading}</h2>${words(section.text)}${content}</section>
`;
  });
  const body = html`<body>
${top(document)}
<main>
${sections}${redactionStatement(document)}${referencesTable(context)}
</main>
<footer>Made by ${name} ${version} with ${counted(rules, 'rule')} on ${instant(document.generatedAt)}. Excerpts are verbatim${document.redaction === null ? '' : ' but for what was replaced'}; characters that act on a terminal or reorder text are written out and set apart.</footer>
</body>`;
  // The style is no template value: it must reach the browser byte for byte, as the policy names its hash.
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n${head.markup}\n<style>${style}</style>\n</head>\n${body.markup}\n</html>\n`;
}

function contentOf({ kind }: DocumentSection, context: HtmlContext): Html {
  switch (kind) {
    case 'verdict':
      return verdict(context);
    case 'causes':
      return causes(context);
    case 'findings':
      return findings(context);
    case 'lines':
      return keptLines(context);
    case 'timeline':
      return html`${timeline(context)}${answers(kind, context)}`;
    case 'traces':
    case 'comparisons':
    case 'runbooks':
      return answers(kind, context);
    case 'text':
      return NOTHING;
    case 'ask':
      return ask(context);
    case 'not-known':
      return notKnown(context);
    case 'nodes':
      return nodes(context);
    case 'bundles':
      return provenance(context);
  }
}

function top({ title, generatedAt, bundles }: CaseDocument): Html {
  const names = [...new Set(bundles.map((bundle) => nodeName(bundle.node)))];
  return html`<header><h1>${title}</h1>
<p>Node log report, ${instant(generatedAt.replace(/\.\d+Z$/, 'Z'))}. ${counted(bundles.length, 'bundle')} of ${
    names.length === 0 ? 'no node' : someOf(names, NODES_NAMED)
  }.</p></header>`;
}

function verdict(context: HtmlContext): Html {
  const said = context.document.verdict;
  if (said === null) return NOTHING;
  const of = said.finding === null ? undefined : context.findingAt.get(said.finding);
  return html`<div class="verdict">
<p class="sentence">${sentence(said.sentence)}</p>
<p class="because"><span class="label">${said.confidence.level}:</span> ${sentence(said.confidence.because)}</p>
${
  of === undefined
    ? html`<p class="because">No single finding is named as the cause.</p>`
    : html`<p class="because">${severityMark(of.severity)} Rests on ${link(of.label)} ${sentence(of.title)}, ${evidenceLinks(of)}</p>`
}</div>`;
}

function causes(context: HtmlContext): Html {
  const ranked = context.document.causes;
  if (ranked.length === 0) return html`<p class="note">No cause could be ranked from this evidence.</p>`;
  return html`<ol class="causes">${ranked.map((cause) => causeItem(cause, context))}</ol>`;
}

function causeItem(cause: DocumentCause, context: HtmlContext): Html {
  const { explains, explainsElsewhere, changesIf } = cause;
  const of = context.findingAt.get(cause.finding);
  const rest =
    explainsElsewhere === 0
      ? NOTHING
      : html`${explains.length > 0 ? ' and ' : ''}${counted(explainsElsewhere, 'finding')} not in this report`;
  return html`<li><h3>${cause.rank}. ${of === undefined ? NOTHING : severityMark(of.severity)} ${sentence(of?.title ?? '')} <span class="note">${link(cause.finding)}</span></h3>
<p><span class="label">Why:</span> ${sentence(cause.because)}</p>
${
  explains.length + explainsElsewhere === 0
    ? NOTHING
    : html`<p><span class="label">Explains:</span> ${explains.map((one, index) => html`${index > 0 ? ', ' : ''}${link(one)} ${sentence(titleOf(one, context))}`)}${rest}</p>`
}${
  changesIf.length === 0
    ? NOTHING
    : html`<p><span class="label">This would change it:</span> ${changesIf.map((one, index) => html`${index > 0 ? '; ' : ''}${sentence(one)}`)}</p>`
}${of === undefined ? NOTHING : html`<p><span class="label">Evidence:</span> ${evidenceLinks(of)}</p>`}</li>`;
}
