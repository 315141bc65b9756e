/** The report that the words of a command line ask for: the draft of the case, or of a template, with what they change. */
import path from 'node:path';
import type { CaseId } from '../../core/ids.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { RedactionChoice, ReportDraft } from '../../core/report.ts';
import { withTemplate } from '../../core/report-draft.ts';
import { type Session, wrongUsage } from './session.ts';
import { readTextFile } from './text-file.ts';
import type { World } from './world.ts';

export interface DraftOptions {
  readonly template?: string;
  readonly context?: number;
  /** Names of profiles, true for all of them, false for none. */
  readonly redact?: string | boolean;
  readonly words?: string;
  readonly keepValue?: readonly string[];
  /** false: no map is wanted. */
  readonly map?: string | false;
}

/** @returns the draft; ends the command when a template or profile is none, or a redacted report has no place for its map. */
export async function draftOf(
  world: World,
  session: Session,
  caseId: CaseId,
  options: DraftOptions,
): Promise<ReportDraft> {
  const { draft } = await session.call('report.draft', { caseId });
  const base = options.template === undefined ? draft : await templated(session, draft, options.template);
  const redaction = await redactionOf(world, session, base.redaction, options);
  if (redaction !== null && options.map === undefined) {
    const advice = 'It undoes the redaction, so it is kept apart from the report and is not sent.';
    return wrongUsage('A redacted report needs a place for its map: --map FILE, or --no-map.', '--redact', advice);
  }
  if (redaction === null && typeof options.map === 'string') {
    return wrongUsage('A map belongs to a redacted report: add --redact.', `--map ${options.map}`);
  }
  return { ...base, redaction, context: options.context ?? base.context };
}

async function templated(session: Session, draft: ReportDraft, id: string): Promise<ReportDraft> {
  const templates = await session.call('report.templates', {});
  const template = templates.find((one) => one.id === id);
  const ids = templates.map((one) => one.id);
  if (template === undefined) {
    return wrongUsage(
      'There is no template of this name.',
      `--template ${id}`,
      didYouMean(id, ids) ?? `There are ${ids.join(', ')}.`,
    );
  }
  return withTemplate(draft, template.draft);
}

async function redactionOf(
  world: World,
  session: Session,
  kept: RedactionChoice | null,
  { redact, words, keepValue }: DraftOptions,
): Promise<RedactionChoice | null> {
  if (redact === undefined || redact === false) {
    const own = words !== undefined ? `--words ${words}` : keepValue !== undefined ? '--keep-value' : null;
    if (own !== null) return wrongUsage('This belongs to a redacted report: add --redact.', own);
    return redact === false ? null : kept;
  }
  const known = (await session.call('report.profiles', {})).map(({ id }) => id);
  const asked = redact === true ? known : redact.split(',').map((one) => one.trim());
  const unknown = asked.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const advice = didYouMean(unknown, known) ?? `There are ${known.join(', ')}.`;
    return wrongUsage('There is no profile of this name.', `--redact ${unknown}`, advice);
  }
  return {
    profiles: asked,
    words: words === undefined ? (kept?.words ?? []) : await wordsOf(world, words),
    keep: [...(kept?.keep ?? []), ...(keepValue ?? [])],
  };
}

const WORD_CHARS_MIN = 3;
const WORD_CHARS_MAX = 200;
const WORDS_MAX = 1_000;

/** One a line; empty lines do not count. */
async function wordsOf(world: World, file: string): Promise<string[]> {
  const lines = (await readTextFile(world, file, 'words')).split(/\r?\n/).map((line) => line.trim());
  const words = [...new Set(lines.filter((line) => line !== ''))];
  const odd = words.find((word) => word.length < WORD_CHARS_MIN || word.length > WORD_CHARS_MAX);
  if (odd !== undefined) {
    const place = `${path.basename(file)}:${lines.indexOf(odd) + 1}`;
    return wrongUsage(`A word has ${WORD_CHARS_MIN} to ${WORD_CHARS_MAX} letters.`, place);
  }
  if (words.length > WORDS_MAX) return wrongUsage(`There are more than ${WORDS_MAX} words.`, file);
  return words;
}
