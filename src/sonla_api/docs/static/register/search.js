// The search over all records.

import { address, get } from "./api.js";
import { call, callsOf, h } from "./elements.js";
import { local, number, resourceName, words } from "./words.js";

export async function drawSearch(q) {
  const href = address("/search", { q, limit: 20 });
  const found = await get(href);
  const title = found.items.length ? words("found", { q }) : words("nothing", { q });
  return [
    h("h3", {}, title),
    found.items.length && !found.is_exact ? h("p", { class: "soft" }, words("inexact")) : null,
    h("ul", { class: "tallies" }, found.resources.map((tally) =>
      h("li", {}, call(tally.href, `${resourceName(tally.resource)}: ${number(tally.found)}`)))),
    h("ol", { class: "results" }, found.items.map(result)),
    callsOf([href]),
  ].filter(Boolean);
}

function result(item) {
  const title = local(item.title);
  return h("li", {},
    h("span", { class: "kind" }, resourceName(item.resource)),
    call(item.href, h("span", { lang: title.lang }, title.text || item.matched)));
}
