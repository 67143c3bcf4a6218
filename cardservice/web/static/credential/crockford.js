// Crockford's base32 for numbers that people read and type, with a check symbol over GF(32).

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VALUES = new Map([...ALPHABET].map((symbol, value) => [symbol, value]));
for (const [symbol, value] of [["O", 0], ["I", 1], ["L", 1]]) VALUES.set(symbol, value);

/** The symbols do not fit together: somebody misread or mistyped one. */
export class Mistyped extends Error {}

/** `value` (BigInt) as exactly `symbols` symbols, most significant first, and their check symbol. */
export function encodeChecked(value, symbols) {
  const values = Array.from({ length: symbols }, (_, place) => Number((value >> BigInt(5 * (symbols - 1 - place))) & 31n));
  return [...values, checksum(values)].map((symbol) => ALPHABET[symbol]).join("");
}

/** The number (BigInt) in `symbols` symbols plus check symbol, as people type it. Throws Mistyped. */
export function decodeChecked(text, symbols) {
  if (/[^\x00-\x7f]/.test(text)) throw new Mistyped();
  const values = [...text.toUpperCase().replace(/[- ]/g, "")].map((symbol) => VALUES.get(symbol));
  if (values.length !== symbols + 1 || values.includes(undefined)) throw new Mistyped();
  const stated = values.pop();
  if (checksum(values) !== stated) throw new Mistyped();
  return values.reduce((number, value) => (number << 5n) | BigInt(value), 0n);
}

/** The sum of a^n times the n-th symbol from the right over GF(32), a being a generator. */
function checksum(values) {
  let total = 0;
  let weight = 1;
  for (const value of values.toReversed()) {
    weight = times(weight, 2);
    total ^= times(value, weight);
  }
  return total;
}

/** Product in GF(32) = GF(2)[x] / (x^5 + x^2 + 1). */
function times(one, other) {
  let product = 0;
  for (let bit = 4; bit >= 0; bit--) {
    product <<= 1;
    if (product > 31) product ^= 0b100101;
    if ((other >> bit) & 1) product ^= one;
  }
  return product;
}
