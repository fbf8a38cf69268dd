// Bars that lie on their side: each has room for its words, also on a telephone.

import { part, picture, s } from "./elements.js";

const HEAD = 20;
const BAR = 22;
const LINE = HEAD + BAR + 9;
const LETTER = 8;
const GAP = 6;
const pen = document.createElement("canvas").getContext("2d");

/** How wide an amount is written, in the font that this reader has. */
function widthOf(text) {
  pen.font = `600 14px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/**
 * Bars on one scale, each with all its words a link to what it stands for.
 * @param {{label, lang, value: number, shown: string, href, says, tone, isStriped}[]} rows
 *   `shown` is the value as it is written behind the bar, `says` all of it for a screen reader.
 */
export function bars(title, rows) {
  const longest = Math.max(...rows.map((row) => row.value));
  return picture(title, (width) => {
    // All rows leave the same room for what is written behind them, or they had no common scale.
    const words = Math.max(0, ...rows.map((row) => widthOf(row.shown))) + GAP + 2;
    const scale = longest > 0 ? Math.max(width - words, 40) / longest : 0;
    return {
      height: rows.length * LINE,
      children: rows.map((row, at) => bar(row, at * LINE, width, scale)),
    };
  });
}

function bar(row, top, width, scale) {
  // A small number is still to be seen; nothing is nothing.
  const length = row.value > 0 ? Math.max(row.value * scale, 4) : 0;
  const place = { x: 0, y: top + HEAD, width: length, height: BAR, rx: 3 };
  return part(
    row.href,
    row.says,
    s("text", { x: 0, y: top + HEAD - 6, class: "label", lang: row.lang }, fit(row.label, width)),
    s("rect", { ...place, class: `bar-${row.tone}` }),
    row.isStriped ? s("rect", { ...place, fill: "url(#stripes)" }) : null,
    s("text", { x: length + GAP, y: top + HEAD + BAR - 6, class: "amount" }, row.shown),
  );
}

/** A label too long for its line is cut; whole it stands in the table, and in what is read out. */
function fit(text, width) {
  const letters = Math.floor(width / LETTER);
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
