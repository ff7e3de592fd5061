// Names of what is on the page. Those of fields and filters come from the server where it has one.

let given = {};

export function useLabels(labels) {
  given = labels ?? {};
}

export function label(name) {
  if (given[name]) return given[name];
  if (name.startsWith("payload.")) return name.slice("payload.".length);
  const words = name.replace(/_id$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const RANGES = [
  ["today", "Today"],
  ["yesterday", "Yesterday"],
  ["this_week", "This week"],
  ["last_7_days", "Last 7 days"],
  ["last_30_days", "Last 30 days"],
  ["last_90_days", "Last 90 days"],
  ["this_month", "This month"],
  ["last_month", "Last month"],
  ["this_quarter", "This quarter"],
  ["last_12_months", "Last 12 months"],
  ["this_year", "This year"],
];

export const GRANULARITIES = ["minute", "hour", "day", "week", "month", "quarter", "year"];

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

export function rangeLabel(name) {
  const known = RANGES.find(([range]) => range === name);
  return known ? known[1] : label(name);
}
