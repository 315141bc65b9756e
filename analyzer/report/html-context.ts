/** What surrounds the findings in the HTML report: what to ask for, what is not known, the nodes, where it came from. */
import { gapByte, gapSentence } from '../core/gap-sentence.ts';
import { grouped } from '../core/grouped.ts';
import type { CaseDocument } from './document.ts';
import { type HtmlContext, referenceLink } from './html-findings.ts';
import { attribute, type Html, html, NOTHING, quotedAttribute, sentence } from './markup.ts';
import {
  counted,
  instant,
  nodeName,
  noGapsSentence,
  nothingMissingSentence,
  notOpenedSentence,
  reference,
  stateWords,
} from './model.ts';
import { redacted, referenceJson } from './references.ts';

/** @returns the commands to ask the customer for, each with what its answer would settle. */
export function ask({ document: { askCustomer } }: HtmlContext): Html {
  return html`${askCustomer.map(
    (one) =>
      html`<div class="ask"><p>${one.node === null ? NOTHING : html`<span class="label">On ${one.node}:</span> `}${sentence(one.why)}</p><pre class="command">${one.command
        .split('\n')
        .map((line, index) => html`${index > 0 ? BREAK : NOTHING}${line}`)}</pre></div>`,
  )}`;
}
const BREAK = html`
`;

/** @returns gaps, missing files and checks that did not run: the limits of every claim above. */
export function notKnown({ document: { coverage, bundles }, nodeOf }: HtmlContext): Html {
  if (coverage === null) return NOTHING;
  const { bundlesNotOpened, gaps, gapsNotListed, incomplete, unusedRules, notRun } = coverage;
  const nameOf = (bundle: string): string => bundles.find(({ id }) => id === bundle)?.name ?? '';
  return html`<p>${coverage.sentence}</p>
<h3 class="small">Gaps</h3>${
    bundlesNotOpened.length + gaps.length + gapsNotListed === 0
      ? html`<p class="note">${noGapsSentence(bundles)}</p>`
      : html`<ul class="plain">${bundlesNotOpened.map(
          (one) => html`<li><span class="label">Matters:</span> ${sentence(notOpenedSentence(one))}</li>`,
        )}${gaps.map(
          (gap) =>
            html`<li>${gap.weight === 'major' ? html`<span class="label">Matters:</span> ` : NOTHING}${sentence(gapSentence(gap))}${
              gap.file === null
                ? html` <span class="note">(${nameOf(gap.bundle)})</span>`
                : html` <span class="place">${gap.file}</span>`
            }${gapByte(gap) === null ? NOTHING : html` <span class="note">at ${gapByte(gap) ?? ''}</span>`}</li>`,
        )}${gapsNotListed === 0 ? NOTHING : html`<li>${counted(gapsNotListed, 'more gap')} counted but not listed.</li>`}</ul>`
  }
<h3 class="small">Expected files</h3>${
    incomplete.length === 0
      ? html`<p class="note">${nothingMissingSentence(coverage.expected, bundles)}</p>`
      : html`<table><thead><tr><th scope="col">Expected</th><th scope="col">State</th><th scope="col">Node</th><th scope="col">What it keeps us from knowing</th></tr></thead><tbody>${incomplete.map(
          (entry) =>
            html`<tr><td class="mono">${entry.file ?? entry.expected}</td><td>${stateWords(entry.state)}</td><td>${nodeOf(entry)}</td><td>${sentence(entry.prevents)}</td></tr>`,
        )}</tbody></table>`
  }
<h3 class="small">Checks</h3><p>${coverage.checks}</p>${
    notRun.length + unusedRules.length === 0
      ? NOTHING
      : html`<ul class="plain">${unusedRules.map((one) => html`<li>${sentence(one)}</li>`)}${notRun.map(
          ({ bundle, lacking, ids, reasons }) =>
            html`<li><span class="label">${lacking === null ? 'Failed' : `Skipped without ${lacking}`}:</span> ${ids.join(', ')} on ${nodeOf({ bundle })}. ${sentence(reasons.join('; '))}</li>`,
        )}</ul>`
  }`;
}

