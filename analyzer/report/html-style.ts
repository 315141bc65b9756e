/** The report's style sheet and severity marks. System fonts only: the file asks nothing of any network. */
import { createHash } from 'node:crypto';
import type { Severity } from '../core/vocabulary.ts';
import { type Html, html, ownMarkup } from './markup.ts';

const STYLE = `
:root { --text: #1a2027; --text-2: #434d59; --text-3: #5a6572; --line: #dde1e7; --sunken: #f6f7f9;
  --critical: #b3261e; --high: #a84300; --medium: #7a5c00; --low: #3a5a94; --info: #5a6572;
  --ui: "Inter", "Segoe UI", -apple-system, BlinkMacSystemFont, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  --mono: "SF Mono", "Cascadia Mono", "JetBrains Mono", "Noto Sans Mono", "Liberation Mono", "DejaVu Sans Mono", Consolas, monospace; }
* { box-sizing: border-box; }
html { background: #eceff3; }
body { margin: 0 auto; max-width: 1000px; padding: 40px 48px 64px; background: #fff; color: var(--text);
  font: 14px/21px var(--ui); overflow-wrap: anywhere; }
h1, h2, h3, h4, p, ul, ol, dl, dd, table, pre, figure { margin: 0; }
header { border-bottom: 1px solid var(--line); padding-bottom: 16px; margin-bottom: 28px; }
header p { color: var(--text-3); font-size: 12px; line-height: 18px; }
h1 { font-size: 16px; line-height: 24px; font-weight: 600; }
h2 { font-size: 16px; line-height: 24px; font-weight: 600; margin: 40px 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; line-height: 22px; font-weight: 600; }
h4 { font-size: 12px; line-height: 18px; font-weight: 600; color: var(--text-3); margin: 14px 0 4px; }
a { color: #1b4fb3; text-decoration: underline; text-underline-offset: 2px; }
a:hover { text-decoration-thickness: 2px; }
code { font: 12.5px/18px var(--mono); background: var(--sunken); border-radius: 3px; padding: 1px 4px; }
.sentence code { font-size: 17px; line-height: inherit; }
.acting { color: #8a2b86; background: #f7e9f6; border-radius: 2px; }
.verdict p.sentence { font-size: 20px; line-height: 29px; font-weight: 600; max-width: 46em; }
.verdict p.because { margin-top: 8px; color: var(--text-2); }
.label { font-weight: 600; }
.mark { width: 15px; height: 15px; vertical-align: -2px; margin-right: 6px; flex: none; }
.severity { white-space: nowrap; font-weight: 600; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .info { color: var(--info); }
ol.causes { list-style: none; padding: 0; }
ol.causes > li { border: 1px solid var(--line); border-radius: 5px; padding: 14px 16px; margin-bottom: 10px; break-inside: avoid; }
ol.causes p { margin-top: 6px; color: var(--text-2); }
table { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 19px; }
th { white-space: nowrap; text-align: left; font-size: 12px; font-weight: 600; color: var(--text-3); }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.mono, .ref { font: 12px/18px var(--mono); overflow-wrap: anywhere; }
table.findings td:first-child { white-space: nowrap; }
table.findings td:nth-child(3), table.findings td:nth-child(5) { min-width: 9em; overflow-wrap: normal; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
article { border-top: 1px solid var(--line); padding: 22px 0 18px; }
article:first-of-type { border-top: 0; padding-top: 8px; }
article > header { border: 0; padding: 0; margin: 0 0 8px; break-after: avoid; }
article > header p { margin-top: 2px; }
.claim { max-width: 60em; }
dl.meta { display: grid; grid-template-columns: 9.5em 1fr; gap: 3px 12px; margin-top: 10px; font-size: 13px; line-height: 19px; }
dl.meta dt { color: var(--text-3); }
figure { margin: 10px 0 12px; break-inside: avoid; }
figcaption { font-size: 12px; line-height: 18px; color: var(--text-3); }
.lines { border: 1px solid var(--line); border-radius: 4px; background: var(--sunken); padding: 6px 0; margin: 4px 0 3px; }
.lines div { display: grid; grid-template-columns: 5.5em 1fr; font: 12px/18px var(--mono); }
.lines .n { color: var(--text-3); text-align: right; padding-right: 12px; user-select: none; }
.lines .t { white-space: pre-wrap; overflow-wrap: anywhere; padding-right: 10px; tab-size: 8; }
.hash { font: 11px/16px var(--mono); color: var(--text-3); overflow-wrap: anywhere; }
ul.plain, ol.plain { padding-left: 20px; }
ul.plain li, ol.plain li { margin: 3px 0; }
pre.command { font: 12px/18px var(--mono); background: var(--sunken); border: 1px solid var(--line); border-radius: 4px; padding: 8px 12px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 4px 0 12px; }
.ask { break-inside: avoid; }
h3.small { font-size: 12px; line-height: 18px; color: var(--text-3); margin: 14px 0 4px; }
.place { font: 12px/18px var(--mono); overflow-wrap: anywhere; }
figcaption .place { color: var(--text); font-weight: 600; }
.lines .around { color: var(--text-3); }
.own { border-left: 3px solid var(--line); padding: 2px 0 2px 12px; margin: 10px 0; }
.own p + p { margin-top: 6px; }
.failed { margin-top: 8px; font-weight: 600; }
table.facts td:first-child { min-width: 9em; overflow-wrap: normal; }
table.references { font-size: 12px; line-height: 17px; }
table.references td:first-child { white-space: nowrap; }
.note { color: var(--text-3); font-size: 13px; }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--text-3); font-size: 12px; line-height: 18px; }
@media print { html { background: #fff; } body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 15pt; }
  a { color: inherit; } h2, h3, h4, figcaption { break-after: avoid; }
  p, li { orphans: 3; widows: 3; } .lines div { break-inside: avoid; } }
`;

