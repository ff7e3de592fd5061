// Headline figures, each with its change against the compared period and the count behind it.

import { fill, h } from "./dom.js";
import * as format from "./format.js";

const SHOWN = {
  count: format.count, percent: format.percent, duration: format.duration, decimal: format.decimal,
};

/** Draw the tiles of a panel from the rows of its query. */
export function drawTiles(element, tiles, rows, compared) {
  const row = rows[0] ?? {};
  fill(element, tiles.map((tile) => one(tile, row, compared)));
}

function one({ title, field, format: kind, of, better }, row, compared) {
  const value = row[field];
  return h("div", { class: "tile" },
    h("dt", {}, title),
    h("dd", { class: "figure" }, SHOWN[kind](value)),
    of ? h("dd", { class: "behind" }, `${format.count(row[of[0]])} of ${format.count(row[of[1]])}`) : null,
    compared ? delta(value, row[`previous.${field}`], kind, better) : null);
}

function delta(value, before, kind, better) {
  if (before === undefined) return null;
  if (value === null || before === null) return h("dd", { class: "delta" }, "nothing to compare");
  const points = kind === "percent";
  if (!points && before === 0) return h("dd", { class: "delta" }, `before: ${SHOWN[kind](before)}`);
  const moved = points ? value - before : (100 * (value - before)) / before;
  const rising = Math.sign(Math.round(moved * 10));
  const good = better ? rising * better : 0;
  const text = `${format.change(moved)} ${points ? "points" : "%"}`;
  return h("dd", { class: `delta ${good > 0 ? "good" : good < 0 ? "bad" : ""}` },
    h("span", { "aria-hidden": "true" }, rising > 0 ? "▲ " : rising < 0 ? "▼ " : "= "),
    text, h("span", { class: "before" }, ` · before ${SHOWN[kind](before)}`));
}
