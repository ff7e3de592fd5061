// What the page shows, and how its address says so: only what differs from the default is in it.

import { meta } from "./dom.js";
import { parse } from "./json.js";
import { REFRESHES } from "./labels.js";

/** The filters that say which time is asked about. */
export const RANGE = ["date_range", "date_from", "date_to"];
const OWN = [...RANGE, "timezone", "granularity", "compare", "order", "refresh", "view", "call", "lead", "merchant"];
const COST = ["min_cost", "max_cost"];
const VIEWS = [null, "", "dashboard", "calls"];
const FLAGS = new Map([["true", true], ["false", false]]);
const PRESENT = "1";
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
  state.refresh = refreshOf(Number(given.get("refresh")));
  state.unknown = [...new Set(given.keys())].flatMap((name) => notTaken(given, name));
  return readView(given, state);
}

// What is not offered might ask without a pause.
function refreshOf(seconds) {
  return REFRESHES.some(([offered]) => offered === seconds) ? seconds : 0;
}

// What of a parameter stands for nothing: its name, its value, or that it is there more than once.
function notTaken(given, name) {
  const lists = [...forms.values, ...forms.numbers];
  if (lists.includes(name)) return [];
  const single = [...OWN, words.payload, ...lists.map((one) => one + words.absent), ...forms.number, ...forms.flag];
  if (!single.includes(name)) return [name];
  const [value, ...others] = new Set(given.getAll(name));
  if (others.length) return [`${name} more than once`];
  return isTaken(name, value) ? [] : [`${name}=${value}`];
}

function isTaken(name, value) {
  if (name === "view") return VIEWS.includes(value);
  if (name === "refresh") return value === "" || value === String(refreshOf(Number(value)));
  return !name.endsWith(words.absent) || value === PRESENT;
}

function readRange(given, filters) {
  const names = RANGE.filter((name) => given.get(name));
  if (names.length) delete filters.date_range;
  for (const name of names) if (given.get(name) !== words.everything) filters[name] = given.get(name);
}

function readList(given, name, filters, value) {
  const items = given.getAll(name).map(value);
  if (given.get(name + words.absent) === PRESENT) items.push(null);
  if (items.length) filters[name] = items;
}

function flag(text) {
  return FLAGS.get(text) ?? text;
}

// What is no number, no flag and no JSON goes to the server as it is: it says what is wrong.
function number(text) {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function parsed(text) {
  try {
    // The server compares the text of a number, so that a long one may come as text.
    return parse(text, (long) => long);
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
  writeFilters(state, given);
  for (const name of ["timezone", "granularity", "compare", "order", "refresh"]) {
    if (state[name] !== usual[name]) given.set(name, state[name]);
  }
  const text = given.toString();
  return text && `?${text}`;
}

function writeFilters({ filters, locked = {} }, given) {
  const { date_range: range, payload_filters: payload, ...others } = filters;
  if (range && range !== defaultRange()) given.set("date_range", range);
  if (!hasRange(filters) && !hasRange(locked)) given.set("date_range", words.everything);
  for (const [name, value] of Object.entries(others)) {
    for (const item of [value].flat()) {
      if (item === null) given.append(name + words.absent, PRESENT);
      else given.append(name, item);
    }
  }
  if (payload !== undefined) given.set(words.payload, JSON.stringify(payload));
}

/** The state with other filters; a filter of undefined is none. */
export function withFilters(state, changes) {
  const filters = { ...state.filters, ...changes };
  if (hasRange(changes)) {
    for (const name of RANGE) if (!(name in changes)) delete filters[name];
  }
  // Bounds of a cost are of the one currency beside them, and go with it.
  if ("currency" in changes && !isOneCurrency(filters.currency)) {
    for (const name of COST) if (!(name in changes)) delete filters[name];
  }
  for (const [name, value] of Object.entries(filters)) if (value === undefined) delete filters[name];
  return { ...state, filters };
}

function isOneCurrency(currency) {
  return currency?.length === 1 && currency[0] !== null;
}

/** The state with its range as its only filter. */
export function withRangeAlone(state) {
  const kept = Object.entries(state.filters).filter(([name]) => RANGE.includes(name));
  return { ...state, filters: Object.fromEntries(kept) };
}

export function hasRange(filters) {
  return RANGE.some((name) => name in filters);
}
