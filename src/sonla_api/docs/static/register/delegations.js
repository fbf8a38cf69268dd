// Delegations that took place, by half-year and direction.

import { address, get, labels } from "./api.js";
import { columns } from "./columns.js";
import { call, figure, h, table } from "./elements.js";
import { language, number, period, words } from "./words.js";

const SUMMARY = { group_by: "half_year" };

export async function drawDelegations() {
  const directions = await labels("delegation-directions", language());
  // One call a direction, and one for delegations whose direction no source says.
  const kinds = [...directions].map(([direction, label]) => ({ label, asked: { direction } }));
  kinds.push({ label: words("unknown"), asked: { without: "direction" } });
  const calls = kinds.map((kind) => address("/delegations/summary", { ...SUMMARY, ...kind.asked }));
  const found = await Promise.all(calls.map((href) => get(href)));
  const everything = address("/delegations/summary", SUMMARY);
  const { items } = await get(everything);

  const halves = items.filter((item) => item.group !== null);
  const rows = halves.map((half) => ({
    half,
    pieces: kinds.map((kind, at) => piece(kind, at, half, found[at], calls[at])),
  }));
  const title = words("delegations");
  const heads = [words("period"), ...kinds.map((kind) => kind.label), words("total")];
  const lines = rows.toReversed().map(({ half, pieces }) => [
    period(half.group),
    ...pieces.map((one) => call(one.href, number(one.value))),
    call(half.href, number(half.delegations)),
  ]);
  const outside = items.find((item) => item.group === null && item.delegations);
  return [
    figure(
      title,
      columns(title, rows.map(({ half, pieces }) => ({
        half: half.group, pieces, href: half.href, says: says(half, words("total"), half.delegations),
      }))),
      [everything, ...calls],
      table(title, heads, lines),
      legend(kinds),
      outside ? call(outside.href, words("noHalf", { n: number(outside.delegations) })) : null,
    ),
  ];
}

/** What of a half-year is of one direction; where nothing is, the call that says so. */
function piece(kind, at, half, answer, asked) {
  const count = answer.items.find((item) => item.group === half.group);
  const value = count?.delegations ?? 0;
  return { value, href: count?.href ?? asked, says: says(half, kind.label, value), tone: at + 1 };
}

const says = (half, label, value) =>
  `${period(half.group)}, ${label}: ${words("delegationsOf", { n: number(value) })}`;

const legend = (kinds) =>
  h("ul", { class: "legend" }, kinds.map((kind, at) =>
    h("li", {}, h("span", { class: `swatch tone-${at + 1}`, "aria-hidden": "true" }), kind.label)));
