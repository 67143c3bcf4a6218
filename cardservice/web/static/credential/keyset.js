// The key set: which keys the offline root believes, for what, when and in which realm.

import * as cbor from "./cbor.js";
import * as cose from "./cose.js";
import { fromCoseKey } from "./keys.js";
import { equal, hex } from "./octets.js";
import { CredentialError } from "./reasons.js";

const TYPE = "application/cardservice-key-set+cbor";
const [ISS, EXP, IAT, SEQ, NEXT_ROOT, KEYS, ROOT] = [1, 4, 6, -65600, -65601, -65602, -65603];
const [KID, USE, NOT_BEFORE, NOT_AFTER, CAP, STATE, REALM, COMMITMENTS] = [2, -65610, -65611, -65612, -65613, -65614, -65615, -65616];
const USES = ["card", "status", "log", "services"];
const STATES = ["planned", "active", "retired", "compromised"];

/** One key of the set; `commitments` is the announced SHA-256 of a compromised card key's commitment list, or null. */
class Key {
  constructor(parts) {
    Object.assign(this, parts);
  }

  covers(iat) {
    return this.notBefore <= iat && iat < this.notAfter;
  }
}

/**
 * The key set in `octets`, after checking that `root` signed it, or the root it carries, whose thumbprint is
 * `announced` (or null); `byKid` is a Map by hexadecimal kid.
 *
 * Throws CredentialError: malformed, unsupported, unknown_key (another root), bad_signature.
 */
export async function verify(octets, root, announced = null) {
  const signed = cose.parse(octets);
  if (signed.typ !== TYPE) throw new CredentialError("unsupported");
  const signer = equal(signed.kid, await root.kid()) ? root : await carriedRoot(signed, announced);
  if (!(await signed.verifiedBy(signer))) throw new CredentialError("bad_signature");
  const keySet = await decode(signed.payload);
  require(keySet.root === null || equal(await keySet.root.kid(), signed.kid));
  return keySet;
}

/** The root in the set itself, believed because the last set of the root before it gave its thumbprint. */
async function carriedRoot(signed, announced) {
  const { root } = await decode(signed.payload);
  const expected = root !== null && announced !== null && equal(await root.thumbprint(), announced);
  if (!expected || !equal(await root.kid(), signed.kid)) throw new CredentialError("unknown_key");
  return root;
}

async function decode(payload) {
  const values = cbor.decode(payload);
  const labels = [ISS, EXP, IAT, SEQ, NEXT_ROOT, KEYS];
  require(values instanceof Map && values.size === labels.length + (values.has(ROOT) ? 1 : 0));
  const [issuer, exp, iat, seq, nextRoot, entries] = labels.map((label) => values.get(label));
  require(typeof issuer === "string" && [exp, iat, seq].every(cbor.isInteger) && nextRoot instanceof Uint8Array);
  require(Array.isArray(entries) && entries.length > 0 && entries.every((entry) => entry instanceof Map));
  const keys = await Promise.all(entries.map(decodeKey));
  const byKid = new Map(keys.map((key) => [hex(key.kid), key]));
  // Two keys under one kid would let the order of the list decide who is believed.
  require(byKid.size === keys.length && nextRoot.length === 32 && seq >= 1);
  return { issuer, exp, iat, seq, nextRoot, keys, byKid, root: values.has(ROOT) ? decodeRoot(values.get(ROOT)) : null };
}

function decodeRoot(entry) {
  require(entry instanceof Map);
  const root = fromCoseKey(entry);
  require(entry.size === root.labels.length);
  return root;
}

async function decodeKey(entry) {
  const labels = [KID, USE, NOT_BEFORE, NOT_AFTER, CAP, STATE, REALM];
  const [kid, use, notBefore, notAfter, cap, state, realm] = labels.map((label) => entry.get(label));
  require(kid instanceof Uint8Array && [notBefore, notAfter, cap].every(cbor.isInteger));
  require(USES.includes(use) && STATES.includes(state) && typeof realm === "string" && cap >= 0);
  const publicKey = fromCoseKey(entry);
  const commitments = entry.get(COMMITMENTS) ?? null;
  const known = [...labels, ...publicKey.labels, ...(commitments === null ? [] : [COMMITMENTS])];
  require(entry.size === known.length && known.every((label) => entry.has(label)));
  require(commitments === null || (state === "compromised" && commitments instanceof Uint8Array && commitments.length === 32));
  // The kid follows from the key: no key can stand in a set twice, with two uses or in two realms.
  require(equal(kid, await publicKey.kid()));
  return new Key({ kid, use, publicKey, notBefore, notAfter, cap, state, realm, commitments });
}

function require(fits) {
  if (!fits) throw new CredentialError("unsupported");
}
