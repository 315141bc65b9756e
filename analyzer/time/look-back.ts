/** How far behind a stamp a line without one still has its time: the longest that are common are stack traces of some hundred lines. */
export const LOOK_BACK_LINES = 200;
