// Partners by country and by Lao province, in two maps of tiles.

import { address, get, labels } from "./api.js";
import { call, figure, table } from "./elements.js";
import { laoMap, worldMap } from "./tiles.js";
import { language, local, number, words } from "./words.js";

const BY_COUNTRY = address("/partners/summary", { group_by: "country" });
const BY_PROVINCE = address("/partners/summary", { group_by: "subdivision", country: "LA" });
// The provinces themselves, for their names as the register has them.
const PROVINCES = address("/partners", {
  country: "LA", kind: "local_government", has_parent: false, limit: 200,
});

export async function drawPartners() {
  const [byCountry, byProvince, provinces, countries] = await Promise.all([
    get(BY_COUNTRY), get(BY_PROVINCE), get(PROVINCES), labels("countries", language()),
  ]);
  const names = new Map(provinces.items.map((one) => [one.subdivision, local(one.name).text]));
  return [
    map(words("byCountry"), worldMap, byCountry, countries, "noCountry", [BY_COUNTRY]),
    map(words("byProvince"), laoMap, byProvince, names, "noProvince", [BY_PROVINCE, PROVINCES]),
  ];
}

function map(title, draw, figures, names, unplaced, calls) {
  const groups = figures.items
    .filter((item) => item.group !== null)
    .map((item) => ({ ...item, name: names.get(item.group) ?? item.group, value: item.partners }));
  const counts = new Map(groups.map((group) => [group.group, { ...group, says: says(group) }]));
  const rows = groups
    .toSorted((one, other) => other.value - one.value)
    .map((group) => [group.name, call(group.href, number(group.value))]);
  const rest = figures.items.find((item) => item.group === null);
  return figure(
    title,
    draw(title, counts),
    calls,
    table(title, [words("place"), words("count")], rows),
    rest ? call(rest.href, words(unplaced, { n: number(rest.partners) })) : null,
  );
}

const says = (group) => `${group.name}: ${words("partnersOf", { n: number(group.value) })}`;
