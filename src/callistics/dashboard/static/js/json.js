// JSON whose whole numbers may have more digits than a number of the language holds.

/**
 * The value of a JSON text. `ofLong(text)` stands for a whole number that would lose digits, where
 * the browser tells the text that it was written as.
 */
export function parse(json, ofLong) {
  return JSON.parse(json, (_, value, context) => (losesDigits(value) && context?.source ? ofLong(context.source) : value));
}

function losesDigits(value) {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** What `JSON.stringify` writes as the number that it was written as. */
export function asWritten(number) {
  return JSON.rawJSON(number);
}
