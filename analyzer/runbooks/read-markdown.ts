/**
 * Reads runbooks in Markdown: YAML front matter, phases with MUST, SHOULD and MAY lists, guardrails and common issues in
 * YAML, an output format in YAML.
 *
 *   ---
 *   title: "D2 — kube-proxy iptables/IPVS Sync Issues"
 *   ---
 *   ## Phase 1 — Triage
 *   MUST:
 *   - Use `errors` tool with instanceId to get pre-indexed findings
 *   ## Guardrails
 *   escalation_conditions:
 *     - "API server unreachable from kube-proxy pods"
 *   ## Output Format
 */
import type { Heading, List, ListItem, Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import * as z from 'zod';
import { type FileMistake, type ReadYaml, readYaml } from '../core/placed-yaml.ts';
import type { StepLevel } from '../core/runbook.ts';
import { readBullet } from './bullets.ts';
import { conclusionsOf, escalationOf, issueOf, OutputFormat } from './markdown-parts.ts';
import type { Phase, ReadRunbook, Step } from './runbook.ts';

const text = z.coerce.string();
const FrontMatter = z.looseObject({
  title: z.string().trim().min(1),
  description: text.default(''),
  status: text.default('active'),
  severity: z.string().trim().min(1),
  triggers: z.array(z.string().trim().min(1)).default([]),
  owner: text.default(''),
  objective: text.default(''),
  context: text.optional(),
});

const Guardrails = z.looseObject({
  escalation_conditions: z.array(z.string()).default([]),
  safety_ratings: z.array(z.string()).default([]),
});

const CommonIssues = z
  .array(z.looseObject({ symptoms: text, diagnosis: text, resolution: text }))
  .nullable()
  .transform((issues) => issues ?? []);

/**
 * Only blocks are read, text stays as it is written: what stands inside of a line is told by bullets.ts, and emphasis and
 * links that are never closed take time with the square of their number. Block quotes and HTML are text as well.
 */
const BLOCKS_ONLY = {
  extensions: [
    {
      disable: {
        null: [
          'attention',
          'autolink',
          'blockQuote',
          'characterEscape',
          'characterReference',
          'codeText',
          'definition',
          'hardBreakEscape',
          'htmlFlow',
          'htmlText',
          'labelEnd',
          'labelStartImage',
          'labelStartLink',
        ],
      },
    },
  ],
};

/** Lists in lists: authors use two; what calls itself for each has to end. */
const DEPTH_MAX = 8;

/** Reading takes time with the lines, and with the square of the lists that begin in one line. The seed has 116 lines. */
const LINES_MAX = 2_000;
const DEEP_LINE = /^(?:[ \t]{60,}[-+*\d]|[ \t]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+){9})/m;

/** A heading of level 2 and all up to the next one. */
interface Section {
  readonly title: string;
  readonly line: number;
  readonly nodes: readonly RootContent[];
  /** What stands below the heading, and where it begins. */
  readonly text: string;
  readonly firstLine: number;
}

/** @param name of the file, which names the runbook when its title does not. */
export function readMarkdownRunbook(source: string, name: string): ReadRunbook {
  const whole = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const endless = tooMuch(whole);
  if (endless !== null) return refused([endless]);
  const front = /^---\n([\s\S]*?)\n---[ \t]*(?:\n|$)/.exec(whole);
  if (front === null) {
    return refused([{ line: 1, column: 1, message: 'no front matter: a runbook begins with --- and its title' }]);
  }
  const head = readYaml(front[1] ?? '', FrontMatter, 'front matter', 2);
  // Blanks in the place of the front matter: lines and columns stay those of the file.
  const body = front[0].replace(/[^\n]/g, ' ') + whole.slice(front[0].length);
  const sections = sectionsOf(body);
  const mistakes: FileMistake[] = head.ok ? [] : [...head.mistakes];
  const part = <T>(read: ReadYaml<T>): T | null => {
    if (read.ok) return read.part.value;
    mistakes.push(...read.mistakes);
    return null;
  };
  const phases = phasesOf(sections, body, mistakes);
  if (phases.length === 0) mistakes.push({ line: 1, column: 1, message: 'no section is called `## Phase 1 — ...`' });
  const guardrails = part(yamlOf(find(sections, /^guardrails/i), Guardrails, '{}'));
  const issues = part(yamlOf(find(sections, /^common issues/i), CommonIssues, '[]'));
  const format = find(sections, /^output format/i);
  if (format === null) mistakes.push({ line: 1, column: 1, message: 'no section is called `## Output Format`' });
  const output = format === null ? null : part(yamlOf(format, OutputFormat, ''));
  if (!head.ok || mistakes.length > 0 || guardrails === null || issues === null || output === null) {
    return refused(mistakes);
  }
  const { value } = head.part;
  const ratings = guardrails.safety_ratings;
  const steps = phases.flatMap((phase) => phase.steps);
  return {
    ok: true,
    runbook: {
      id: idOf(value.title, name),
      title: value.title,
      description: value.description,
      severity: value.severity,
      status: value.status,
      owner: value.owner,
      objective: value.objective,
      context: value.context ?? null,
      form: 'markdown',
      triggers: value.triggers.map((words) => ({ kind: 'lines', text: words })),
      phases,
      conclusions: conclusionsOf(output, ratings, steps),
      escalation: guardrails.escalation_conditions.map(escalationOf),
      safetyRatings: ratings,
      commonIssues: issues.map((issue) => issueOf(issue, ratings)),
    },
  };
}

