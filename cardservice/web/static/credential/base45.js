// Base45 (RFC 9285), strict: exactly the encodings the RFC's encoder makes.

import { CredentialError } from "./reasons.js";

export const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const NO_DIGIT = 255;
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (const [value, character] of [...ALPHABET].entries()) VALUES[character.charCodeAt(0)] = value;

/** The bytes whose encoding is `text`. Throws CredentialError(malformed). */
export function decode(text) {
  const rest = text.length % 3;
  if (rest === 1) throw new CredentialError("malformed");
  const whole = text.length - rest;
  const octets = new Uint8Array((whole / 3) * 2 + (rest ? 1 : 0));
  let to = 0;
  for (let at = 0; at < whole; at += 3) {
    const value = digit(text, at) + 45 * digit(text, at + 1) + 2025 * digit(text, at + 2);
    if (value > 0xffff) throw new CredentialError("malformed");
    octets[to++] = value >> 8;
    octets[to++] = value & 0xff;
  }
  if (rest) {
    const value = digit(text, whole) + 45 * digit(text, whole + 1);
    if (value > 0xff) throw new CredentialError("malformed");
    octets[to] = value;
  }
  return octets;
}

function digit(text, at) {
  const value = VALUES[text.charCodeAt(at)] ?? NO_DIGIT;
  if (value === NO_DIGIT) throw new CredentialError("malformed");
  return value;
}
