// Columns over time, two to a year: one for each half.

import { number, words } from "./words.js";
import { part, picture, s } from "./elements.js";

const HEIGHT = 220;
const TOP = 22;
const FOOT = 26;
const LEAST = 12;
const YEAR = 40;

/**
 * A column a half-year, also for those in which nothing was.
 * @param {{half: string, pieces: {value, href, says, tone}[], href, says}[]} columns in order of
 *   time; a piece leads to what it stands for, the number above them to all of the half-year
 */
export function columns(title, columns) {
  const every = withoutGaps(columns);
  const highest = Math.max(1, ...every.map(sum));
  return picture(title, (width) => {
    // What there is no room for on a telephone stands in the table.
    const shown = every.slice(-Math.floor(width / LEAST));
    const step = Math.min(56, width / Math.max(shown.length, 1));
    const scale = (HEIGHT - TOP - FOOT) / highest;
    const end = step * shown.length;
    return {
      height: HEIGHT,
      children: [
        shown.map((column, at) => drawColumn(column, at * step, step, scale)),
        s("line", { x1: 0, x2: end, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT, class: "axis" }),
        years(shown, step),
        shown.length < every.length
          ? s("text", { x: 0, y: 14, class: "label" }, words("earlier")) : [],
      ],
    };
  });
}

const sum = (column) => column.pieces.reduce((total, piece) => total + piece.value, 0);

function drawColumn(column, left, step, scale) {
  const gap = Math.min(6, step * 0.2);
  let bottom = HEIGHT - FOOT;
  const pieces = column.pieces.filter((piece) => piece.value).map((piece) => {
    const height = piece.value * scale;
    bottom -= height;
    return part(piece.href, piece.says, s("rect", {
      x: left + gap / 2, y: bottom + 1, width: step - gap, height: Math.max(height - 1, 1), rx: 2,
      class: `bar-${piece.tone}`,
    }));
  });
  const total = sum(column);
  if (!total) return [];
  const place = { x: left + step / 2, y: bottom - 5, class: "amount middle" };
  return [pieces, part(column.href, column.says, s("text", place, number(total)))];
}

/** A year under its two columns, as often as there is room for it. */
function years(shown, step) {
  const every = Math.ceil(YEAR / (2 * step));
  return shown.flatMap(({ half }, at) => {
    const year = Number(half.slice(0, 4));
    if (!half.endsWith("H1") || year % every) return [];
    const x = at * step;
    return [
      s("line", { x1: x, x2: x, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT + 6, class: "axis" }),
      s("text", { x: x + step, y: HEIGHT - 6, class: "label middle" }, String(year)),
    ];
  });
}

function withoutGaps(columns) {
  if (!columns.length) return [];
  const known = new Map(columns.map((column) => [column.half, column]));
  const first = Number(columns[0].half.slice(0, 4));
  const last = Number(columns.at(-1).half.slice(0, 4));
  const every = [];
  for (let year = first; year <= last; year += 1) {
    for (const half of [`${year}-H1`, `${year}-H2`]) {
      every.push(known.get(half) ?? { half, pieces: [] });
    }
  }
  return every;
}
