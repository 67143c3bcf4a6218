// Fetching the public documents, whole and on a fixed beat: nothing about when or which cards are checked shows in it.

import { hex } from "../credential/octets.js";
import { take } from "./documents.js";
import { commitmentsName, KEY_SET } from "./trust.js";

export const BEAT = 300_000;
const MAX_DOCUMENT = 2 ** 20;
const MAX_LISTS = 1024;
/** Milliseconds after which a server that does not finish its answer is given up. */
const TIMEOUT = 30_000;

/** The city's server could not be reached or does not answer as it should. */
export class NotFetched extends Error {}

/** What `trust` becomes by what is published now: {trust, newer, refusals}. Throws NotFetched. */
export async function refreshed(trust, { root, now }) {
  const keySet = await fetched("/trust/key-set", "application/cose");
  if (!keySet) throw new NotFetched("no key set");
  const first = await take(trust, new Map([[KEY_SET, keySet]]), { root, now });
  const second = await take(first.trust, await listsAndCommitments(first.trust), { root, now });
  return {
    trust: second.trust,
    newer: new Map([...first.newer, ...second.newer]),
    refusals: [...first.refusals, ...second.refusals],
  };
}

async function listsAndCommitments(trust) {
  const documents = new Map();
  // Lists are numbered from 0 without a gap.
  for (let number = 0; number < MAX_LISTS; number++) {
    const octets = await fetched(`/s/${number}`, "application/statuslist+cwt");
    if (!octets) break;
    documents.set(`s/${number}`, octets);
  }
  for (const key of trust.keySet?.keys ?? []) {
    if (!key.commitments) continue;
    const octets = await fetched(`/trust/commitments/${hex(key.kid)}`, "application/cose");
    if (octets) documents.set(commitmentsName(hex(key.kid)), octets);
  }
  return documents;
}

/** The bytes at an address of the own server, null for 404. */
async function fetched(address, type) {
  let response, octets;
  try {
    response = await fetch(address, {
      headers: { Accept: type },
      credentials: "omit",
      cache: "no-cache",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    octets = new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new NotFetched("no network");
  }
  if (response.status === 404) return null;
  if (!response.ok) throw new NotFetched("refused");
  if (octets.length > MAX_DOCUMENT) throw new NotFetched("too large");
  return octets;
}
