// Which days the figures are of, and what they are compared with: as the server read them.

import { addressOf, isEmbedded } from "./app.js";
import { byId, fill, h } from "./dom.js";
import * as format from "./format.js";
import { rangeLabel } from "./labels.js";
import { fixedDates } from "./select.js";
import { withFilters } from "./state.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Say it beside the filters; nothing where the server could not read the range. */
export function showAsked(resolved, state, compare) {
  if (resolved.count === null) return fill(byId("asked"));
  const { date_range: name } = state.filters;
  const compared = compare ? `, compared with ${comparedText(resolved, compare)}` : "";
  return fill(byId("asked"),
    name ? h("span", { class: "print-only" }, `${rangeLabel(name)}: `) : null,
    `${format.range(resolved.begin, resolved.end, resolved.ofDays)}${compared}`,
    name && !isEmbedded() ? fixedLink(resolved, state) : null);
}

// The address of a preset shows other days tomorrow.
function fixedLink(resolved, state) {
  const href = addressOf(withFilters(state, fixedDates(resolved)));
  const title = "An address that shows the same days tomorrow";
  return h("a", { "data-page": true, class: "quiet fixed-dates", href, title }, "Link to these dates");
}

/** The other range in words. */
export function comparedText(resolved, compare) {
  const over = !resolved.completeUntil || Date.parse(resolved.completeUntil) >= Date.parse(resolved.end);
  const cut = over ? "" : ", up to the same point";
  return compare === "previous_year" ? `the same dates a year before${cut}` : `the ${lengthText(resolved)} before${cut}`;
}

// By the server's rule: whole months, else whole days, else as much time.
function lengthText({ begin, end, ofDays: whole = format.areMidnights(begin, end) }) {
  if (whole && begin.slice(8, 10) === "01" && end.slice(8, 10) === "01") return counted(monthOf(end) - monthOf(begin), "month");
  const days = (Date.parse(end.slice(0, 10)) - Date.parse(begin.slice(0, 10))) / DAY;
  if (whole) return counted(days, "day");
  const hours = (Date.parse(end) - Date.parse(begin)) / HOUR;
  return Number.isInteger(hours) ? counted(hours, "hour") : "same length of time right";
}

function monthOf(text) {
  return 12 * Number(text.slice(0, 4)) + Number(text.slice(5, 7));
}

function counted(count, unit) {
  return count === 1 ? unit : `${format.count(count)} ${unit}s`;
}
