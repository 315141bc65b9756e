/** Severity of a line as its text (or its journal) tells, from `none` up; see formats/severity.ts. */
export const LINE_LEVELS = ['none', 'info', 'warning', 'error'] as const;
export type LineLevel = (typeof LINE_LEVELS)[number];
