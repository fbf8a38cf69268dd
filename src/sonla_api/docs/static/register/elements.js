// Making elements, and the frame that every picture has: caption, picture, table, API call.

import { link } from "./api.js";
import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: h("a", {href}, "text", child). Attributes that are null are left out. */
export const h = (tag, attributes, ...children) =>
  made(document.createElement(tag), attributes, children);

/** An SVG element. */
export const s = (tag, attributes, ...children) =>
  made(document.createElementNS(SVG, tag), attributes, children);

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  // Text goes in as text: whatever stands in a record, it is never read as HTML.
  element.append(...children.flat(Infinity).filter((child) => child ?? false));
  return element;
}

/** A link to the very call that something comes from, which shows that call. */
export const call = (href, text) =>
  h("a", { href: link(href) }, text ?? h("code", {}, `GET ${decodeURIComponent(href)}`));

let figures = 0;

/**
 * A picture with all that belongs to it.
 * @param {string} title
 * @param {Node} picture
 * @param {string[]} calls the addresses that it was drawn from
 * @param {Node | null} table the same figures for those who do not look at pictures
 */
export function figure(title, picture, calls, table, ...notes) {
  const id = `figure-${(figures += 1)}`;
  return h(
    "figure",
    { "aria-labelledby": id },
    h("figcaption", {}, h("h3", { id }, title)),
    notes,
    picture,
    h("div", { class: "below" }, table && folded(table, id), callsOf(calls)),
  );
}

/** A wide table is moved sideways in its own frame, also with the keyboard. */
const folded = (table, id) =>
  h("details", {},
    h("summary", {}, words("table")),
    h("div", { class: "wide", tabindex: 0, role: "group", "aria-labelledby": id }, table));

/** The calls that something was drawn from. */
export const callsOf = (calls) =>
  h("div", { class: "calls" },
    words("call"),
    h("ul", {}, calls.map((href) => h("li", {}, call(href)))));

/** A table; the first cell of each row is its head. */
export function table(title, heads, rows) {
  return h("table", {},
    h("caption", { class: "unseen" }, title),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map(([first, ...rest]) =>
      h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell))))));
}

/**
 * An SVG that is drawn for the width it has, now and whenever that changes, so that its letters
 * have one size on every screen. `draw(width)` gives {height, children}.
 */
export function picture(title, draw) {
  const svg = s("svg", { role: "group", "aria-label": title, class: "picture" });
  let known = 0;
  const redraw = new ResizeObserver(([{ contentRect }]) => {
    const width = Math.floor(contentRect.width);
    if (width === known || width === 0) return;
    known = width;
    // Whoever has come to a link with the keyboard stays there.
    const focused = [...svg.querySelectorAll("a")].indexOf(document.activeElement);
    const { height, children } = draw(width);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.replaceChildren(...children.flat(Infinity));
    svg.querySelectorAll("a")[focused]?.focus();
  });
  const frame = h("div", { class: "frame" }, svg);
  redraw.observe(frame);
  return frame;
}

/** A part of a picture that leads to the records it stands for; `says` is read out and shown. */
export const part = (href, says, ...children) =>
  s("a", { href: link(href), "aria-label": says }, s("title", {}, says), children);
