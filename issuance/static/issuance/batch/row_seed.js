/** Seeds of a batch: one random seed, from which the seed of each row follows by the row's number (SPEC, section 5). */

import { newSeed } from "../seed.js";

const SEED_DIGITS = /^[0-9a-f]{64}$/;

/** Random 32 bytes as 64 hex digits. */
export const newBatchSeed = newSeed;

/** Whether `text` can be a batch seed. */
export const isSeed = (text) => typeof text === "string" && SEED_DIGITS.test(text);

/** The issue seed of row `number`, as 64 hex digits: never of what the row says. */
export async function seedOfRow(batchSeed, number) {
  const octets = Uint8Array.from(batchSeed.match(/../g), (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", octets, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(`cardservice/batch-row/1/${number}`);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }, key, 256);
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
