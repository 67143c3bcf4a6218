// Commitments: which faces a key signed, without saying whose they are.

import { ascii, concat, sha256 } from "./octets.js";

export const BYTES = 16;

/** First 16 bytes of SHA-256("commitment/1" + cti + claims bytes). */
export async function commitment(cti, payload) {
  return (await sha256(concat(ascii("commitment/1"), cti, payload))).subarray(0, BYTES);
}
