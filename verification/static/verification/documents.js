// Taking what the rules of trust accept, from a fetched publication and from what was stored in an earlier run.

import { accept, KEY_SET, payloadDigest, remembering, TrustError } from "./trust.js";

/**
 * Accepts of `documents` (Map of name to bytes, key set first) what is newer than `trust`; a refused one leaves what
 * was believed in force. Gives {trust, newer: Map, refusals: [{name, code}]}.
 */
export async function take(trust, documents, { root, now }) {
  const newer = new Map();
  const refusals = [];
  for (const [name, octets] of documents) {
    try {
      const after = await accept(trust, name, octets, { root, now });
      if (after !== trust) newer.set(name, octets);
      trust = after;
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      refusals.push({ name, code: error.code });
    }
  }
  return { trust, newer, refusals };
}

/**
 * `trust` as it was before a restart, from `stored` ([{name, octets, order}]).
 *
 * The order of every stored document is remembered even if the document itself is no longer believed: otherwise a
 * restart would open the door to older ones.
 */
export async function restore(trust, stored, { root }) {
  for (const { name, octets, order } of stored) {
    let digest = new Uint8Array();
    try {
      digest = await payloadDigest(octets);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
    }
    trust = remembering(trust, name, { order, digest });
  }
  const keySetFirst = stored.toSorted((one, other) => (other.name === KEY_SET) - (one.name === KEY_SET));
  return (await take(trust, new Map(keySetFirst.map(({ name, octets }) => [name, octets])), { root, now: null })).trust;
}
