/** What every pane of Files is given. */
import type { SourceFile } from '../../model/types.ts';
import type { PanePlace, Side } from '../../stores/files-route.ts';
import type { LineRange } from './selection.ts';

/** Brings a pane to a line because the other one was moved: the line at the same instant, at the same height. */
export interface Lead {
  readonly line: number;
  /** Pixels between the upper edge and the line. */
  readonly above: number;
}

export interface PaneProps {
  readonly side: Side;
  readonly file: SourceFile;
  readonly place: PanePlace;
  /** `jump`: a place to come back to; `step`: the present one changes. */
  readonly onPlace: (range: LineRange, how: 'jump' | 'step') => void;
  /** Set while the panes follow each other and the other one was moved last. */
  readonly lead: Lead | null;
  /** The engineer moved this pane: the instant that is looked at, and where it stands. */
  readonly onMoved: (time: string | null, above: number) => void;
  /** Shows this file beside itself; null in the pane beside. */
  readonly onBeside: (() => void) | null;
  /** Closes the pane; null for the first one. */
  readonly onClose: (() => void) | null;
  /** Puts the focus on the note of the chosen line. */
  readonly onNote: () => void;
}

/** @returns the id of the list of a pane. */
export function listId(side: Side): string {
  return side === 'main' ? 'viewer-lines' : 'beside-lines';
}

/** @returns the id of a line in its pane. */
export function lineId(side: Side, line: number): string {
  return side === 'main' ? `line-${line}` : `beside-line-${line}`;
}
