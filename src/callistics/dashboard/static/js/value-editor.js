// Choosing values of a field: typed ones, and those that occur, most frequent first.

import { values } from "./api.js";
import { announce, fill, h, newId } from "./dom.js";
import * as format from "./format.js";

const PAUSE = 200;
const FIXED = {
  direction: ["outbound", "inbound"],
  hour: Array.from({ length: 24 }, (_, hour) => hour),
  weekday: [1, 2, 3, 4, 5, 6, 7],
  attempt: [1, 2, 3, 4, 5, 6, 7, 8],
};
const SHOWN = { hour: format.hour, weekday: format.weekday };

/**
 * An editor of a list; `value()` is the list, undefined where nothing is chosen. `absent` offers calls
 * without a value, `suggested` the values that occur.
 */
export function valueEditor(field, chosen, { absent = true, suggested = true } = {}) {
  const selected = new Map((chosen ?? []).map((item) => [JSON.stringify(item), item]));
  const list = h("ul", { class: "choices", "aria-label": "Values" });
  const note = h("p", { class: "note" });
  const show = (found, typed) => drawChoices(list, field, selected, found, typed, absent);
  const value = () => (selected.size ? [...selected.values()] : undefined);
  if (FIXED[field]) {
    show(FIXED[field].map((item) => ({ value: item })), "");
    return { element: list, value };
  }
  const input = typeAhead(field, note, show, suggested);
  list.addEventListener("change", input.settle);
  return {
    element: h("div", {}, input.element, note, list),
    value: () => {
      const typed = input.meant();
      if (typed) selected.set(JSON.stringify(typed), typed);
      return value();
    },
  };
}

function typeAhead(field, note, show, suggested) {
  const id = newId("search");
  const input = h("input", { id, type: "search", autocomplete: "off", spellcheck: "false" });
  let running = null;
  let waiting = 0;
  const find = async () => {
    running?.abort();
    running = new AbortController();
    const typed = input.value;
    if (!suggested) return show([], typed);
    try {
      const found = await values(field, typed, running.signal);
      show(found, typed);
      note.textContent = "";
      announce(`${found.length} values`);
    } catch (error) {
      if (error.name === "AbortError") return;
      show([], typed);
      note.textContent = `No suggestions: ${error.message}`;
    }
  };
  // What was typed last is meant itself, unless it only led to a value that was ticked.
  let isMeant = false;
  input.addEventListener("input", () => {
    isMeant = true;
    clearTimeout(waiting);
    waiting = setTimeout(find, PAUSE);
  });
  find();
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, "Search or type a value"), input),
    meant: () => (isMeant ? input.value : ""),
    settle: () => {
      isMeant = false;
    },
  };
}

function drawChoices(list, field, selected, found, typed, absent) {
  const offered = new Map([...selected].map(([key, item]) => [key, { value: item }]));
  if (typed) offered.set(JSON.stringify(typed), { value: typed });
  for (const one of found) offered.set(JSON.stringify(one.value), one);
  if (absent && !typed) offered.set("null", { value: null });
  fill(list, [...offered].map(([key, one]) => choice(key, one, field, selected)));
}

function choice(key, { value, calls }, field, selected) {
  const tick = h("input", { type: "checkbox", checked: selected.has(key) });
  tick.addEventListener("change", () => {
    if (tick.checked) selected.set(key, value);
    else selected.delete(key);
  });
  const text = value === null ? "none (absent)" : (SHOWN[field]?.(value) ?? format.text(value));
  return h("li", {}, h("label", {}, tick, h("span", { class: "value" }, text),
    calls === undefined ? null : h("span", { class: "count" }, format.compact(calls))));
}
