/** What a print may take, whoever prints. */

/** Largest document that is printed. 2,000 excerpts are 3 MB; a browser needs many times this in memory. */
export const PDF_HTML_CHARS_MAX = 64 * 1024 * 1024;

/**
 * A browser that needs longer hangs. 2,000 excerpts on 770 pages took Chromium 156 25 s and Electron 25 86 s, on two
 * processors that had other work.
 */
export const PRINT_MILLISECONDS_MAX = 300_000;
