// How a figure moved against the compared period.

import * as format from "./format.js";

/** By how much, and that in words: points of a share, else a part of what was; null if that was 0. */
export function changeOf(value, before, isShare) {
  if (value === null || before === null) return null;
  const difference = value - before;
  if (isShare) return { difference, text: format.movedPoints(difference) };
  return { difference, text: before === 0 ? null : format.grown(difference / before) };
}
