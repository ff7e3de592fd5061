// Names of what is on the page: those of fields, filters and ranges are the server's.

const names = new Map();
let described = { filters: [], ranges: [], granularities: [], timezones: [] };

export function useDescription(description) {
  described = description;
  for (const one of [...description.groups, ...description.filters]) names.set(one.name, one.label);
}

export function filters() {
  return described.filters;
}

export function ranges() {
  return described.ranges;
}

export function granularities() {
  return described.granularities;
}

export function timezones() {
  return described.timezones;
}

/** The zone that was meant by what was typed, such as `kolk`; what means several is left as it is. */
export function zoneOf(typed) {
  const sought = typed.trim().toLowerCase().replaceAll(" ", "_");
  const places = timezones().map((name) => [name, name.toLowerCase()]);
  const exact = places.filter(([, lower]) => lower === sought);
  const begun = places.filter(([, lower]) => lower.split("/").some((part) => part.startsWith(sought)));
  const within = places.filter(([, lower]) => lower.includes(sought));
  return [exact, begun, within].find((found) => found.length === 1)?.[0][0] ?? typed.trim();
}

export function label(name) {
  if (names.has(name)) return names.get(name);
  if (name.startsWith("payload.")) return name.slice("payload.".length);
  const words = name.replace(/_id$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function rangeLabel(name) {
  return ranges().find((range) => range.name === name)?.label ?? label(name);
}

export const COMPARISONS = [
  ["previous_period", "Previous period"],
  ["previous_year", "Previous year"],
  ["none", "No comparison"],
];

export const REFRESHES = [
  [0, "Off"],
  [10, "Every 10 s"],
  [30, "Every 30 s"],
  [60, "Every minute"],
  [300, "Every 5 min"],
];
