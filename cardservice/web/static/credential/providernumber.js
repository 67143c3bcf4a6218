// The number under which one provider may know a card: HKDF-SHA256 (RFC 5869) of the card's link under its own key.

import { encodeChecked } from "./crockford.js";
import { ascii, concat } from "./octets.js";

const KEY_BYTES = 32;
const INFO = concat(ascii("cardservice/provider-number/1"), Uint8Array.of(1));
const HMAC = { name: "HMAC", hash: "SHA-256" };
const SYMBOLS = 10n;

/**
 * The provider key as a CryptoKey that no script can read again.
 *
 * The provider key is HKDF's salt, which WebCrypto's own HKDF takes as readable bytes; extraction is HMAC under the
 * salt, and an HMAC key need not be readable.
 */
export function importProviderKey(octets) {
  if (octets.length !== KEY_BYTES) throw new RangeError("a provider key has 32 bytes");
  return crypto.subtle.importKey("raw", octets, HMAC, false, ["sign"]);
}

/** XXXXX-XXXXX-C for a card's `link` (16 bytes). */
export async function providerNumber(link, providerKey) {
  const extracted = await crypto.subtle.sign("HMAC", providerKey, link);
  const expanding = await crypto.subtle.importKey("raw", extracted, HMAC, false, ["sign"]);
  const octets = new DataView(await crypto.subtle.sign("HMAC", expanding, INFO));
  const symbols = encodeChecked(octets.getBigUint64(0) >> (64n - 5n * SYMBOLS), Number(SYMBOLS));
  return `${symbols.slice(0, 5)}-${symbols.slice(5, 10)}-${symbols.slice(10)}`;
}
