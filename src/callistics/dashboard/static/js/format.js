// Numbers and dates in the reader's language. Labels of the server are read as text: no zone, no
// offset and no bucket is worked out here. `UTC` below only keeps a date the date that it is.

// What is no language by its form, such as en-US@posix, is passed over; without any left the
// browser's own counts.
const languages = navigator.languages.filter(isLanguage);
const whole = new Intl.NumberFormat(languages, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(languages, { notation: "compact", maximumFractionDigits: 1 });
const precise = new Intl.NumberFormat(languages, { maximumFractionDigits: 6 });
const rounded = new Intl.NumberFormat(languages, { maximumFractionDigits: 2 });
const share = new Intl.NumberFormat(languages, { style: "percent", maximumFractionDigits: 2 });
const signed = { maximumFractionDigits: 1, signDisplay: "exceptZero" };
const points = new Intl.NumberFormat(languages, signed);
const growth = new Intl.NumberFormat(languages, { ...signed, style: "percent" });
const relative = new Intl.RelativeTimeFormat(languages, { numeric: "always", style: "long" });
export const NOTHING = "–";
const CLOCK = /[T ]\d/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?/;
// A number and its unit stay on one line.
const SPACE = "\u00a0";

const dates = {
  day: formatter({ day: "numeric", month: "short", year: "numeric" }),
  month: formatter({ month: "long", year: "numeric" }),
  year: formatter({ year: "numeric" }),
  minute: formatter({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  second: formatter({ dateStyle: "medium", timeStyle: "medium" }),
};
const weekdays = formatter({ weekday: "long" });
const shortWeekdays = formatter({ weekday: "short" });

function isLanguage(name) {
  try {
    return Intl.getCanonicalLocales(name).length > 0;
  } catch {
    return false;
  }
}

// The calendar is that of the server's labels, by which buckets are cut.
function formatter(options) {
  return new Intl.DateTimeFormat(languages, { ...options, calendar: "gregory", timeZone: "UTC" });
}

/** A text that can be seen, also an empty one. */
export function text(value) {
  return value === "" ? '""' : String(value);
}

export function count(value) {
  return value === null || value === undefined ? NOTHING : whole.format(value);
}

export function compact(value) {
  return value === null || value === undefined ? NOTHING : short.format(value);
}

export function decimal(value) {
  return value === null || value === undefined ? NOTHING : rounded.format(value);
}

export function percent(value) {
  return value === null || value === undefined ? NOTHING : share.format(value / 100);
}

/** A change as a part of what was before, such as +4.2%. */
export function grown(value) {
  return growth.format(value);
}

/** A change of a number, such as +120. */
export function moved(value) {
  return points.format(value);
}

/** A change of a share, in percentage points. */
export function movedPoints(value) {
  return `${points.format(value)}${SPACE}points`;
}

export function amount(value, currency) {
  if (value === null || value === undefined) return NOTHING;
  return currency ? `${precise.format(value)} ${currency}` : precise.format(value);
}

/** Seconds as people say them: 7.5 s, 2 min 5 s, 1 h 3 min. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return NOTHING;
  if (seconds < 60) return `${rounded.format(seconds)}${SPACE}s`;
  const all = Math.round(seconds);
  if (all < 3600) return `${whole.format(Math.floor(all / 60))}${SPACE}min ${all % 60}${SPACE}s`;
  const hours = `${whole.format(Math.floor(all / 3600))}${SPACE}h`;
  return all >= 360_000 ? hours : `${hours} ${Math.floor((all % 3600) / 60)}${SPACE}min`;
}

/** A label of a bucket, such as 2025-01-31 or 2025-10-26T02:00:00+01:00. */
export function bucket(label, granularity = "day") {
  if (label === null || label === undefined) return NOTHING;
  if (CLOCK.test(label)) return withOffset(label, dates.minute);
  if (granularity === "quarter") return shortText(label, granularity);
  if (granularity === "month" || granularity === "year") return onDay(label, dates[granularity]);
  return onDay(label, dates.day);
}

const shortDates = {
  day: formatter({ weekday: "short", day: "numeric", month: "short" }),
  week: formatter({ day: "numeric", month: "short" }),
  month: formatter({ month: "short", year: "numeric" }),
  year: dates.year,
  clock: formatter({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
};

/** Short texts for the labels of one picture; an hour that comes twice is told by its offset. */
export function bucketTexts(labels, granularity) {
  const sameYear = new Set(labels.map((label) => label.slice(0, 4))).size < 2;
  const texts = labels.map((label) => shortText(label, granularity, sameYear));
  const places = new Map(texts.map((text, place) => [text, place]));
  const twice = new Set(texts.filter((text, place) => places.get(text) !== place));
  return Object.fromEntries(labels.map((label, place) => {
    const text = texts[place];
    return [label, twice.has(text) ? `${text}${offsetOf(label)}` : text];
  }));
}

function shortText(label, granularity, sameYear) {
  if (CLOCK.test(label)) return clock(label, shortDates.clock);
  if (granularity === "quarter") return `Q${Math.ceil(Number(label.slice(5, 7)) / 3)} ${label.slice(0, 4)}`;
  const format = shortDates[granularity] ?? dates.day;
  return onDay(label, sameYear || granularity === "month" || granularity === "year" ? format : dates.day);
}

export function weekdayTexts() {
  return [1, 2, 3, 4, 5, 6, 7].map((number) => shortWeekdays.format(Date.UTC(2026, 0, 4 + number)));
}

// What is no day of the calendar stays as it was written: the server says whether it is a date.
function onDay(label, format) {
  const read = Date.parse(`${label}T00:00:00Z`);
  const isDay = !Number.isNaN(read) && new Date(read).toISOString().slice(0, 10) === label;
  return isDay ? format.format(read) : label;
}

/** A time of the server, with its own offset: the date and the clock are those it was written in. */
export function time(text) {
  return text ? withOffset(text, dates.second) : NOTHING;
}

function withOffset(text, format) {
  return Number.isNaN(onClock(text)) ? text : `${clock(text, format)}${offsetOf(text)}`;
}

function clock(text, format) {
  const read = onClock(text);
  return Number.isNaN(read) ? text : format.format(read);
}

function onClock(text) {
  const found = MOMENT.exec(text);
  if (!found) return NaN;
  const [, day, minute, second = ":00"] = found;
  return Date.parse(`${day}T${minute}${second}Z`);
}

/** A half-open range of the server, in whole days where it has such; `..` is an open end. */
export function range(begin, end, whole = areMidnights(begin, end)) {
  const format = whole ? dates.day : dates.minute;
  // The last day of a range is the one before the day that begins where it ends.
  const [from, to] = [onClock(begin), whole ? Date.parse(end.slice(0, 10)) - 1 : onClock(end)];
  if (begin === ".." && end === "..") return "all time";
  if (begin === "..") return `until ${format.format(to)}`;
  return end === ".." ? `since ${format.format(from)}` : format.formatRange(from, to);
}

/** Whether both ends of a range are open or the midnights of a clock. */
export function areMidnights(begin, end) {
  return [begin, end].every((one) => one === ".." || one.slice(11, 19) === "00:00:00");
}

function offsetOf(text) {
  const offset = /(Z|[+-]\d{2}:\d{2})$/.exec(text)?.[0];
  if (!offset) return "";
  return offset === "Z" || offset === "+00:00" ? " UTC" : ` ${offset.replace("-", "−")}`;
}

export function weekday(number) {
  // The 5th of January 2026 is a Monday. What is no weekday is for the server to say.
  return number >= 1 && number <= 7 ? weekdays.format(Date.UTC(2026, 0, 4 + number)) : String(number);
}

export function hour(number) {
  return `${String(number).padStart(2, "0")}:00`;
}

/** How long ago an instant with an offset was. */
export function age(text, now = Date.now()) {
  const seconds = Math.round((Date.parse(text) - now) / 1000);
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(seconds, "second");
}

/** What charts write numbers with, as their library wants it. */
export function numberLocale() {
  const parts = new Intl.NumberFormat(languages).formatToParts(12345678901.5);
  const of = (type) => parts.find((part) => part.type === type)?.value;
  const groups = parts.filter((part) => part.type === "integer").map((part) => part.value.length);
  return {
    decimal: of("decimal"),
    thousands: of("group") ?? "",
    grouping: groups.slice(1).reverse(),
    currency: ["", ""],
  };
}
