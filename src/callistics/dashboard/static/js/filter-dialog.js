// The dialog in which a filter is added or changed.

import { fill, h, newId } from "./dom.js";
import { filters as offered, label } from "./labels.js";
import { payloadEditor } from "./payload-editor.js";
import { valueEditor } from "./value-editor.js";

const BOUNDS = {
  duration: ["Duration", "seconds", "min_duration", "max_duration", { min: 0, step: 1 }],
  sentiment: ["Sentiment", "0 to 1", "sentiment_min", "sentiment_max", { min: 0, max: 1, step: "any" }],
};
// Filters that are asked for together with others, or by words that a reader knows better.
const TOGETHER = {
  min_duration: ["duration", "Duration"], sentiment_min: ["sentiment", "Sentiment"],
  min_cost: ["cost", "Cost"], payload_filters: ["payload", "Payload"],
  max_duration: null, sentiment_max: null, max_cost: null, currency: null,
};

/** What can be filtered by, and how it is called; what is `fixed` from outside is left out. */
function kinds(fixed) {
  return offered()
    .filter(({ name }) => !fixed.has(name) && TOGETHER[name] !== null)
    .map(({ name, label: text }) => TOGETHER[name] ?? [name, text]);
}

/** Ask for a filter; `apply` gets the filters that change. */
export function askFilter(filters, fixed, apply, name = "outcome") {
  const heading = newId("dialog");
  const choose = h("select", { id: newId("kind") },
    kinds(fixed).map(([kind, text]) => h("option", { value: kind, selected: kind === name }, text)));
  const place = h("div", { class: "editor" });
  let editor = null;
  const show = () => {
    editor = editorOf(choose.value, filters);
    fill(place, editor.element);
  };
  choose.addEventListener("change", show);
  const form = h("form", { method: "dialog", onsubmit: () => apply(editor.value()) },
    h("h2", { id: heading }, "Filter"),
    h("div", { class: "field" }, h("label", { for: choose.id }, "Filter by"), choose),
    place,
    h("div", { class: "actions" },
      h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "submit", class: "primary" }, "Apply")));
  const dialog = h("dialog", { class: "filter-dialog", "aria-labelledby": heading, onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  show();
  dialog.showModal();
}

function editorOf(kind, filters) {
  if (kind in BOUNDS) return boundsEditor(filters, ...BOUNDS[kind]);
  if (kind === "cost") return costEditor(filters);
  if (kind === "payload") return payloadEditor(filters);
  if (kind === "success" || kind === "reached") return flagEditor(kind, filters);
  const { form, valued } = offered().find(({ name }) => name === kind);
  // Numbers are never absent: the hour, the weekday and the attempt of a call are always known.
  const editor = valueEditor(kind, filters[kind] && [filters[kind]].flat(), { absent: form !== "numbers", suggested: valued });
  return { element: editor.element, value: () => ({ [kind]: editor.value() }) };
}

function boundsEditor(filters, text, unit, low, high, limits) {
  const [from, to] = [low, high].map((name) => numberField(name === low ? `${text} from` : `${text} to`, unit, filters[name], limits));
  return {
    element: h("div", { class: "pair" }, from.element, to.element),
    value: () => ({ [low]: from.value(), [high]: to.value() }),
  };
}

function numberField(text, unit, value, limits) {
  const id = newId("number");
  const input = h("input", { id, type: "number", inputmode: "decimal", value: value ?? "", ...limits });
  const element = h("div", { class: "field" }, h("label", { for: id }, `${text} (${unit})`), input);
  return { element, value: () => (input.value === "" ? undefined : Number(input.value)) };
}

// A cost says nothing without its currency: of one currency alone it can be compared.
function costEditor(filters) {
  const bounds = boundsEditor(filters, "Cost", "in the currency", "min_cost", "max_cost", { min: 0, step: "any" });
  const id = newId("currency");
  const before = [filters.currency ?? []].flat();
  const usual = before[0] ?? "";
  const input = h("input", { id, maxlength: 3, autocomplete: "off", value: usual });
  return {
    element: h("div", {}, h("div", { class: "field" }, h("label", { for: id }, "Currency (three letters)"), input), bounds.element),
    // What was not touched stays, be it none or several.
    value: () => ({ ...bounds.value(), currency: input.value === usual ? filters.currency : currencyOf(input.value) }),
  };
}

function currencyOf(text) {
  return text ? [text.toUpperCase()] : undefined;
}

function flagEditor(kind, filters) {
  const id = newId("flag");
  const choose = h("select", { id }, [["", "Either"], ["true", "Yes"], ["false", "No"]].map(([value, text]) => h("option", { value }, text)));
  choose.value = filters[kind] === undefined ? "" : String(filters[kind]);
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, label(kind)), choose),
    value: () => ({ [kind]: choose.value === "" ? undefined : choose.value === "true" }),
  };
}
