/** The issue seed: 32 random bytes from which the server derives everything secret about one card. */

/** A new seed as 64 hex digits. It lives in page memory only: same seed and data again is the same card. */
export function newSeed() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
