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
  // The first is the one, itself resting on nothing, that most plans go back to, then documents.
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
  const known = tasks ? (await get(tasks)).items : [];
  const health = new Map(known.map((task) => [task.id, task.health]));
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

/** A record with all below it, as an item of a list. */
function branch(node, names) {
  const title = local(node.title);
  const symbol = node.resource === "plans" ? words("plan") : node.symbol ?? "";
  const others = node.others?.length ? words("alsoRests", { symbols: node.others.join(", ") }) : "";
  return h("li", {},
    h("span", { class: `kind kind-${node.resource}` }, symbol),
    " ",
    call(node.href, h("span", { lang: title.lang }, title.text || node.symbol)),
    others && h("span", { class: "soft" }, ` (${others})`),
    node.health && h("span", { class: "health" }, dot(node.health), names.get(node.health)),
    node.resource === "plans" ? tallies(node, names) : null,
    below(node, names));
}

/** What is below a record; tasks can be folded away, as they may be many. */
function below({ children }, names) {
  if (!children.length) return null;
  const list = h("ul", {}, children.map((child) => branch(child, names)));
  const isOfTasks = children.some((child) => child.resource === "tasks");
  return isOfTasks ? h("details", { open: "" }, h("summary", {}, words("tasks")), list) : list;
}

/** How the tasks of a plan stand; each number leads to the tasks that it counts. */
function tallies(plan, names) {
  const known = plan.children.filter((task) => task.health);
  return [...names]
    .map(([code, name]) => ({ code, name, n: known.filter((task) => task.health === code).length }))
    .filter(({ n }) => n)
    .map(({ code, name, n }) =>
      h("span", { class: "health" }, dot(code),
        call(address("/tasks", { plan_id: plan.id, health: code }), `${name}: ${number(n)}`)));
}

const dot = (health) => h("span", { class: `dot health-${health}`, "aria-hidden": "true" });
