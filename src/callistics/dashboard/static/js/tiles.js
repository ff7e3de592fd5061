// Headline figures, each with its change against the compared period and the count behind it.

import { fill, h } from "./dom.js";
import * as format from "./format.js";

const SHOWN = { number: format.count, share: format.percent, seconds: format.duration };

/** Draw the tiles of a panel from the only row of its answer. */
export function drawTiles(element, tiles, rows, compared) {
  const row = rows[0] ?? {};
  fill(element, h("dl", { class: "tiles" }, tiles.map((tile) => one(tile, row, compared))));
}

function one({ label, field, form, of, of_label: behind, rises_well: risesWell }, row, compared) {
  const value = row[field] ?? null;
  return h("div", { class: "tile" },
    h("dt", {}, label),
    h("dd", { class: "figure" }, value === null ? format.NOTHING : h("data", { value, "data-field": field }, SHOWN[form](value))),
    of ? h("dd", { class: "behind" }, `${format.count(row[of])} ${behind.toLowerCase()}`) : null,
    compared ? delta(value, row[`previous.${field}`], form, risesWell) : null);
}

function delta(value, before, form, risesWell) {
  if (before === undefined) return null;
  if (value === null || before === null) return h("dd", { class: "delta" }, "nothing to compare");
  const points = form === "share";
  if (!points && before === 0) return h("dd", { class: "delta" }, `was ${SHOWN[form](before)}`);
  const moved = points ? value - before : (100 * (value - before)) / before;
  const rising = Math.sign(Math.round(moved * 10));
  const good = risesWell === null ? 0 : risesWell ? rising : -rising;
  const arrow = h("span", { "aria-hidden": "true" }, rising > 0 ? "▲ " : rising < 0 ? "▼ " : "= ");
  return h("dd", { class: `delta ${good > 0 ? "good" : good < 0 ? "bad" : ""}` },
    h("span", {}, arrow, `${format.change(moved)} ${points ? "points" : "%"}`), " ",
    h("span", { class: "before" }, `was ${SHOWN[form](before)}`));
}
