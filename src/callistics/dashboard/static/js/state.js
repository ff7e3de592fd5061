// What the page shows, and how its address says so: only what differs from the default is in it.

import { meta } from "./dom.js";

const OWN = [
  "date_range", "date_from", "date_to", "timezone", "granularity", "compare", "order", "refresh", "view", "call",
  "lead", "merchant",
];
const forms = { values: [], numbers: [], number: [], flag: [], text: [], payload: [] };
let words = {};

/** Learn which filters there are, of which form each is, and how an address says what has no name of its own. */
export function useFilters(filters, address) {
  words = address;
  for (const { name, form } of filters) forms[form]?.push(name);
}

export function defaultRange() {
  return meta("range");
}

export function serverZone() {
  return meta("timezone");
}

export function defaults() {
  return {
    filters: { date_range: defaultRange() },
    timezone: serverZone(),
    granularity: "auto",
    compare: "previous_period",
    refresh: 0,
    view: "dashboard",
    order: "-started_at",
  };
}

/** The state that an address stands for; `unknown` names what in it stands for nothing. */
export function read(search) {
  const given = new URLSearchParams(search);
  const state = defaults();
  readRange(given, state.filters);
  for (const name of forms.values) readList(given, name, state.filters, (text) => text);
  for (const name of forms.numbers) readList(given, name, state.filters, number);
  for (const name of forms.number) if (given.has(name)) state.filters[name] = number(given.get(name));
  for (const name of forms.flag) if (given.has(name)) state.filters[name] = flag(given.get(name));
  if (given.has(words.payload)) state.filters.payload_filters = parsed(given.get(words.payload));
  for (const name of ["timezone", "granularity", "compare", "order"]) {
    if (given.get(name)) state[name] = given.get(name);
  }
  state.refresh = Number(given.get("refresh")) || 0;
  state.unknown = [...new Set(given.keys())].filter((name) => !isKnown(name));
  return readView(given, state);
}

function isKnown(name) {
  const lists = [...forms.values, ...forms.numbers].flatMap((one) => [one, one + words.absent]);
  return [...OWN, words.payload, ...lists, ...forms.number, ...forms.flag].includes(name);
}

function readRange(given, filters) {
  const names = ["date_range", "date_from", "date_to"].filter((name) => given.get(name));
  if (names.length) delete filters.date_range;
  for (const name of names) if (given.get(name) !== words.everything) filters[name] = given.get(name);
}

function readList(given, name, filters, value) {
  const items = given.getAll(name).map(value);
  if (given.has(name + words.absent)) items.push(null);
  if (items.length) filters[name] = items;
}

function flag(text) {
  return { true: true, false: false }[text] ?? text;
}

// What is no number, no flag and no JSON goes to the server as it is: it says what is wrong.
function number(text) {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readView(given, state) {
  for (const name of ["call", "lead"]) {
    if (given.get(name)) Object.assign(state, { view: name, id: given.get(name), merchant: given.get("merchant") });
  }
  if (given.get("view") === "calls" && state.view === "dashboard") state.view = "calls";
  return state;
}

/** The query of the address for a state; empty for the default. */
export function write(state) {
  const usual = defaults();
  const given = new URLSearchParams();
  if (state.view === "call" || state.view === "lead") {
    given.set(state.view, state.id);
    if (state.merchant) given.set("merchant", state.merchant);
  } else if (state.view !== usual.view) given.set("view", state.view);
  writeFilters(state.filters, given);
  for (const name of ["timezone", "granularity", "compare", "order", "refresh"]) {
    if (state[name] !== usual[name]) given.set(name, state[name]);
  }
  const text = given.toString();
  return text && `?${text}`;
}

function writeFilters(filters, given) {
  const { date_range: range, payload_filters: payload, ...others } = filters;
  if (range && range !== defaultRange()) given.set("date_range", range);
  if (!range && !others.date_from && !others.date_to) given.set("date_range", words.everything);
  for (const [name, value] of Object.entries(others)) {
    for (const item of [value].flat()) {
      if (item === null) given.append(name + words.absent, "1");
      else given.append(name, item);
    }
  }
  if (payload !== undefined) given.set(words.payload, JSON.stringify(payload));
}

/** The state with other filters; a filter of undefined is none. */
export function withFilters(state, changes) {
  const filters = { ...state.filters, ...changes };
  const dates = ["date_from", "date_to", "date_range"];
  if (dates.some((name) => name in changes)) {
    for (const name of dates) if (!(name in changes)) delete filters[name];
  }
  for (const [name, value] of Object.entries(filters)) if (value === undefined) delete filters[name];
  return { ...state, filters };
}
