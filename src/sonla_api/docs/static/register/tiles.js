// A map of tiles: every place is one square, roughly where it lies. No borders, no coordinates.

import { number } from "./words.js";
import { part, picture, s } from "./elements.js";

// ISO 3166-1, west to east and north to south. A country that is missing here is shown below.
const WORLD = `
.  .  .  .  .  .  GL .  IS .  .  NO SE FI .  .  .  .  .  .  .  .  .
CA .  .  .  .  .  .  .  IE GB DK .  EE LV LT BY RU .  .  .  .  .  .
US .  .  .  .  BM .  .  NL BE DE PL CZ SK UA MD .  KZ .  MN .  KP .
MX .  BS .  .  .  .  PT FR LU CH AT HU RO GE .  AZ UZ KG CN .  KR JP
GT BZ CU HT DO .  .  ES AD MC LI SI HR RS BG AM TR TM TJ .  .  .  .
SV HN JM .  PR AG .  .  IT SM VA BA ME .  MK GR SY IR AF PK NP BT TW
NI .  .  KN DM LC MR MA MT .  .  .  AL .  CY LB IQ KW .  IN BD HK MO
CR PA .  VC BB GD CV DZ TN LY EG .  .  .  IL PS JO BH .  .  MM LA VN
.  CO VE TT GY .  SN ML NE TD SD ER .  .  SA QA AE .  .  LK TH KH PH
.  EC .  SR .  .  GM GN BF NG SS DJ .  .  YE OM .  .  .  MV MY BN PW
.  PE BR .  .  .  GW SL GH CM ET SO .  .  .  .  .  .  .  .  SG .  FM
.  BO PY .  .  .  LR CI TG CF UG KE .  .  .  .  .  .  .  .  ID TL MH
.  CL UY .  .  .  .  BJ GQ GA RW .  SC .  .  .  .  .  .  .  .  PG NR
.  AR .  .  .  .  .  ST CG CD BI TZ KM .  .  .  .  .  .  .  .  SB KI
.  .  .  .  .  .  .  .  AO ZM MW MZ .  MU .  .  .  .  .  .  AU VU TV
.  .  .  .  .  .  .  .  NA ZW .  MG .  .  .  .  .  .  .  .  NZ FJ WS
.  .  .  .  .  .  .  .  BW ZA LS SZ .  .  .  .  .  .  .  .  .  TO .`;

// ISO 3166-2, all provinces of Laos.
const LAOS = `
.     LA-PH .     .
LA-LM LA-OU .     .
LA-BK LA-LP LA-HO .
LA-XA LA-VI LA-XI .
.     LA-VT LA-XS LA-BL
.     .     .     LA-KH
.     .     .     LA-SV
.     .     LA-SL LA-XE
.     .     LA-CH LA-AT`;

const GAP = 3;
const NARROWEST = 36;

/** Countries with partners. Columns and rows without any are left out. */
export const worldMap = (title, counts) =>
  tileMap(
    title,
    counts,
    (width) => squeezed(placed(WORLD, counts), Math.floor(width / NARROWEST)),
    (code) => code,
  );

/** Every province of Laos, those without partners too. */
export const laoMap = (title, counts) =>
  tileMap(title, counts, () => placed(LAOS), (code) => code.slice(3));

/**
 * @param {Map<string, {value, name, says, href}>} counts by code
 * @param {(width: number) => (string | null)[][]} layout
 * @param {(code: string) => string} short what is written on a tile
 */
function tileMap(title, counts, layout, short) {
  const most = Math.max(1, ...[...counts.values()].map((count) => count.value));
  return picture(title, (width) => {
    const rows = layout(width);
    const missing = [...counts.keys()].filter((code) => !rows.flat().includes(code));
    const across = Math.max(...rows.map((row) => row.length), 1);
    while (missing.length) rows.push(missing.splice(0, across));
    const size = Math.min(58, Math.floor(width / across));
    const draw = (code, x, y) =>
      tile(short(code), counts.get(code), { x: x * size, y: y * size, size: size - GAP }, most);
    const children = rows.flatMap((row, y) => row.map((code, x) => code && draw(code, x, y)));
    return { height: rows.length * size, children: children.filter(Boolean) };
  });
}

function tile(code, count, { x, y, size }, most) {
  const share = count ? Math.log1p(count.value) / Math.log1p(most) : 0;
  const step = count ? Math.max(1, Math.round(3 * share)) : 0;
  const middle = x + size / 2;
  const children = [
    s("rect", { x, y, width: size, height: size, rx: 5 }),
    s("text", { x: middle, y: y + size * (count ? 0.44 : 0.6), class: "code" }, code),
    count && s("text", { x: middle, y: y + size * 0.82, class: "count" }, number(count.value)),
  ];
  const group = s("g", { class: `tile step-${step} ${size < 40 ? "small" : ""}` }, children);
  return count ? part(count.href, count.says, group) : group;
}

/** The rows of a layout; with `counts` only the places among them, where there is one. */
function placed(layout, counts) {
  const isShown = (code) => code !== "." && (!counts || counts.has(code));
  const rows = layout.trim().split("\n").map((line) =>
    line.trim().split(/\s+/).map((code) => (isShown(code) ? code : null)));
  return counts ? rows.filter((row) => row.some(Boolean)) : rows;
}

/**
 * At most so many columns, west still left of east in each row: empty columns go first, then two
 * neighbours become one where no row has a place in both.
 */
function squeezed(rows, most) {
  let columns = (rows[0] ?? []).map((_, x) => rows.map((row) => row[x]));
  columns = columns.filter((column) => column.some(Boolean));
  while (columns.length > Math.max(most, 1)) {
    const pairs = columns.slice(1).map((right, at) => ({ at, used: fits(columns[at], right) }));
    const best = pairs.filter((pair) => pair.used).sort((one, other) => one.used - other.used)[0];
    if (!best) break;
    const merged = columns[best.at].map((code, y) => code ?? columns[best.at + 1][y]);
    columns.splice(best.at, 2, merged);
  }
  return rows.map((_, y) => columns.map((column) => column[y]));
}

/** How many places two columns have together; 0 where they stand in each other's way. */
function fits(left, right) {
  if (left.some((code, y) => code && right[y])) return 0;
  return [...left, ...right].filter(Boolean).length;
}