/** What fits into one line of a page. */
const RUNNING_CHARS_MAX = 100;

/**
 * The margin boxes of CSS Paged Media: a browser that does not know them prints without. Whatever of the title could end a
 * string of CSS is told by its code point (CSS Syntax 3, 4.3.7).
 */
function pageStyle(title: string): string {
  const text = [...title.slice(0, RUNNING_CHARS_MAX).toWellFormed()]
    .map((one) => (/[A-Za-z0-9 ]/.test(one) ? one : `\\${(one.codePointAt(0) ?? 0).toString(16)} `))
    .join('');
  const font = 'font: 8pt/1 sans-serif; color: #5a6572;';
  return `@page { size: A4; margin: 18mm 15mm; @top-left { content: "${text}"; ${font} }
  @bottom-right { content: counter(page) " of " counter(pages); ${font} } }
`;
}

/** @param title stands at the top of every printed page. */
export function styleOf(title: string): string {
  return `${STYLE}${pageStyle(title)}`;
}

/**
 * The policy of the document itself: it loads nothing, runs nothing, posts nowhere; only the one style sheet whose
 * hash is named here applies.
 */
export function contentPolicy(style: string): string {
  return `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
}

const MARKS: Readonly<Record<Severity, Html>> = {
  critical: ownMarkup`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path stroke="#fff" stroke-width="1.8" d="M8 4v5M8 11v1.6"/></svg>`,
  high: ownMarkup`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="M8 1l7.5 14H.5z"/><path stroke="#fff" stroke-width="1.6" d="M8 6v4.5M8 12v1.5"/></svg>`,
  medium: ownMarkup`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="M8 .5L15.5 8 8 15.5.5 8z"/></svg>`,
  low: ownMarkup`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.6" d="M1.5 2.5h13L8 14z"/></svg>`,
  info: ownMarkup`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.5"/><path stroke="currentColor" stroke-width="1.7" d="M8 7v5M8 3.9v1.7"/></svg>`,
};

/** @returns the severity by shape, colour and word. */
export function severityMark(severity: Severity): Html {
  const word = severity === 'critical' || severity === 'high' || severity === 'medium' || severity === 'low';
  const className = word ? severity : 'info';
  return html`<span class="severity ${className}">${MARKS[className]}${className}</span>`;
}
