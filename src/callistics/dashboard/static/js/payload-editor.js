// A test of a payload: a key, an operator, values; keys and values that occur are suggested.

import { payloadKeys } from "./api.js";
import { fill, h, newId } from "./dom.js";
import { valueEditor } from "./value-editor.js";

const OPERATORS = [
  ["in", "is any of"], ["not_in", "is none of"], ["contains", "contains"], ["starts_with", "starts with"],
  ["gt", "is greater than"], ["gte", "is at least"], ["lt", "is less than"], ["lte", "is at most"],
  ["exists", "is present"], ["absent", "is absent"],
];
const LISTS = ["in", "not_in"];
const ORDERED = ["gt", "gte", "lt", "lte"];

/** An editor of one key's test; `value()` is what changes of the filters. */
export function payloadEditor(filters) {
  const key = keyField();
  const operator = h("select", { id: newId("operator") }, OPERATORS.map(([name, text]) => h("option", { value: name }, text)));
  const place = h("div", {});
  let operand = null;
  const renew = () => {
    operand = operandEditor(operator.value, key.input.value, filters);
    fill(place, operand.element);
  };
  key.input.addEventListener("change", renew);
  operator.addEventListener("change", renew);
  renew();
  const element = h("div", {}, key.element,
    h("div", { class: "field" }, h("label", { for: operator.id }, "Test"), operator), place);
  return { element, value: () => changed(filters, key.input.value, operator.value, operand.value()) };
}

function keyField() {
  const id = newId("key");
  const note = h("p", { class: "note" });
  const options = h("datalist", { id: `${id}-list` });
  const input = h("input", { id, list: options.id, placeholder: "city, or address.city", autocomplete: "off", spellcheck: "false" });
  offerKeys(options, note);
  return { input, element: h("div", { class: "field" }, h("label", { for: id }, "Key"), input, options, note) };
}

async function offerKeys(options, note) {
  try {
    fill(options, (await payloadKeys()).map((one) => h("option", { value: one.key })));
  } catch (error) {
    note.textContent = `No suggestions: ${error.message}`;
  }
}

function operandEditor(operator, key, filters) {
  if (operator === "exists" || operator === "absent") return { element: null, value: () => true };
  if (!LISTS.includes(operator)) return textEditor();
  const tests = filters.payload_filters ?? {};
  // Every object has a `constructor`, which is no test of a payload.
  const before = wanted(Object.hasOwn(tests, key) ? tests[key] : null, operator);
  return key ? valueEditor(`payload.${key}`, before, { absent: false }) : { element: null, value: () => undefined };
}

// A value, or a list of them, stands for any of these.
function wanted(test, operator) {
  if (test === null || test === undefined) return [];
  const isPlain = typeof test !== "object" || Array.isArray(test);
  return [isPlain ? (operator === "in" ? test : []) : (test[operator] ?? [])].flat();
}

function textEditor() {
  const id = newId("operand");
  const input = h("input", { id, autocomplete: "off", spellcheck: "false" });
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, "Value"), input),
    value: () => (input.value === "" ? undefined : input.value),
  };
}

function changed(filters, key, operator, operand) {
  if (!key || operand === undefined) return {};
  const before = typeof filters.payload_filters === "object" ? filters.payload_filters : {};
  return { payload_filters: { ...before, [key]: test(before?.[key], operator, operand) } };
}

// Bounds of one key go together; any other test takes the place of the one before.
function test(before, operator, operand) {
  if (operator === "absent") return null;
  const bounds = Object.entries(before ?? {}).filter(([name]) => ORDERED.includes(name));
  return { ...(ORDERED.includes(operator) ? Object.fromEntries(bounds) : {}), [operator]: operand };
}
