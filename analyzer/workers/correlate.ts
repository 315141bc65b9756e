/** Worker entry: one correlation, alignment of clocks, or comparison. */
export {};
