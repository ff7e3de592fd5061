// Headline figures, each with its change against the compared period and the count behind it.

import { changeOf } from "./change.js";
import { fill, h } from "./dom.js";
import * as format from "./format.js";

const SHOWN = { number: format.count, share: format.percent, seconds: format.duration };

const ARROWS = { 1: "▲ ", 0: "", "-1": "▼ " };

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
  const change = changeOf(value, before, form === "share");
  if (change === null) return h("dd", { class: "delta" }, "nothing to compare");
  const was = h("span", { class: "before" }, `was ${SHOWN[form](before)}`);
  const { direction, text } = change;
  if (text === null) return h("dd", { class: "delta" }, was);
  const good = risesWell === null ? 0 : risesWell ? direction : -direction;
  return h("dd", { class: `delta ${good > 0 ? "good" : good < 0 ? "bad" : ""}` },
    h("span", {}, h("span", { "aria-hidden": "true" }, ARROWS[direction]), text), " ", was);
}