function tooMuch(whole: string): FileMistake | null {
  const lines = whole.split('\n').length;
  if (lines > LINES_MAX) return { line: LINES_MAX, column: 1, message: `longer than ${LINES_MAX} lines` };
  const deep = DEEP_LINE.exec(whole);
  if (deep === null) return null;
  const line = whole.slice(0, deep.index).split('\n').length;
  return { line, column: 1, message: `lists inside of each other, more than ${DEPTH_MAX} deep` };
}

function refused(mistakes: readonly FileMistake[]): ReadRunbook {
  const sorted = [...mistakes].sort((one, two) => one.line - two.line || one.column - two.column);
  return { ok: false, mistakes: sorted };
}

/** `D2 — kube-proxy ...` is D2; a title without such a mark goes by its file. */
function idOf(title: string, name: string): string {
  const mark = /^([A-Za-z]+\d+[a-z]?)\s*[\u2014\u2013:-]\s/.exec(title)?.[1];
  return mark ?? name.replace(/\.[^.]*$/, '');
}

function sectionsOf(body: string): readonly Section[] {
  const { children } = fromMarkdown(body, BLOCKS_ONLY);
  const starts = children.flatMap((node, at) => (isHeading(node) && node.depth <= 2 ? [{ node, at }] : []));
  return starts.map(({ node, at }, index) => {
    const next = starts[index + 1];
    const from = node.position?.end.offset ?? 0;
    return {
      title: plainText(node).replaceAll('**', ''),
      line: lineOf(node),
      nodes: children.slice(at + 1, next?.at),
      text: body.slice(from, next?.node.position?.start.offset ?? body.length),
      firstLine: node.position?.end.line ?? 1,
    };
  });
}

function isHeading(node: Nodes): node is Heading {
  return node.type === 'heading';
}

function find(sections: readonly Section[], title: RegExp): Section | null {
  return sections.find((section) => title.test(section.title)) ?? null;
}

/** The YAML of a section: a fenced block, or all that stands below the heading. */
function yamlOf<S extends z.ZodType>(section: Section | null, schema: S, absent: string): ReadYaml<z.output<S>> {
  if (section === null) return readYaml(absent, schema, 'section');
  const code = section.nodes.find((node) => node.type === 'code');
  const name = section.title.toLowerCase();
  // The first line of a fenced block is its fence.
  if (code?.type === 'code') return readYaml(code.value, schema, name, lineOf(code) + 1);
  const blank = section.text.trim() === '';
  return readYaml(blank ? absent : section.text, schema, name, section.firstLine);
}

function phasesOf(sections: readonly Section[], body: string, mistakes: FileMistake[]): readonly Phase[] {
  const found = sections.filter(({ title }) => /^phase\b/i.test(title) || /^(?:triage|enrich|report)\b/i.test(title));
  return found.map((section, index) => {
    const steps: Step[] = [];
    let level: StepLevel | null = null;
    let place = 0;
    for (const node of section.nodes) {
      const words = node.type === 'paragraph' || node.type === 'heading' ? plainText(node) : '';
      const named = LEVEL.exec(words.replaceAll('**', ''))?.[1];
      if (named !== undefined) {
        level = named.toUpperCase() as StepLevel;
        continue;
      }
      if (node.type !== 'list') {
        place += 1;
        steps.push(readerStep(`${index + 1}.${place}`, node, level, body));
        continue;
      }
      for (const item of node.children) {
        place += 1;
        steps.push(...itemSteps(item, `${index + 1}.${place}`, 0, level, body, mistakes));
      }
    }
    return { title: section.title, steps };
  });
}

const LEVEL = /^(MUST|SHOULD|MAY)\s*:?$/i;

/** Text between lists, tables, code: shown, and left to the reader. */
function readerStep(id: string, node: Nodes, level: StepLevel | null, body: string): Step {
  const action = { do: 'read' } as const;
  return { id, line: lineOf(node), depth: 0, level, text: sourceOf(node, body), action, found: null, clear: null };
}

function itemSteps(
  item: ListItem,
  id: string,
  depth: number,
  level: StepLevel | null,
  body: string,
  mistakes: FileMistake[],
): readonly Step[] {
  const lists = item.children.filter((child): child is List => child.type === 'list');
  const own = item.children.filter((child) => child.type !== 'list');
  const first = own[0];
  const words = own.map((child) => sourceOf(child, body)).join('\n');
  // `Report "kube-proxy not running on node" immediately`
  const found = /\bReport\s+"([^"]+)"/i.exec(words)?.[1] ?? null;
  const base = { id, line: lineOf(item), depth, level, text: words, found, clear: null };
  const below = depth >= DEPTH_MAX ? [] : lists.flatMap((list) => list.children);
  if (below.length > 0) {
    const parts = below.flatMap((child, at) => itemSteps(child, `${id}.${at + 1}`, depth + 1, level, body, mistakes));
    return [{ ...base, action: { do: 'group' } }, ...parts];
  }
  const read = readBullet(words);
  if (read.ok) return [{ ...base, action: read.action }];
  mistakes.push(placeIn(words, read.at, first, read.message));
  return [];
}

/** Where in the file a place in a bullet's text is. */
function placeIn(words: string, at: number, first: Nodes | undefined, message: string): FileMistake {
  const before = words.slice(0, at).split('\n');
  const start = first?.position?.start;
  const column = before.length === 1 ? (start?.column ?? 1) + at : (before.at(-1)?.length ?? 0) + 1;
  return { line: (start?.line ?? 1) + before.length - 1, column, message };
}

function sourceOf(node: Nodes, body: string): string {
  return body.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}

function lineOf(node: Nodes): number {
  return node.position?.start.line ?? 1;
}

function plainText(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map((child) => plainText(child)).join('') : '';
}
