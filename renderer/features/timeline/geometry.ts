/** Heights of the picture in pixels: the stylesheet has the same. */
const MARKERS_PX = 18;
export const BARS_PX = 72;
export const AXIS_PX = 20;
export const ALL_PX = MARKERS_PX + BARS_PX + AXIS_PX;
export const LANE_PX = 22;
/** Room above and below the bars of a lane. */
export const LANE_PAD_PX = 4;
/** Columns are about so wide: narrower ones cannot be pointed at. */
export const COLUMN_PX = 4;
export const COLUMNS_MAX = 1_200;
