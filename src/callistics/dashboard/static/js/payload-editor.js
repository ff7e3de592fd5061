// A test of a payload: a key, an operator, values; keys and values that occur are suggested.

import { payloadKeys, values } from "./api.js";
import { fill, h, newId } from "./dom.js";

const OPERATORS = [
  ["in", "is any of"], ["not_in", "is none of"], ["contains", "contains"], ["starts_with", "starts with"],
  ["gt", "is greater than"], ["gte", "is at least"], ["lt", "is less than"], ["lte", "is at most"],
  ["exists", "is present"], ["absent", "is absent"],
];
const WITHOUT = ["exists", "absent"];
const LISTS = ["in", "not_in"];

export function payloadEditor(filters) {
  const key = suggested("Key", "city or address.city");
  const operator = h("select", { id: newId("operator") }, OPERATORS.map(([name, text]) => h("option", { value: name }, text)));
  const value = suggested("Value", "several: separated by commas");
  const note = h("p", { class: "note" });
  offerKeys(key, note);
  key.input.addEventListener("change", () => offerValues(key.input.value, value));
  operator.addEventListener("change", () => {
    value.element.hidden = WITHOUT.includes(operator.value);
  });
  const element = h("div", {}, key.element,
    h("div", { class: "field" }, h("label", { for: operator.id }, "Test"), operator), value.element, note);
  return { element, value: () => changed(filters, key.input.value, operator.value, value.input.value) };
}

function suggested(text, hint) {
  const id = newId("payload");
  const options = h("datalist", { id: `${id}-list` });
  const input = h("input", { id, list: options.id, placeholder: hint, autocomplete: "off", spellcheck: "false" });
  return { input, options, element: h("div", { class: "field" }, h("label", { for: id }, text), input, options) };
}

async function offerKeys(key, note) {
  try {
    fill(key.options, (await payloadKeys()).map((one) => h("option", { value: one.key })));
  } catch (error) {
    note.textContent = `No suggestions: ${error.message}`;
  }
}

async function offerValues(name, value) {
  fill(value.options);
  if (!name) return;
  try {
    const found = await values(`payload.${name}`, "");
    fill(value.options, found.map((one) => h("option", { value: one.value })));
  } catch {
    // Without suggestions a value can be typed all the same.
  }
}

function changed(filters, key, operator, text) {
  if (!key) return {};
  const before = typeof filters.payload_filters === "object" ? filters.payload_filters : {};
  return { payload_filters: { ...before, [key]: test(before?.[key], operator, text) } };
}

function test(before, operator, text) {
  if (operator === "absent") return null;
  const one = { [operator]: operand(operator, text) };
  const ranged = ["gt", "gte", "lt", "lte"].includes(operator);
  const both = ranged && before && typeof before === "object" && !Array.isArray(before);
  return both ? { ...before, ...one } : one;
}

function operand(operator, text) {
  if (operator === "exists") return true;
  if (!LISTS.includes(operator)) return text;
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}
