/** The findings part of the HTML report: one table, then each finding with every cited line. */
import { grouped } from '../core/grouped.ts';
import type { CaseDocument, DocumentEvidence, DocumentFinding, DocumentLine } from './document.ts';
import { severityMark } from './html-style.ts';
import { attribute, type Html, html, NOTHING, sentence } from './markup.ts';
import { counted, type nodeNamer, reference, spanWords, tally } from './model.ts';

/** What every part of the document needs to know of the others. */
export interface HtmlContext {
  readonly document: CaseDocument;
  readonly nodeOf: ReturnType<typeof nodeNamer>;
  readonly findingAt: ReadonlyMap<string, DocumentFinding>;
}

/** @returns a link inside the document to a finding or to an excerpt. */
export function link(label: string): Html {
  return html`<a href="#${attribute(label)}">${label}</a>`;
}

/** @returns a link to the row of a reference at the end. */
export function referenceLink(label: string): Html {
  return html`<a class="ref" href="#R-${attribute(label)}">${label}</a>`;
}

export function titleOf(label: string, { findingAt }: HtmlContext): string {
  return findingAt.get(label)?.title ?? '';
}

/** The rest is with the finding itself, which the same line links to. */
const LINKS_SHOWN_MAX = 3;

/** @returns `file:line` of the first pieces of evidence of a finding, each a link inside the document. */
export function evidenceLinks({ evidence }: DocumentFinding): Html {
  const more = evidence.length - LINKS_SHOWN_MAX;
  return html`${evidence
    .slice(0, LINKS_SHOWN_MAX)
    .map(
      (one, index) =>
        html`${index > 0 ? ', ' : ''}<a class="ref" href="#${attribute(one.label)}">${reference(one)}</a>`,
    )}${more > 0 ? ` and ${more} more` : ''}`;
}

/** @returns all findings in one table, then each with its claim, its reason, its evidence line by line, and what to do. */
export function findings(context: HtmlContext): Html {
  const { document, nodeOf } = context;
  if (document.findings.length === 0) {
    return html`<p>No rule or analyzer found anything in what was read. This does not show that the node is healthy: see what is not known.</p>${leftOut(document)}`;
  }
  return html`<p class="note">${tally(document.findings)}.</p>
<table class="findings"><thead><tr><th scope="col">No.</th><th scope="col">Severity</th><th scope="col">Finding</th><th scope="col">Node</th><th scope="col">Owner</th><th scope="col">Evidence</th></tr></thead><tbody>${document.findings.map(
    (finding) =>
      html`<tr><td>${link(finding.label)}</td><td>${severityMark(finding.severity)}</td><td>${sentence(finding.title)}</td><td>${nodeOf(finding)}</td><td>${finding.owner}</td><td class="mono">${firstPlace(finding)}${
        finding.evidence.length > 1 ? html` <span class="note">+${finding.evidence.length - 1}</span>` : NOTHING
      }</td></tr>`,
  )}</tbody></table>${leftOut(document)}${document.findings.map((finding) => article(finding, nodeOf))}`;
}

function firstPlace({ evidence: [first] }: DocumentFinding): string {
  return first === undefined ? '' : reference(first);
}

function leftOut({ findingsNotInReport: count }: CaseDocument): Html {
  return count === 0
    ? NOTHING
    : html`<p class="note">${counted(count, 'more finding')} of the analysis ${count === 1 ? 'is' : 'are'} not in this report.</p>`;
}

function article(finding: DocumentFinding, nodeOf: HtmlContext['nodeOf']): Html {
  const { label, alsoOn, note } = finding;
  const entities = finding.entities.map((one) => `${one.kind} ${one.name}`).join(', ');
  return html`<article id="${attribute(label)}"><header><h3>${label} ${severityMark(finding.severity)} ${sentence(finding.title)}</h3>
<p>Rule ${finding.rule}, finding ${finding.id}${finding.chosen === 'cited' ? '. Added because the verdict or a cause rests on it' : ''}</p></header>
<p class="claim">${sentence(finding.claim)}</p>${
    note === '' ? NOTHING : html`<p class="own"><span class="label">Note by the engineer:</span> ${note}</p>`
  }
<dl class="meta"><dt>Confidence</dt><dd><span class="label">${finding.confidence.level}:</span> ${sentence(finding.confidence.because)}</dd>
<dt>Owner</dt><dd>${finding.owner}</dd><dt>Node</dt><dd>${nodeOf(finding)}</dd>
<dt>When</dt><dd>${spanWords(finding)}</dd><dt>Count</dt><dd>${grouped(finding.count)}</dd>${
    entities === '' ? NOTHING : html`<dt>Concerns</dt><dd>${entities}</dd>`
  }${alsoOn.length === 0 ? NOTHING : html`<dt>Also on healthy</dt><dd>${alsoOn.join(', ')}</dd>`}${
    finding.userNotices === '' ? NOTHING : html`<dt>What users notice</dt><dd>${sentence(finding.userNotices)}</dd>`
  }</dl>
<h4>Evidence</h4>${finding.evidence.map(evidenceFigure)}
${steps('Do now', finding.advice.now)}${steps('Check that it worked', finding.advice.check)}${steps('Long term', finding.advice.longTerm)}</article>`;
}

/** @returns an excerpt, its lines numbered as in the file. */
export function evidenceFigure(evidence: DocumentEvidence): Html {
  const { moreLines: more, note } = evidence;
  return html`<figure id="${attribute(evidence.label)}"><figcaption>${referenceLink(evidence.label)} <span class="place">${reference(evidence)}</span>${
    note === null ? NOTHING : html` ${sentence(note)}`
  }</figcaption><div class="lines">${evidence.before.map(contextLine)}${evidence.lines.map(
    (line) => html`<div><span class="n">${line.number}</span><span class="t">${line.text}${cut(line)}</span></div>`,
  )}${evidence.after.map(contextLine)}</div>${
    more === 0
      ? NOTHING
      : html`<p class="note">${counted(more, 'more line')} cited up to line ${evidence.endLine}; the hash covers all of them.</p>`
  }<p class="hash">sha256 ${evidence.sha256} of bytes ${evidence.byteStart} to ${evidence.byteEnd}, bundle ${evidence.bundle.slice(0, 12)}</p></figure>`;
}

function contextLine(line: DocumentLine): Html {
  return html`<div class="around"><span class="n">${line.number}</span><span class="t">${line.text}${cut(line)}</span></div>`;
}

function cut({ more }: DocumentLine): Html {
  return more === 0 ? NOTHING : html` <span class="note">(${counted(more, 'more character')})</span>`;
}

function steps(title: string, entries: readonly string[]): Html {
  if (entries.length === 0) return NOTHING;
  return html`<h4>${title}</h4><ol class="plain">${entries.map((entry) => html`<li>${sentence(entry)}</li>`)}</ol>`;
}
