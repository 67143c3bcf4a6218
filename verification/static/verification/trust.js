// What the scanner believes: the signed public documents it accepted, and the rules for accepting a newer one.

import * as commitmentlist from "../credential/commitmentlist.js";
import * as cose from "../credential/cose.js";
import * as keyset from "../credential/keyset.js";
import { equal, hex, sha256 } from "../credential/octets.js";
import { CredentialError } from "../credential/reasons.js";
import * as statuslist from "../credential/statuslist.js";

/** Seconds that the `iat` of a document or card may lie ahead of the reader's clock. */
export const MAX_LEAD = 600;
export const KEY_SET = "key-set";
/** Somebody replays, forks or forges documents: worth telling a person. */
export const ALARMING = new Set(["rolled_back", "equivocation", "bad_signature"]);

/** A document was not accepted; what was believed before still stands. `code` as the gate says it. */
export class TrustError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Nothing accepted yet about the cards of `issuer` in `realm`. A trust is never changed, only followed by another.
 *
 * `lists`: status lists in force, by URI. `commitments`: by hexadecimal kid. `seen` ({order, digest}) and `signers`
 * (hexadecimal kid) are kept by document name ("key-set", "s/0", "commitments/<kid>"). `followedBy`: the root that took
 * the place of the one the scanner was paired with. `announced`: thumbprint of the root that may take its place.
 */
export function nothing(issuer, realm) {
  return { issuer, realm, keySet: null, lists: new Map(), commitments: new Map(), seen: new Map(), signers: new Map(), followedBy: null, announced: null, highestIat: 0 };
}

/** `trust`, knowing from an earlier run that document `name` had been accepted with this order and digest. */
export function remembering(trust, name, seen) {
  const signedTime = name === KEY_SET ? 0 : seen.order;
  return { ...trust, seen: new Map(trust.seen).set(name, seen), highestIat: highest(trust.highestIat, signedTime) };
}

/** SHA-256 of the payload of a COSE_Sign1. Throws TrustError(unreadable). */
export async function payloadDigest(octets) {
  return refusing(() => sha256(cose.parse(octets).payload));
}

/**
 * `trust` with the document published as `name`; the same object when it is the one already in force.
 *
 * `now` null: it was accepted in an earlier run, its time was judged then. Throws TrustError.
 */
export function accept(trust, name, octets, { root, now }) {
  if (name === KEY_SET) return acceptKeySet(trust, octets, root, now);
  return name.startsWith("s/") ? acceptStatusList(trust, name, octets, now) : acceptCommitments(trust, name, octets, now);
}

async function acceptKeySet(trust, octets, root, now) {
  const keySet = await refusing(() => keyset.verify(octets, trust.followedBy ?? root, trust.announced));
  if (keySet.issuer !== trust.issuer) throw new TrustError("foreign");
  if (now !== null && keySet.iat > now + MAX_LEAD) throw new TrustError("from_the_future");
  const seen = { order: keySet.seq, digest: await payloadDigest(octets) };
  if (isInForce(trust, KEY_SET, seen) && trust.keySet) return trust;
  return {
    ...trust,
    keySet,
    lists: kept(trust.lists, (uri, held) => stillBelieved(trust, keySet, uri.slice(trust.issuer.length + 1), held.iat)),
    commitments: kept(trust.commitments, (kid) => stillAnnounced(trust, keySet, kid)),
    seen: new Map(trust.seen).set(KEY_SET, seen),
    followedBy: keySet.root ?? trust.followedBy,
    announced: keySet.nextRoot,
    highestIat: highest(trust.highestIat, keySet.iat),
  };
}