/** @returns facts of each node, the proxy mode among them, with where each was read. */
export function nodes({ document, nodeOf }: HtmlContext): Html {
  return html`${document.nodes.map(
    (node) => html`<h3>${nodeOf(node)}</h3>
<table class="facts"><thead><tr><th scope="col">Fact</th><th scope="col">Value</th><th scope="col">Read from</th></tr></thead><tbody>${node.facts.map(
      (fact) =>
        html`<tr><td>${fact.name}</td><td>${fact.value}</td><td>${sentence(fact.because)}${fact.cites.map(
          (label) => html` ${referenceLink(label)}`,
        )}</td></tr>`,
    )}</tbody></table>`,
  )}`;
}

/** @returns the bundles this report rests on, each by its hash. */
export function provenance({ document }: HtmlContext): Html {
  return html`<table><thead><tr><th scope="col">Bundle</th><th scope="col">Node</th><th scope="col">Layout</th><th scope="col">Collected</th><th scope="col">Imported</th></tr></thead><tbody>${document.bundles.map(
    (bundle) =>
      html`<tr><td>${bundle.name}<div class="hash">sha256 ${bundle.sha256}</div></td><td>${nodeName(bundle.node)}<div class="note">${sentence(bundle.nodeBecause)}${bundle.markedHealthy ? '. Marked healthy by the engineer' : ''}</div></td><td>${bundle.layout}<div class="note">${sentence(bundle.layoutBecause)}</div></td><td>${
        bundle.collectedAt === null ? 'not known' : instant(bundle.collectedAt)
      }</td><td>${instant(bundle.importedAt)}</td></tr>`,
  )}</tbody></table>`;
}

/** @returns what was replaced in this report, and what was left. */
export function redactionStatement({ redaction }: CaseDocument): Html {
  if (redaction === null) return NOTHING;
  return html`<section id="redaction"><h2>What was replaced</h2>
<p>Values of these kinds are pseudonyms in this report, the same value always by the same one: ${redaction.profiles.map(({ title }) => title).join(', ')}.</p>
<table><thead><tr><th scope="col">Kind</th><th scope="col">Values</th><th scope="col">Places</th></tr></thead><tbody>${redaction.replaced.map(
    ({ title, values, places }) =>
      html`<tr><td>${title}</td><td>${grouped(values)}</td><td>${grouped(places)}</td></tr>`,
  )}</tbody></table>
<ul class="plain">${redaction.kept.map((one) => html`<li>${one}</li>`)}</ul></section>
`;
}

/** @returns every cited place, for people and, in the attributes of the rows, for programs. */
export function referencesTable({ document, nodeOf }: HtmlContext): Html {
  const { schema, references } = document;
  return html`<section id="references"><h2>References</h2>
<p class="note">Each names its file, line range, byte range and the sha256 of exactly those bytes, so that it can be checked against the original archive. Files of the same case: <code>coldcase verify</code>.</p>
<table class="references" data-schema="${quotedAttribute(schema)}" data-redacted="${redacted(document)}" data-count="${references.length}"><thead><tr><th scope="col">Label</th><th scope="col">Node</th><th scope="col">Place</th><th scope="col">Bytes and sha256</th></tr></thead><tbody>${references.map(
    (one) =>
      html`<tr id="R-${attribute(one.label)}" data-reference="${quotedAttribute(referenceJson(one))}"><td>${one.label}</td><td>${nodeOf(one)}</td><td class="mono">${reference(one)}</td><td class="hash">${one.byteStart} to ${one.byteEnd} ${one.sha256}<div>bundle ${one.bundle.slice(0, 12)}</div></td></tr>
`,
  )}</tbody></table></section>`;
}
