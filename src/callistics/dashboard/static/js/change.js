// How a figure moved against the compared period.

import * as format from "./format.js";

/**
 * By how much, that in words, and whether the words tell of a rise (1), a fall (-1) or neither:
 * points of a share, else a part of what was; no words if that was 0.
 */
export function changeOf(value, before, isShare) {
  if (value === null || before === null) return null;
  const difference = value - before;
  if (isShare) return { difference, text: format.movedPoints(difference), direction: directionOf(difference) };
  if (before === 0) return { difference, text: null, direction: 0 };
  const part = difference / before;
  return { difference, text: format.grown(part), direction: directionOf(100 * part) };
}

// Of the number as it is shown, with one digit behind the point.
function directionOf(number) {
  return Math.round(10 * Math.abs(number)) ? Math.sign(number) : 0;
}
