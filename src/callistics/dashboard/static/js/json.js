// JSON whose whole numbers may have more digits than a number of the language holds.

const WHOLE = /^-?\d+$/;

/**
 * The value of a JSON text. `ofLong(text)` stands for a whole number that would lose digits, and for
 * one that is too great, where the browser tells the text that it was written as.
 */
export function parse(json, ofLong) {
  return JSON.parse(json, (_, value, context) => (isLost(value, context?.source) ? ofLong(context.source) : value));
}

function isLost(value, source) {
  if (typeof value !== "number" || source === undefined) return false;
  return !Number.isFinite(value) || (WHOLE.test(source) && !Number.isSafeInteger(value));
}

/** What `JSON.stringify` writes as the number that it was written as. */
export function asWritten(number) {
  return JSON.rawJSON(number);
}
