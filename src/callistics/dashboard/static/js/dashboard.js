// All panels of the page, asked for in one batch.

import { batch, resolve, searchCalls } from "./api.js";
import { current } from "./app.js";
import { showAsked } from "./asked.js";
import { announce, byId, fill, h, notify } from "./dom.js";
import * as format from "./format.js";
import { reload } from "./loading.js";
import { LATER, emptyNotice, failureNotice } from "./notices.js";
import { Panel } from "./panel.js";
import { common, granularity, unfinishedFrom, withDays } from "./query.js";
import { onTheme, theme } from "./theme.js";

let shown = [];
let themes = {};
let asked = {};

/** Make the panels that the server declares; nothing is asked yet. */
export function buildDashboard(description) {
  themes = description.themes;
  shown.forEach((panel) => panel.drawing?.remove());
  shown = description.panels.map((panel) => new Panel(panel, bodyOf));
  const sections = new Map();
  for (const one of shown) {
    const name = one.panel.section;
    if (!sections.has(name)) sections.set(name, []);
    sections.get(name).push(one.element);
  }
  fill(byId("panels"), [...sections].map(([name, elements]) =>
    h("section", { class: "group", "aria-label": name }, h("h2", {}, name), h("div", { class: "grid" }, elements))));
}

onTheme(() => shown.forEach((panel) => panel.recolour(themes[theme()])));

function bodyOf(panel) {
  const { filters, ...others } = panel.query;
  return { ...asked, ...others, filters: { ...asked.filters, ...filters } };
}

/** Ask for all panels and show them. Raises what concerns the whole, such as an expired key. */
export async function loadDashboard(signal, newestKnown) {
  const state = current();
  asked = common(state);
  shown.forEach((panel) => panel.loading());
  try {
    const preparing = shown.map((panel) => panel.prepare(themes[theme()]));
    const [[answers, read]] = await Promise.all([ask(signal), ...preparing]);
    const resolved = withDays(read, state);
    signal.throwIfAborted();
    const failed = await showAll(answers, resolved, state);
    showAsked(resolved, state, asked.compare);
    await newestKnown;
    signal.throwIfAborted();
    notify(failed ?? emptiness(resolved, state));
    announce(failed ? "The figures could not be loaded" : `${format.count(resolved.count)} calls in the range`);
  } finally {
    if (!signal.aborted) shown.forEach((panel) => panel.idle());
  }
}

function ask(signal) {
  const range = { query_type: "call_count", filters: asked.filters, timezone: asked.timezone };
  return Promise.all([
    batch(shown.map(({ panel }) => bodyOf(panel)), signal),
    resolve(range, signal).catch((error) => settled(error)),
  ]);
}

// What is wrong with the range alone is told by the panels; the rest concerns the page.
function settled(error) {
  if (error.name === "AbortError" || error.refusesKey || LATER(error.status)) throw error;
  return { count: null, begin: "..", end: "..", completeUntil: null };
}

async function showAll(answers, resolved, state) {
  const errors = answers.map(({ error }) => error).filter(Boolean);
  const unit = granularity(state);
  const compared = "compare" in asked;
  await Promise.all(shown.map(async (panel, place) => {
    const { data, total, error } = answers[place];
    if (error) return panel.fail(error);
    const unfinished = unfinishedFrom(data.map((row) => row.date).filter(Boolean), resolved, unit);
    return panel.show(data, { resolved, unit, compared, unfinished, total }, themes[theme()]);
  }));
  const same = errors.length === answers.length && errors.every((error) => error.message === errors[0].message);
  return same ? failureNotice(errors[0], reload) : null;
}

function emptiness(resolved, state) {
  return resolved.count === 0 ? emptyNotice(state, newest, resolved.end) : null;
}

// Undefined as long as it is not known, null where there is none.
let newest;

/** Learn and show how old the newest call is that the key may see. */
export async function loadNewest(signal) {
  const body = { filters: {}, timezone: current().timezone, order: "-started_at", limit: 1 };
  newest = (await searchCalls(body, signal)).data[0] ?? null;
  showAge();
}

export function showAge() {
  byId("newest").textContent = newest ? `newest call ${format.age(newest.started_at)}` : "";
  byId("newest").title = newest ? format.time(newest.started_at) : "";
}
