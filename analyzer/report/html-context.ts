/** What surrounds the findings in the HTML report: what to ask for, what is not known, the nodes, where it came from. */
import { type Html, html, NOTHING, sentence } from './markup.ts';
import {
  checksSentence,
  counted,
  coverageSentence,
  instant,
  nodeName,
  type ReportModel,
  reference,
  stateWords,
} from './model.ts';

/** @returns the commands to ask the customer for, each with what its answer would settle. */
export function ask(model: ReportModel): Html {
  const { askCustomer } = model.input.analysis;
  if (askCustomer.length === 0) return NOTHING;
  return html`<section><h2>To ask the customer</h2>${askCustomer.map(
    (one) =>
      html`<div class="ask"><p>${one.node === null ? NOTHING : html`<span class="label">On ${one.node}:</span> `}${sentence(one.why)}</p><pre class="command">${one.command
        .split('\n')
        .map((line, index) => html`${index > 0 ? BREAK : NOTHING}${line}`)}</pre></div>`,
  )}</section>`;
}
const BREAK = html`
`;

/** @returns gaps, missing files and checks that did not run: the limits of every claim above. */
export function notKnown(model: ReportModel): Html {
  const { analysis, bundles } = model.input;
  const notListed = bundles.reduce((sum, bundle) => sum + bundle.gapsNotListed, 0);
  const nameOf = (bundle: string): string => model.nodeOf({ bundle });
  return html`<section id="not-known"><h2>What was read, and what is not known</h2>
<p>${coverageSentence(analysis)}</p>
<h4>Gaps</h4>${
    model.gaps.length + notListed === 0
      ? html`<p class="note">None: every member of every archive was read to its end.</p>`
      : html`<ul class="plain">${model.gaps.map(
          ({ bundle, gap }) =>
            html`<li>${gap.weight === 'major' ? html`<span class="label">Matters:</span> ` : NOTHING}${sentence(gap.message)}${
              gap.file === null
                ? html` <span class="note">(${bundle.name})</span>`
                : html` <span class="ref">${gap.file}</span>`
            }${gap.byte === null ? NOTHING : html` <span class="note">at byte ${gap.byte}</span>`}</li>`,
        )}${notListed === 0 ? NOTHING : html`<li>${counted(notListed, 'more gap')} counted but not listed.</li>`}</ul>`
  }
<h4>Expected files</h4>${
    model.incomplete.length === 0
      ? html`<p class="note">${analysis.completeness.length === 0 ? 'This layout names no expected files.' : 'Every expected file is there.'}</p>`
      : html`<table><thead><tr><th>Expected</th><th>State</th><th>Node</th><th>What it keeps us from knowing</th></tr></thead><tbody>${model.incomplete.map(
          (entry) =>
            html`<tr><td class="mono">${entry.file ?? entry.expected}</td><td>${stateWords(entry.state)}</td><td>${nameOf(entry.bundle)}</td><td>${sentence(entry.prevents)}</td></tr>`,
        )}</tbody></table>`
  }
<h4>Checks</h4><p>${checksSentence(model)}</p>${
    model.skipped.length + model.failed.length + model.unusedRules.length === 0
      ? NOTHING
      : html`<ul class="plain">${model.unusedRules.map((one) => html`<li>${sentence(one)}</li>`)}${model.failed.map(
          (one) =>
            html`<li><span class="label">Failed:</span> ${one.id} on ${nameOf(one.bundle)}: ${sentence(one.why)}</li>`,
        )}${model.skipped.map((one) => html`<li>Skipped: ${one.id} on ${nameOf(one.bundle)}: ${sentence(one.missing)}</li>`)}</ul>`
  }</section>`;
}

/** @returns proxy mode and facts of each node with where each was read. */
export function nodes(model: ReportModel): Html {
  const entries = model.input.analysis.nodes;
  if (entries.length === 0) return NOTHING;
  return html`<section><h2>Nodes and versions</h2>${entries.map(
    (node) => html`<h3>${model.nodeOf(node)}</h3>
<table><thead><tr><th>Fact</th><th>Value</th><th>Read from</th></tr></thead><tbody><tr><td>kube-proxy mode</td><td>${node.mode}</td><td>${sentence(node.modeBecause)}</td></tr>${node.facts.map(
      (fact) =>
        html`<tr><td>${fact.name}</td><td>${fact.value}</td><td>${sentence(fact.because)}${fact.evidence.map(
          (evidence) => html` <span class="ref">${reference(evidence)}</span>`,
        )}</td></tr>`,
    )}</tbody></table>`,
  )}</section>`;
}

/** @returns the bundles this report rests on, each by its hash. */
export function provenance(model: ReportModel): Html {
  return html`<section><h2>Where this comes from</h2>
<table><thead><tr><th>Bundle</th><th>Node</th><th>Layout</th><th>Collected</th><th>Imported</th></tr></thead><tbody>${model.input.bundles.map(
    (bundle) =>
      html`<tr><td>${bundle.name}<div class="hash">sha256 ${bundle.sha256}</div></td><td>${nodeName(bundle.node)}<div class="note">${sentence(bundle.nodeBecause)}</div></td><td>${bundle.layout}<div class="note">${sentence(bundle.layoutBecause)}</div></td><td>${
        bundle.collectedAt === null ? 'not known' : instant(bundle.collectedAt)
      }</td><td>${instant(bundle.importedAt)}</td></tr>`,
  )}</tbody></table>
<p class="note">Each excerpt names its file, line range, byte range and the sha256 of exactly those bytes, so that it can be checked against the original archive.</p></section>`;
}
