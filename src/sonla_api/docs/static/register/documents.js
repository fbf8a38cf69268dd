// The tree from a document down to the tasks that exist because of it, with their health.

import { address, get, labels } from "./api.js";
import { call, figure, h } from "./elements.js";
import { language, local, number, words } from "./words.js";

const BIGGEST = 200;
const LIST = address("/documents", { limit: BIGGEST });
const PLANS = address("/plans", { limit: BIGGEST });

/** The symbols that can be asked for, and the one whose tree is shown first. */
export async function symbols() {
  const [{ items }, plans] = await Promise.all([get(LIST), get(PLANS)]);
  const above = new Map(items.map((one) => [one.id, one.links.map((link) => link.document?.id)]));
  const isRoot = (id) => above.get(id)?.length === 0;
  // The first is the one, itself resting on nothing, that most plans and documents go back to.
  const reach = new Map();
  const count = (id, weight) => {
    for (const root of [...ancestors(id, above)].filter(isRoot)) {
      reach.set(root, (reach.get(root) ?? 0) + weight);
    }
  };
  for (const one of items) count(one.id, 1);
  for (const plan of plans.items) if (plan.document) count(plan.document.id, items.length);
  const [[first] = []] = [...reach].toSorted((one, other) => other[1] - one[1]);
  return {
    all: items.map((one) => one.symbol),
    first: (items.find((one) => one.id === first) ?? items[0])?.symbol ?? "",
  };
}

function ancestors(id, above, seen = new Set()) {
  for (const higher of above.get(id) ?? []) {
    if (seen.has(higher)) continue;
    seen.add(higher);
    ancestors(higher, above, seen);
  }
  return seen;
}

export async function drawTree(symbol) {
  const resolve = address("/documents/resolve", { symbol });
  const { items: [root], suggestions } = await get(resolve);
  if (!root) {
    const near = suggestions.length ? words("perhaps", { symbols: suggestions.join(", ") }) : "";
    return [h("p", {}, `${words("notFound")} ${near}`)];
  }
  const effects = address(`/documents/${root.id}/effects`, { limit: BIGGEST, count: "exact" });
  const [{ items, total }, names] = await Promise.all([
    get(effects), labels("health", language()),
  ]);
  if (!items.length) return [h("p", {}, words("noEffects"))];
  // Health is a matter of tasks; one call brings that of all tasks of the plans in the tree.
  const plans = items.filter((item) => item.resource === "plans").map((plan) => plan.id);
  const tasks = plans.length ? address("/tasks", { plan_id: plans, limit: BIGGEST }) : null;
  const health = new Map((tasks ? (await get(tasks)).items : []).map((task) => [task.id, task.health]));
  const nodes = grown(root, items, health);
  const title = words("tree", { symbol: root.symbol });
  const list = h("ul", { class: "tree" }, branch(nodes.get(root.id), names));
  const cut = total > items.length
    ? h("p", {}, words("cut", { n: number(items.length), total: number(total) })) : null;
  return [figure(title, list, [resolve, effects, tasks].filter(Boolean), null, cut)];
}

/**
 * The nodes of the tree by id. A record may rest on several others: it hangs on the one furthest
 * from the root, and names the rest.
 */
function grown(root, items, health) {
  const start = {
    resource: "documents", id: root.id, href: `/api/v1/documents/${root.id}`,
    symbol: root.symbol, title: root.subject, rests_on: [],
  };
  const nodes = new Map([start, ...items].map((item) =>
    [item.id, { ...item, health: health.get(item.id), children: [] }]));
  const depths = new Map([[root.id, 0]]);
  const depth = (id) => {
    if (!depths.has(id)) {
      depths.set(id, 1); // circles are refused by the register; this ends one all the same
      const known = nodes.get(id).rests_on.filter((one) => nodes.has(one));
      depths.set(id, 1 + Math.max(0, ...known.map(depth)));
    }
    return depths.get(id);
  };
  for (const node of nodes.values()) {
    if (node.id === root.id) continue;
    const known = node.rests_on.filter((id) => nodes.has(id));
    known.sort((one, other) => depth(other) - depth(one));
    nodes.get(known[0] ?? root.id).children.push(node);
    node.others = known.slice(1).map((id) => nodes.get(id).symbol);
  }
  for (const node of nodes.values()) node.children.sort(inOrder);
  return nodes;
}

/** Tasks by their codes (2 before 10), anything else by its symbol. */
const inOrder = (one, other) =>
  (one.symbol ?? "").localeCompare(other.symbol ?? "", language(), { numeric: true });

function branch(node, names) {
  const title = local(node.title);
  const isTask = node.resource === "tasks";
  const line = [
    h("span", { class: `kind kind-${node.resource}` }, node.resource === "plans" ? words("plan") : node.symbol ?? ""),
    " ",
    call(node.href, h("span", { lang: title.lang }, title.text || node.symbol)),
    node.others?.length ? h("span", { class: "soft" }, ` (${words("alsoRests", { symbols: node.others.join(", ") })})`) : null,
    isTask && node.health ? h("span", { class: "health" }, dot(node.health), names.get(node.health)) : null,
  ];
  if (!node.children.length) return h("li", {}, line);
  const tasks = node.children.filter((child) => child.resource === "tasks");
  const inside = h("ul", {}, node.children.map((child) => branch(child, names)));
  if (!tasks.length) return h("li", {}, line, inside);
  const summary = h("summary", {}, words("tasks", { n: number(tasks.length) }), strip(tasks, names));
  return h("li", {}, line, h("details", { open: "" }, summary, inside));
}

const dot = (health) => h("span", { class: `dot health-${health}`, "aria-hidden": "true" });

/** How the tasks of a plan stand, in words. */
function strip(tasks, names) {
  const counts = [...names].map(([code, name]) =>
    [code, name, tasks.filter((task) => task.health === code).length]);
  return counts.filter(([, , n]) => n).map(([code, name, n]) =>
    h("span", { class: "health" }, dot(code), `${name}: ${number(n)}`));
}
