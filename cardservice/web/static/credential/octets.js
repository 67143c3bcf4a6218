// Byte strings: comparing, joining, and their hexadecimal form.

export function equal(one, other) {
  return one.length === other.length && one.every((octet, place) => octet === other[place]);
}

/** Negative, zero or positive, as bytes compare from left to right. */
export function compare(one, other) {
  const shared = Math.min(one.length, other.length);
  for (let place = 0; place < shared; place++) {
    if (one[place] !== other[place]) return one[place] - other[place];
  }
  return one.length - other.length;
}

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const hex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");

export function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** The bytes of base64url without padding (RFC 7515 section 2). */
export function fromBase64url(text) {
  return ascii(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
}

export const ascii = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

export async function sha256(octets) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
}
