/** The findings part of the HTML report: one table, then each finding with every cited line. */
import type { Evidence } from '../core/vocabulary.ts';
import { severityMark } from './html-style.ts';
import { attribute, type Html, html, NOTHING, sentence } from './markup.ts';
import { counted, excerpt, type ReportFinding, type ReportModel, reference, spanWords } from './model.ts';

/** @returns a link inside the document to a finding. */
export function link(entry: ReportFinding): Html {
  return html`<a href="#${attribute(entry.label)}">${entry.label}</a>`;
}

/** The rest is with the finding itself, which the same line links to. */
const LINKS_SHOWN_MAX = 3;

/** @returns `file:line` of the first pieces of evidence of a finding, each a link inside the document. */
export function evidenceLinks(entry: ReportFinding): Html {
  const more = entry.finding.evidence.length - LINKS_SHOWN_MAX;
  return html`${entry.finding.evidence
    .slice(0, LINKS_SHOWN_MAX)
    .map(
      (evidence, index) =>
        html`${index > 0 ? ', ' : ''}<a class="ref" href="#${attribute(`${entry.label}-E${index + 1}`)}">${reference(evidence)}</a>`,
    )}${more > 0 ? ` and ${more} more` : ''}`;
}

/** @returns all findings in one table, each with its first line of evidence. */
export function findingTable(model: ReportModel): Html {
  if (model.findings.length === 0) {
    return html`<section><h2>Findings</h2><p>No rule or analyzer found anything in what was read. This does not show that the node is healthy: see what is not known.</p></section>`;
  }
  const tally = model.bySeverity.map(({ severity, count }) => `${count} ${severity}`).join(', ');
  return html`<section><h2>Findings: ${tally}</h2>
<table class="findings"><thead><tr><th>No.</th><th>Severity</th><th>Finding</th><th>Node</th><th>Owner</th><th>Evidence</th></tr></thead><tbody>${model.findings.map(
    (entry) =>
      html`<tr><td>${link(entry)}</td><td>${severityMark(entry.finding.severity)}</td><td>${sentence(entry.finding.title)}</td><td>${model.nodeOf(entry.finding)}</td><td>${entry.finding.owner}</td><td class="mono">${reference(entry.finding.evidence[0])}${
        entry.finding.evidence.length > 1
          ? html` <span class="note">+${entry.finding.evidence.length - 1}</span>`
          : NOTHING
      }</td></tr>`,
  )}</tbody></table>${
    model.leftOut === 0
      ? NOTHING
      : html`<p class="note">${counted(model.leftOut, 'more finding')} of the analysis ${model.leftOut === 1 ? 'is' : 'are'} not in this report.</p>`
  }</section>`;
}

/** @returns each finding with its claim, its reason, its evidence line by line, and what to do. */
export function findings(model: ReportModel): Html {
  if (model.findings.length === 0) return NOTHING;
  return html`<section><h2>Findings in full</h2>${model.findings.map((entry) => article(entry, model.nodeOf))}</section>`;
}

function article(entry: ReportFinding, nodeOf: ReportModel['nodeOf']): Html {
  const { finding, label } = entry;
  const entities = finding.entities.map((one) => `${one.kind} ${one.name}`).join(', ');
  return html`<article id="${attribute(label)}"><header><h3>${label} ${severityMark(finding.severity)} ${sentence(finding.title)}</h3>
<p>Rule ${finding.rule}, finding ${finding.id}${entry.chosen === 'cited' ? '. Added because the verdict or a cause rests on it' : ''}</p></header>
<p class="claim">${sentence(finding.claim)}</p>
<dl class="meta"><dt>Confidence</dt><dd><span class="label">${finding.confidence.level}:</span> ${sentence(finding.confidence.because)}</dd>
<dt>Owner</dt><dd>${finding.owner}</dd><dt>Node</dt><dd>${nodeOf(finding)}</dd>
<dt>When</dt><dd>${spanWords(finding)}</dd><dt>Count</dt><dd>${finding.count.toLocaleString('en-US')}</dd>${
    entities === '' ? NOTHING : html`<dt>Concerns</dt><dd>${entities}</dd>`
  }${finding.userNotices === '' ? NOTHING : html`<dt>What users notice</dt><dd>${sentence(finding.userNotices)}</dd>`}</dl>
<h4>Evidence</h4>${finding.evidence.map((evidence, index) => evidenceFigure(label, evidence, index + 1))}
${steps('Do now', finding.advice.now)}${steps('Check that it worked', finding.advice.check)}${steps('Long term', finding.advice.longTerm)}</article>`;
}

function evidenceFigure(label: string, evidence: Evidence, number: number): Html {
  const { lines, more } = excerpt(evidence);
  return html`<figure id="${attribute(`${label}-E${number}`)}"><figcaption><span class="ref">${reference(evidence)}</span>${
    evidence.note === null ? NOTHING : html` ${sentence(evidence.note)}`
  }</figcaption><div class="lines">${lines.map(
    (line) => html`<div><span class="n">${line.number}</span><span class="t">${line.text}</span></div>`,
  )}</div>${
    more === 0
      ? NOTHING
      : html`<p class="note">${counted(more, 'more line')} cited up to line ${evidence.endLine}; the hash covers all of them.</p>`
  }<p class="hash">sha256 ${evidence.sha256} of bytes ${evidence.byteStart} to ${evidence.byteEnd}, bundle ${evidence.bundle.slice(0, 12)}</p></figure>`;
}

function steps(title: string, entries: readonly string[]): Html {
  if (entries.length === 0) return NOTHING;
  return html`<h4>${title}</h4><ol class="plain">${entries.map((entry) => html`<li>${sentence(entry)}</li>`)}</ol>`;
}
