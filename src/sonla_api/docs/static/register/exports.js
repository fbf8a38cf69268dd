// Exports by year. Every indicator counts something else (its coverage), so each has a picture and
// a scale of its own; no line and no growth goes from one to another.

import { address, get, labels } from "./api.js";
import { bars } from "./bars.js";
import { call, callsOf, figure, h, table } from "./elements.js";
import { language, local, number, percent, period, words } from "./words.js";

const INDICATORS = address("/indicators", { flow: "exports", sort: "code", limit: 20 });

export async function drawExports() {
  const [{ items }, qualifiers] = await Promise.all([
    get(INDICATORS), labels("observation-qualifiers", language()),
  ]);
  // Totals alone: values of one product or market are no exports of the year.
  const calls = items.map((indicator) =>
    address(`/indicators/${encodeURIComponent(indicator.code)}/series`,
      { without: ["product", "partner_country"], limit: 200 }));
  const series = await Promise.all(calls.map((href) => get(href)));
  const drawn = series
    .map((one, at) => drawSeries(one, calls[at], qualifiers))
    .filter(Boolean);
  const shown = drawn.length ? drawn : [h("p", {}, words("noSeries"))];
  return [...shown, callsOf([INDICATORS])];
}

function drawSeries({ indicator, items }, href, qualifiers) {
  const values = items
    .flatMap((point) => point.values)
    .map((value) => ({ ...value, shown: shown(value, indicator.unit, qualifiers) }));
  if (!values.length) return null;
  const name = local(indicator.name);
  const coverage = local(indicator.coverage);
  const rows = values
    .filter((value) => value.value !== null)
    .map((value) => ({
      label: period(value.period),
      value: Number(value.value), // for the length alone; what is written keeps every digit
      shown: value.shown,
      href: value.href,
      says: `${name.text}, ${period(value.period)}: ${value.shown}`,
      tone: 1,
      isStriped: !isYear(value.period),
    }));
  const lines = values.map((value) => [
    period(value.period),
    call(value.href, value.shown),
    value.change_yoy === null ? "" : words("growth", { n: percent(value.change_yoy) }),
    value.source ? call(`/api/v1/sources/${value.source.id}`, value.source.title) : "",
  ]);
  const heads = [words("period"), words("value"), "", words("source")];
  return figure(
    h("span", { lang: name.lang }, name.text),
    bars(name.text, rows),
    [href],
    table(name.text, heads, lines),
    h("p", {}, words("coverage"), " ", h("span", { lang: coverage.lang }, coverage.text)),
    rows.some((row) => row.isStriped) ? h("p", { class: "soft" }, words("partOfYear")) : null,
  );
}

const isYear = (text) => /^\d{4}$/.test(text);

function shown(value, unit, qualifiers) {
  if (value.value === null) return words("noValue");
  const qualifier = qualifiers.get(value.qualifier);
  return `${number(value.value)} ${unit}${qualifier ? ` (${qualifier.toLowerCase()})` : ""}`;
}
