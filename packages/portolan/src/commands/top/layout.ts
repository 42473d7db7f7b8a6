/** The size of a terminal, in cells. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How many lines each part of the screen has, from the top. */
export interface Layout {
  readonly header: number;
  readonly rows: number;
  readonly details: number;
  readonly status: number;
}

/** The height from which the details are worth the rows that they take. */
const HEIGHT_FOR_DETAILS = 8;

/** Divides the lines of a screen. The status has one, the header one if there is room, and the details half at most. */
export function divide({ height }: Size, detailLines: number): Layout {
  const status = Math.min(1, height);
  const header = height >= 3 ? 1 : 0;
  const room = Math.max(0, height - status - header);
  const details = height < HEIGHT_FOR_DETAILS ? 0 : Math.min(detailLines, Math.ceil(room / 2));
  return { header, rows: room - details, details, status };
}
