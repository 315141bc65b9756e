/**
 * Which rules single lines match, for who asks line by line: the literals of all are found in one pass over a block, as
 * match.ts does, and only lines that hold one are shown to an expression. Thresholds count lines, so none is asked here.
 */
import { EXPRESSION_BYTES_MAX } from '../core/limits.ts';
import { hitAt, hitLiteral, LiteralTable } from '../core/literal-table.ts';
import type { Entity } from '../core/vocabulary.ts';
import {
  alsoInLine,
  entriesIn,
  type LinePattern,
  lineMatch,
  namedEntities,
  rolesOf,
  writtenByAny,
} from './rule-lines.ts';

/** A line that one matches. */
export interface PatternMatch {
  readonly id: string;
  /** Named by groups of its expression. */
  readonly entities: readonly Entity[];
  /** `otherwise`: one failure writes two lines, and this is the one that says less (MatchWhen of the schema). */
  readonly counts: 'always' | 'otherwise';
}

/** A pattern in files of one role. */
interface Asked {
  readonly pattern: LinePattern;
  readonly entries: LinePattern['match'];
  readonly also: readonly string[] | null;
}

/** A byte of an occurrence, and what asks for lines that hold it. */
export interface PatternHit {
  readonly at: number;
  readonly asked: readonly Asked[];
}

interface OfRole {
  readonly literals: readonly number[];
  /** By the place of a literal. */
  readonly askedBy: ReadonlyMap<number, readonly Asked[]>;
}

export class LineRules {
  readonly #table: LiteralTable;
  readonly #byRole: ReadonlyMap<string, OfRole>;

  /** @param patterns with ids of their own. */
  constructor(patterns: readonly LinePattern[]) {
    const places = new Map<string, number>();
    const byRole = new Map<string, Map<number, Asked[]>>();
    for (const pattern of patterns) {
      for (const role of new Set(rolesOf(pattern))) {
        const entries = entriesIn(pattern, role);
        const asked: Asked = { pattern, entries, also: alsoInLine(pattern, role) };
        const ofRole = byRole.get(role) ?? new Map<number, Asked[]>();
        byRole.set(role, ofRole);
        for (const literal of new Set(entries.flatMap(({ literals }) => literals))) {
          const place = places.get(literal) ?? places.size;
          places.set(literal, place);
          ofRole.set(place, [...(ofRole.get(place) ?? []), asked]);
        }
      }
    }
    this.#table = new LiteralTable([...places.keys()].map((literal) => Buffer.from(literal)));
    this.#byRole = new Map(
      [...byRole].map(([role, askedBy]) => [role, { literals: [...askedBy.keys()].sort((a, b) => a - b), askedBy }]),
    );
  }

  /** @returns where literals stand that patterns for files of this role look for, ascending. */
  hits(role: string, bytes: Buffer): readonly PatternHit[] {
    const ofRole = this.#byRole.get(role);
    if (ofRole === undefined) return [];
    return this.#table.find(bytes, ofRole.literals).map((hit) => ({
      at: hitAt(hit),
      asked: ofRole.askedBy.get(hitLiteral(hit)) ?? [],
    }));
  }

  /** @returns what the line matches of those that ask for it, each once. */
  matches(asked: readonly Asked[], line: string): readonly PatternMatch[] {
    const text = line.slice(0, EXPRESSION_BYTES_MAX);
    return [...new Set(asked)].flatMap(({ pattern, entries, also }) => {
      if (also !== null && !writtenByAny(text, also)) return [];
      const always = lineMatch(
        pattern,
        entries.filter(({ when }) => when === undefined),
        text,
      );
      const match = always ?? lineMatch(pattern, entries, text);
      const counts = always === null ? 'otherwise' : 'always';
      return match === null ? [] : [{ id: pattern.id, entities: namedEntities(match), counts }];
    });
  }

  /** @returns what one line matches by itself. */
  matchesOf(role: string, line: string): readonly PatternMatch[] {
    return this.matches(
      this.hits(role, Buffer.from(line)).flatMap(({ asked }) => asked),
      line,
    );
  }
}
