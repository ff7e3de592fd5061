// From the state of the page to the body of a query.

import { areMidnights } from "./format.js";
import { hasRange } from "./state.js";

const DAY = 86_400_000;
const WORDS = /^(this|last|past)_(?:(\d+)_)?(minute|hour|day|week|month|quarter|year)s?$/;
const CLOCK = /[T ]\d/;
const DAYS = { minute: 1 / 1440, hour: 1 / 24, day: 1, week: 7, month: 31, quarter: 92, year: 366 };

/** Whether there is a range to compare: before a locked one, and a part of it, a token may see nothing. */
export function isClosed({ filters, locked = {} }) {
  return hasEnds(filters) && !hasRange(locked);
}

function hasEnds(filters) {
  return Boolean(filters.date_range || (filters.date_from && filters.date_to));
}

// A range of the page's own lies within a locked one, if it has both ends.
function rangeOf({ filters, locked = {} }) {
  if (hasEnds(filters)) return filters;
  return locked.date_range ? locked : { ...locked, ...filters };
}

/** What all panels have in common; a range without an end has no previous period. */
export function common(state) {
  const body = { filters: state.filters, timezone: state.timezone, granularity: granularity(state) };
  if (state.compare !== "none" && isClosed(state)) body.compare = state.compare;
  return body;
}

export function granularity(state) {
  return state.granularity === "auto" ? fitting(length(rangeOf(state))) : state.granularity;
}

function fitting(days) {
  if (days <= 1 / 8) return "minute";
  if (days <= 2) return "hour";
  if (days <= 93) return "day";
  return days <= 190 ? "week" : "month";
}

/** About how many days a range has; nothing but the choice of buckets rests on it. */
function length(filters) {
  const { date_range: range, date_from: from, date_to: to } = filters;
  if (range === "today" || range === "yesterday") return 1;
  if (range) {
    const [, , times, unit] = WORDS.exec(range) ?? [null, null, 1, "month"];
    return Number(times ?? 1) * DAYS[unit];
  }
  if (!from || !to) return Infinity;
  const end = Date.parse(to) + (CLOCK.test(to) ? 0 : DAY);
  return (end - Date.parse(from)) / DAY;
}

/**
 * A range as the server read it, told whether it is one of whole days: where clocks are changed at
 * midnight a day begins at another time.
 */
export function withDays(resolved, { filters, locked = {} }) {
  const written = hasRange(filters) && hasRange(locked) ? {} : { ...locked, ...filters };
  return { ...resolved, ofDays: areDays(written) || areMidnights(resolved.begin, resolved.end) };
}

function areDays({ date_range: range, date_from: from, date_to: to }) {
  if (range) return !range.startsWith("past_");
  const given = [from, to].filter(Boolean);
  return given.length > 0 && !given.some((one) => CLOCK.test(one));
}

/** The label of the first bucket that is not over, null where the whole range is. */
export function unfinishedFrom(labels, resolved, unit) {
  const { end, completeUntil } = resolved;
  if (!completeUntil || !labels.length) return null;
  if (end !== ".." && Date.parse(end) <= Date.parse(completeUntil)) return null;
  const begun = labels.filter((label) => !isAfter(label, completeUntil));
  const last = begun.at(-1) ?? labels[0];
  return end === ".." && !couldHold(last, completeUntil, unit) ? null : last;
}

function isAfter(label, instant) {
  if (label.includes("T")) return Date.parse(label) > Date.parse(instant);
  return label > instant.slice(0, 10);
}

// The last bucket with a call of an open range may be long over.
function couldHold(label, instant, unit) {
  return Date.parse(instant) - Date.parse(label) < (DAYS[unit] + 1) * DAY;
}
