// The range of time: a preset that the server resolves, or two dates.

import { current, navigate } from "./app.js";
import { datesText } from "./chips.js";
import { fill, h, newId } from "./dom.js";
import { rangeLabel, ranges } from "./labels.js";
import { withFilters } from "./state.js";

const ALL = "all";
const CUSTOM = "custom";
const DAY = /^\d{4}-\d{2}-\d{2}/;

export function rangePicker() {
  const id = newId("range");
  const choose = h("select", { id });
  const dates = customDates();
  choose.addEventListener("change", () => {
    dates.element.hidden = choose.value !== CUSTOM;
    if (choose.value === CUSTOM) dates.begin();
    else navigate(withFilters(current(), presetFilters(choose.value)));
  });
  const update = ({ filters }) => {
    const free = Boolean(filters.date_from || filters.date_to);
    const value = filters.date_range ?? (free ? CUSTOM : ALL);
    fill(choose, options(filters, value).map(([name, text]) => h("option", { value: name }, text)));
    choose.value = value;
    dates.update(filters);
    dates.element.hidden = !free;
  };
  return {
    element: h("div", { class: "control range" }, h("label", { for: id }, "Range"), choose, dates.element),
    update,
  };
}

function presetFilters(name) {
  return { date_range: name === ALL ? undefined : name };
}

function options(filters, value) {
  const offered = ranges().map(({ name, label }) => [name, label]);
  const known = [...offered.map(([name]) => name), ALL, CUSTOM].includes(value);
  const own = known ? [] : [[value, rangeLabel(value)]];
  return [...own, ...offered, [ALL, "All time"], [CUSTOM, customText(filters)]];
}

function customText({ date_from: from, date_to: to }) {
  return from || to ? datesText(from, to) : "From … to …";
}

function customDates() {
  const [from, to] = ["From", "To"].map(dateField);
  const apply = h("button", { type: "submit", class: "secondary" }, "Apply");
  const submit = (event) => {
    event.preventDefault();
    const dates = { date_from: from.input.value || undefined, date_to: to.input.value || undefined };
    navigate(withFilters(current(), dates));
  };
  return {
    element: h("form", { class: "dates", hidden: true, onsubmit: submit }, from.element, to.element, apply),
    begin: () => from.input.focus(),
    update: (filters) => {
      from.input.value = dayOf(filters.date_from);
      to.input.value = dayOf(filters.date_to);
    },
  };
}

// A field for dates takes no other form of one.
function dayOf(date = "") {
  return DAY.exec(date)?.[0] ?? "";
}

function dateField(text) {
  const id = newId("date");
  const input = h("input", { id, type: "date" });
  return { input, element: h("div", {}, h("label", { for: id }, text), input) };
}
