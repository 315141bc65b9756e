/** What the engineer put into the HTML report: words, kept lines, pinned answers; and when findings happened. */
import type { ReportSectionKind } from '../core/report.ts';
import type { DocumentAnswer, DocumentTable } from './document.ts';
import { evidenceFigure, type HtmlContext, link, referenceLink } from './html-findings.ts';
import { attribute, type Html, html, NOTHING, sentence } from './markup.ts';
import { instant } from './model.ts';

/** @returns the engineer's own words, marked as such. */
export function words(text: string): Html {
  if (text.trim() === '') return NOTHING;
  return html`<div class="own"><p class="note">Written by the engineer</p>${text
    .split(/\r?\n/)
    .map((line) => (line.trim() === '' ? NOTHING : html`<p>${line}</p>`))}</div>`;
}

/** @returns lines that the engineer keeps, each with its note. */
export function keptLines({ document: { kept } }: HtmlContext): Html {
  return html`${kept.map(
    ({ note, evidence }) =>
      html`${note === '' ? NOTHING : html`<p class="own">${note}</p>`}${evidenceFigure(evidence)}`,
  )}`;
}

/** @returns the findings that have instants, in the order of time. */
export function timeline({ document, nodeOf, findingAt }: HtmlContext): Html {
  if (document.timeline.length === 0) return NOTHING;
  return html`<table><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Node</th><th scope="col">Finding</th></tr></thead><tbody>${document.timeline.map(
    ({ first, last, node, finding, title }) =>
      html`<tr><td>${instant(first)}</td><td>${last === first ? '' : instant(last)}</td><td>${nodeOf({ bundle: findingAt.get(finding)?.bundle ?? '', node })}</td><td>${link(finding)} ${sentence(title)}</td></tr>`,
  )}</tbody></table>`;
}

/** @returns the pinned answers of a section. */
export function answers(kind: ReportSectionKind, { document }: HtmlContext): Html {
  return html`${document.answers.filter(({ section }) => section === kind).map(answer)}`;
}

function answer({ label, title, question, note, failed, sentences, tables }: DocumentAnswer): Html {
  return html`<article id="${attribute(label)}"><header><h3>${label} ${title}</h3><p>${question}</p></header>${
    note === '' ? NOTHING : html`<p class="own"><span class="label">Note by the engineer:</span> ${note}</p>`
  }${failed === null ? NOTHING : html`<p class="failed">It could not be answered again: ${failed}</p>`}${sentences.map(
    (one) => html`<p class="claim">${sentence(one)}</p>`,
  )}${tables.map(table)}</article>`;
}

function table({ caption, columns, rows }: DocumentTable): Html {
  if (rows.length === 0) return NOTHING;
  return html`<h4>${caption}</h4><table><thead><tr>${columns.map((one) => html`<th scope="col">${one}</th>`)}<th scope="col">Evidence</th></tr></thead><tbody>${rows.map(
    ({ cells, cites }) =>
      html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}<td>${cites.map((one, index) => html`${index > 0 ? ', ' : ''}${referenceLink(one)}`)}</td></tr>`,
  )}</tbody></table>`;
}
