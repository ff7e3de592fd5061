// From a mark, or a row of a table, to the filters it stands for.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400_000;
const OFFSET = /Z$|[+-]\d{2}:\d{2}$/;
const MIDNIGHT = /T00:00:00(Z|[+-])/;

/** The filters that a row of a panel sets, null where it sets none. */
export function filtersOf(panel, row, { labels, resolved }) {
  const changes = {};
  for (const [field, filter] of Object.entries(panel.selects ?? {})) {
    if (!(field in row)) return null;
    if (filter === "date") Object.assign(changes, dates(row[field], labels, resolved));
    else Object.assign(changes, one(filter, row[field]));
  }
  for (const [field, choices] of Object.entries(panel.sets ?? {})) {
    if (!Object.hasOwn(choices, row[field])) return null;
    Object.assign(changes, choices[row[field]]);
  }
  return Object.values(changes).some((value) => value !== undefined) ? changes : null;
}

/** The fields that tell the rows of a panel apart. */
export function keysOf({ selects, sets }) {
  return [...Object.keys(selects ?? {}), ...Object.keys(sets ?? {})];
}

function one(filter, value) {
  if (filter === "sentiment_max") return { [filter]: below(value) };
  if (filter === "max_duration") return { [filter]: value === null ? undefined : value - 1 };
  if (filter === "sentiment_min" || filter === "min_duration") return { [filter]: value ?? undefined };
  if (filter === "success" || filter === "reached") return { [filter]: Boolean(value) };
  return { [filter]: [value] };
}

// A bin ends before its `to`, the filter with it: the greatest number below. The last bin holds 1.
function below(value) {
  if (value === null || value === undefined) return undefined;
  if (value === 1) return 1;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] -= 1n;
  return new Float64Array(bits.buffer)[0];
}

/** A bucket ends where the next one begins; the range cuts the first and the last. */
function dates(label, labels, resolved) {
  const next = labels[labels.indexOf(label) + 1];
  const to = next === undefined ? lastDate(resolved, label) : label.includes("T") ? before(next, label) : dayBefore(next);
  return { date_from: firstDate(label, resolved), date_to: to, date_range: undefined };
}

/** The filters of the range that the server resolved, which stay the same tomorrow. */
export function fixedDates(resolved) {
  const { begin } = resolved;
  const from = begin === ".." ? undefined : beginsDay(begin, resolved) ? begin.slice(0, 10) : begin;
  return { date_from: from, date_to: lastDate(resolved), date_range: undefined };
}

// Where clocks are changed at midnight a day begins at another time.
function beginsDay(instant, { ofDays }) {
  return ofDays || MIDNIGHT.test(instant);
}

function firstDate(label, resolved) {
  const { begin } = resolved;
  if (begin === ".." || isBehind(label, begin)) return label;
  return beginsDay(begin, resolved) && !label.includes("T") ? begin.slice(0, 10) : begin;
}

function isBehind(label, begin) {
  return label.includes("T") ? Date.parse(label) >= Date.parse(begin) : label > begin.slice(0, 10);
}

function lastDate(resolved, label = resolved.end) {
  const { end } = resolved;
  if (end === "..") return undefined;
  return beginsDay(end, resolved) ? dayBefore(end.slice(0, 10)) : before(end, label.includes("T") ? label : end);
}

// With the offset of where the range begins: by another one it could read backwards.
function before(instant, label) {
  const [offset] = OFFSET.exec(label);
  const local = Date.parse(instant) - SECOND + minutesOf(offset) * MINUTE;
  return new Date(local).toISOString().slice(0, 19) + offset;
}

function minutesOf(offset) {
  if (offset === "Z") return 0;
  const minutes = 60 * Number(offset.slice(1, 3)) + Number(offset.slice(4));
  return offset.startsWith("-") ? -minutes : minutes;
}

// By the calendar alone: the day before a day.
function dayBefore(day) {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY).toISOString().slice(0, 10);
}
