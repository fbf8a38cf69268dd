// Projects by kind, and by the country of the partners who take part.

import { address, get, labels } from "./api.js";
import { bars } from "./bars.js";
import { call, figure, table } from "./elements.js";
import { language, number, words } from "./words.js";

const BY_KIND = address("/projects/summary", { group_by: "kind" });
const BY_COUNTRY = address("/projects/summary", { group_by: "partner_country" });

export async function drawProjects() {
  const [byKind, byCountry, kinds, countries] = await Promise.all([
    get(BY_KIND), get(BY_COUNTRY),
    labels("project-kinds", language()), labels("countries", language()),
  ]);
  return [
    drawGroups(words("byKind"), words("kind"), byKind, kinds, BY_KIND),
    drawGroups(words("byPartnerCountry"), words("place"), byCountry, countries, BY_COUNTRY),
  ];
}

function drawGroups(title, head, { items }, names, href) {
  const groups = items
    .map((item) => ({
      ...item,
      name: item.group === null ? words("unknown") : names.get(item.group),
      tone: item.group === null ? 4 : 1,
    }))
    // The largest first; what is not known comes last, however much it is.
    .toSorted((one, other) => one.tone - other.tone || other.projects - one.projects);
  const rows = groups.map((group) => ({
    label: group.name,
    value: group.projects,
    shown: number(group.projects),
    href: group.href,
    says: `${group.name}: ${words("projectsOf", { n: number(group.projects) })}`,
    tone: group.tone,
  }));
  const lines = groups.map((group) => [group.name, call(group.href, number(group.projects))]);
  return figure(title, bars(title, rows), [href], table(title, [head, words("count")], lines));
}
