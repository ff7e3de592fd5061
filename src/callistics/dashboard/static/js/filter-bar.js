// The bar above the panels: range, comparison, buckets, zone, filters, and how fresh the data is.

import { current, navigate } from "./app.js";
import { chipElement, describe, lockedChip, withoutChip } from "./chips.js";
import { byId, fill, h, newId, redraw } from "./dom.js";
import { askFilter } from "./filter-dialog.js";
import { COMPARISONS, REFRESHES, granularities, rangeLabel, timezones, zoneOf } from "./labels.js";
import { isClosed } from "./query.js";
import { rangePicker } from "./range-picker.js";
import { hasRange, serverZone, withFilters, withRangeAlone } from "./state.js";

let show = () => {};

/** Build the bar; `locked` are filters and a zone that are fixed from outside. */
export function build(locked) {
  const bar = byId("filters");
  const controls = [rangeControl(locked), selects(), zoneControl(locked)].flat();
  fill(bar,
    h("div", { class: "controls" }, controls.map((one) => one.element), addButton(locked)),
    h("div", { class: "freshness" }, h("span", { id: "zone-shown" }), h("span", { id: "newest" })),
    h("p", { id: "asked", class: "note" }),
    h("p", { id: "unknown", class: "notice", role: "alert" }),
    h("ul", { class: "chips", id: "chips", "aria-label": "Filters" }));
  show = (state) => {
    for (const control of controls) control.update(state);
    showChips(state, locked);
    byId("zone-shown").textContent = locked.timezone ? `${state.timezone}, fixed` : state.timezone;
    byId("unknown").textContent = unknownText(state);
    bar.hidden = state.view === "call" || state.view === "lead";
    bar.classList.toggle("calls-only", state.view === "calls");
  };
  update(current());
}

/** Show a state in the bar. */
export function update(state) {
  show(state);
}

// A filter that is misspelled must not pass for one that is in force.
function unknownText({ unknown = [] }) {
  return unknown.length ? `The address asks for what this page does not know: ${unknown.join(", ")}` : "";
}

function rangeControl(locked) {
  return hasRange(locked.filters ?? {}) ? [] : [rangePicker()];
}

function selects() {
  const units = [["auto", "Automatic"], ...granularities().map(({ name, label }) => [name, label])];
  return [
    comparison(),
    select("Interval", units, "granularity", "dashboard-only"),
    select("Refresh", REFRESHES, "refresh", "", Number),
  ];
}

// Before what has no beginning or no end there is no period of the same length; before what is
// locked there is nothing to be seen.
function comparison() {
  const { element, update } = select("Compare with", COMPARISONS, "compare", "dashboard-only");
  const input = element.querySelector("select");
  return {
    element,
    update: (state) => {
      update(state);
      input.disabled = !isClosed(state);
      input.title = input.disabled ? whyUncompared(state) : "";
    },
  };
}

function whyUncompared({ locked = {} }) {
  return hasRange(locked) ? "A fixed range is compared with nothing" : "Choose a range with both ends to compare it";
}

function select(text, options, name, kind, read = String) {
  const id = newId("control");
  const input = h("select", { id }, options.map(([value, shown]) => h("option", { value }, shown)));
  input.addEventListener("change", () => navigate({ ...current(), [name]: read(input.value) }));
  return {
    element: h("div", { class: `control ${kind}` }, h("label", { for: id }, text), input),
    update: (state) => {
      input.value = state[name];
    },
  };
}

function zoneControl(locked) {
  if (locked.timezone) return [];
  const id = newId("zone");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = [...new Set([own, ...timezones()])].filter((name) => timezones().includes(name));
  const options = h("datalist", { id: `${id}-names` }, names.map((name) => h("option", { value: name })));
  const input = h("input", { id, list: options.id, spellcheck: "false", autocomplete: "off", size: 18 });
  input.addEventListener("change", () => navigate({ ...current(), timezone: zoneOf(input.value) || serverZone() }));
  return [{
    element: h("div", { class: "control" }, h("label", { for: id }, "Time zone"), input, options),
    update: (state) => {
      input.value = state.timezone;
    },
  }];
}

function addButton(locked) {
  const fixed = new Set(Object.keys(locked.filters ?? {}));
  const ask = () => askFilter(current().filters, fixed, (changes) => navigate(withFilters(current(), changes)));
  return h("button", { type: "button", id: "add-filter", class: "secondary", onclick: ask }, "+ Filter");
}

function showChips(state, locked) {
  const chips = describe(state.filters).map((chip) =>
    chipElement(chip, () => navigate(withFilters(current(), withoutChip(current(), chip)))));
  const fixed = locked.filters ? [...lockedRange(locked.filters), ...describe(locked.filters)].map(lockedChip) : [];
  const clear = chips.length > 1 ? clearAll() : null;
  redraw(byId("chips"), () => fill(byId("chips"), fixed, chips, clear), byId("add-filter"));
}

function lockedRange({ date_range: range }) {
  return range ? [{ text: rangeLabel(range) }] : [];
}

function clearAll() {
  const clear = () => navigate(withRangeAlone(current()));
  return h("li", {}, h("button", { type: "button", class: "quiet", onclick: clear }, "Clear filters"));
}
