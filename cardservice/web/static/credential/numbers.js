// Card numbers (status reference with check symbol) and slip codes, as people see and type them.

import { decodeChecked, encodeChecked } from "./crockford.js";

const INDEX_BITS = 20n;
const SYMBOLS = 6;
const SLIP_SYMBOLS = 16;
export const LIST_SIZE = 2 ** 20;
export const MAX_LISTS = 2 ** 10;

/** The number printed beside a face, XXX-XXXC. */
export function cardNumber(listNumber, index) {
  const symbols = encodeChecked((BigInt(listNumber) << INDEX_BITS) | BigInt(index), SYMBOLS);
  return `${symbols.slice(0, 3)}-${symbols.slice(3)}`;
}

/** List number and index of a typed card number. Throws Mistyped. */
export function parseCardNumber(text) {
  const position = Number(decodeChecked(text, SYMBOLS));
  return { listNumber: Math.floor(position / LIST_SIZE), index: position % LIST_SIZE };
}

/** The 80 bits (BigInt) of a typed slip code. Throws Mistyped. */
export function parseSlipCode(text) {
  return decodeChecked(text, SLIP_SYMBOLS);
}
