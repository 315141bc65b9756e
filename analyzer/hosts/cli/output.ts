/** Results on stdout, notes on stderr, JSON alone when it was asked for. */
import type { Failure } from '../../core/failure.ts';
import { type Paint, painter, visible, widthOf } from './text.ts';
import type { World } from './world.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface Output {
  readonly form: 'json' | 'text';
  readonly notes: 'shown' | 'silent';
  readonly paint: Paint;
  readonly width: number;
  /** Whether somebody looks at the result, or a program reads it. */
  readonly to: 'terminal' | 'stream';
  /** Lines of a result, already safe to show (see `visible`). */
  lines(lines: readonly string[]): Promise<void>;
  /** One JSON document. */
  json(document: unknown): Promise<void>;
  /** Text or bytes as they are. */
  raw(text: string | Uint8Array): Promise<void>;
  /** What happened, on stderr; silent with --quiet. */
  note(line: string): Promise<void>;
  /** What the engineer must know even with --quiet. */
  warn(line: string): Promise<void>;
  /** True once nobody reads the result any more. */
  closed(): boolean;
}

export function createOutput(world: World, options: OutputOptions): Output {
  const notes = options.quiet === true ? 'silent' : 'shown';
  const warn = (line: string): Promise<void> => world.stderr.write(`${visible(line)}\n`);
  return {
    form: options.json === true ? 'json' : 'text',
    notes,
    paint: painter(world.stdout, world.env),
    width: widthOf(world.stdout),
    to: world.stdout.kind,
    lines: async (lines) => {
      if (lines.length > 0) await world.stdout.write(`${lines.join('\n')}\n`);
    },
    json: (document) => world.stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    raw: (text) => world.stdout.write(text),
    note: async (line) => {
      if (notes === 'shown') await warn(line);
    },
    warn,
    closed: () => world.stdout.closed(),
  };
}

/** Says what failed, where, and what to do about it. */
export async function writeFailure(world: World, failure: Failure): Promise<void> {
  const where = failure.where === null ? '' : `${placeWords(failure.where)}: `;
  await world.stderr.write(`coldcase: ${visible(where + clipped(failure.message))}\n`);
  if (failure.advice !== null) await world.stderr.write(`${visible(clipped(failure.advice))}\n`);
}

/** A word of the command line may be of any length; the sentence about it must stay readable. */
const FAILURE_CHARS_MAX = 1000;

function clipped(text: string): string {
  return text.length > FAILURE_CHARS_MAX ? `${text.slice(0, FAILURE_CHARS_MAX)}...` : text;
}

/** @returns the place; a word without letters in quotation marks, so that it can be seen. */
function placeWords(where: string): string {
  return where.trim() === '' ? JSON.stringify(where.slice(0, FAILURE_CHARS_MAX)) : clipped(where);
}