async function acceptStatusList(trust, name, octets, now) {
  const [signed, held] = await refusing(async () => {
    const outer = statuslist.parse(octets);
    return [outer, await statuslist.verify(outer, statusKey(trust, hex(outer.kid)).publicKey)];
  });
  if (held.uri !== `${trust.issuer}/${name}`) throw new TrustError("foreign");
  // A list that outlives a week would let a stolen copy say "not blocked" for as long.
  const lifetime = BigInt(held.exp) - BigInt(held.iat);
  if (lifetime <= 0n || lifetime > BigInt(statuslist.VALIDITY)) throw new TrustError("unreadable");
  const signer = hex(signed.kid);
  judgeTime(trust, signer, held.iat, now);
  const seen = { order: held.iat, digest: await sha256(signed.payload) };
  if (isInForce(trust, name, seen) && trust.lists.has(held.uri)) return trust;
  return {
    ...trust,
    lists: new Map(trust.lists).set(held.uri, held),
    seen: new Map(trust.seen).set(name, seen),
    signers: new Map(trust.signers).set(name, signer),
    highestIat: highest(trust.highestIat, held.iat),
  };
}

async function acceptCommitments(trust, name, octets, now) {
  const [signed, held] = await refusing(async () => {
    const outer = cose.parse(octets);
    return [outer, await commitmentlist.verify(octets, statusKey(trust, hex(outer.kid)).publicKey)];
  });
  const kid = hex(held.kid);
  if (name !== commitmentsName(kid)) throw new TrustError("foreign");
  const digest = await sha256(signed.payload);
  const key = trust.keySet?.byKid.get(kid);
  if (key?.use !== "card" || !key.commitments || !equal(key.commitments, digest)) throw new TrustError("not_announced");
  const signer = hex(signed.kid);
  judgeTime(trust, signer, held.iat, now);
  if (trust.commitments.has(kid)) return trust;
  // The root decides which list is the right one: its digest replaces the order of `iat`.
  return {
    ...trust,
    commitments: new Map(trust.commitments).set(kid, held.commitments),
    seen: new Map(trust.seen).set(name, { order: held.iat, digest }),
    signers: new Map(trust.signers).set(name, signer),
    highestIat: highest(trust.highestIat, held.iat),
  };
}

/** The document name of the commitment list of the key with this hexadecimal kid. */
export const commitmentsName = (kid) => `commitments/${kid}`;

const CODES = new Map([["unknown_key", "wrong_signer"], ["bad_signature", "bad_signature"]]);

async function refusing(judge) {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof CredentialError) throw new TrustError(CODES.get(error.reason) ?? "unreadable");
    throw error;
  }
}

/** Whether `seen` is the newest already known; false when it is newer. Throws TrustError for every other case. */
function isInForce(trust, name, seen) {
  const known = trust.seen.get(name);
  if (!known || seen.order > known.order) return false;
  if (seen.order < known.order) throw new TrustError("rolled_back");
  if (!equal(seen.digest, known.digest)) throw new TrustError("equivocation");
  return true;
}

function statusKey(trust, kid) {
  const key = trust.keySet?.byKid.get(kid);
  if (!key || !maySignLists(trust, key)) throw new TrustError("wrong_signer");
  return key;
}

const maySignLists = (trust, key) => key.use === "status" && key.realm === trust.realm && key.state !== "compromised";

function stillBelieved(trust, keySet, name, iat) {
  const key = keySet.byKid.get(trust.signers.get(name));
  return key !== undefined && maySignLists(trust, key) && key.covers(iat);
}

function stillAnnounced(trust, keySet, kid) {
  const name = commitmentsName(kid);
  const announced = keySet.byKid.get(kid)?.commitments;
  const seen = trust.seen.get(name);
  return Boolean(announced) && equal(announced, seen.digest) && stillBelieved(trust, keySet, name, seen.order);
}

function judgeTime(trust, kid, iat, now) {
  if (!statusKey(trust, kid).covers(iat)) throw new TrustError("wrong_signer");
  if (now !== null && iat > now + MAX_LEAD) throw new TrustError("from_the_future");
}

const highest = (one, other) => (one > other ? one : other);

function kept(map, keep) {
  return new Map([...map].filter(([key, value]) => keep(key, value)));
}
