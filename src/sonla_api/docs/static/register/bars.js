// Bars that lie on their side: each has room for its words, also on a telephone.

import { number } from "./words.js";
import { part, picture, s } from "./elements.js";

const LINE = 34;
const LABEL = 17;

/**
 * Rows of bars on one scale. A row is {label, lang, shown, says, pieces: [{value, href, says,
 * tone, striped}]}; `pieces` stand end to end, `shown` is written behind them.
 */
export function bars(title, rows) {
  const longest = Math.max(...rows.map(sum));
  const written = rows.map((row) => row.shown ?? number(sum(row)));
  // What is written behind a bar takes about 8 pixels a letter; all rows leave the same room for
  // it, or they would not be on one scale.
  const words = 8 * Math.max(0, ...written.map((text) => text.length)) + 12;
  return picture(title, (width) => {
    const scale = longest > 0 ? Math.max(width - words, 40) / longest : 0;
    const lines = rows.map((row, at) =>
      line(row, written[at], at * (LINE + LABEL), width, scale));
    return { height: rows.length * (LINE + LABEL) + 4, children: lines };
  });
}

const sum = (row) => row.pieces.reduce((total, piece) => total + piece.value, 0);

function line(row, written, top, width, scale) {
  let left = 0;
  const pieces = row.pieces.map((piece) => {
    const length = Math.max(piece.value * scale, piece.value > 0 ? 4 : 0);
    const at = left;
    left += length + (length ? 2 : 0);
    const place = { x: at, y: top + LABEL + 4, width: length, height: LINE - 12, rx: 3 };
    return part(piece.href, piece.says,
      s("rect", { ...place, class: `bar-${piece.tone ?? 1}` }),
      piece.striped ? s("rect", { ...place, fill: "url(#stripes)" }) : null);
  });
  return s("g", {},
    s("text", { x: 0, y: top + LABEL - 3, class: "label", lang: row.lang }, fit(row.label, width)),
    pieces,
    s("text", { x: left + 4, y: top + LABEL + 20, class: "amount" }, written));
}

/** A label too long for its line is cut; whole it stands in the table, and in what is read out. */
function fit(text, width) {
  const letters = Math.floor(width / 7.6);
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
