// Gives what the scanner's modules make of each vector, for a test to compare with what the vector states.

import * as cbor from "/static/credential/cbor.js";
import { openText } from "/static/credential/codec.js";
import { commitment } from "/static/credential/commitment.js";
import * as commitmentlist from "/static/credential/commitmentlist.js";
import { Mistyped } from "/static/credential/crockford.js";
import { fromCoseKey } from "/static/credential/keys.js";
import * as keyset from "/static/credential/keyset.js";
import { cardNumber, parseCardNumber, parseSlipCode } from "/static/credential/numbers.js";
import { fromHex, hex } from "/static/credential/octets.js";
import { importProviderKey, providerNumber } from "/static/credential/providernumber.js";
import { CredentialError } from "/static/credential/reasons.js";
import * as statuslist from "/static/credential/statuslist.js";
import { take } from "/static/verification/documents.js";
import { nothing } from "/static/verification/trust.js";
import { verify } from "/static/verification/verifier.js";

const coseKey = (octets) => fromCoseKey(cbor.decode(fromHex(octets)));

async function reasonOf(judge) {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof CredentialError) return error.reason;
    throw error;
  }
}

async function all(vectors, judge) {
  const found = {};
  for (const vector of vectors) found[vector.name] = await judge(vector);
  return found;
}

function judgedCard(text, byKid) {
  return reasonOf(async () => {
    const { signed } = openText(text);
    return (await signed.verifiedBy(byKid.get(hex(signed.kid)))) ? null : "bad_signature";
  });
}

const keysOf = (vectors) => new Map(Object.values(vectors.keys).map((key) => [key.kid, coseKey(key.cose_key)]));

export async function credentials(vectors) {
  const byKid = keysOf(vectors);
  const providerKey = await importProviderKey(fromHex(vectors.provider_key));
  const good = await all(vectors.good, async ({ qr }) => {
    const { signed, claims } = openText(qr);
    const { issuer, sector, exp, iat, cti, link, number, name, born, photo, listNumber, index } = claims;
    return {
      alg: signed.alg,
      fits: await signed.verifiedBy(byKid.get(hex(signed.kid))),
      payload: hex(signed.payload),
      commitment: hex(await commitment(cti, signed.payload)),
      provider_number: await providerNumber(link, providerKey),
      claims: {
        issuer, sector, exp, iat, cti: hex(cti), link: hex(link), number, name, born, photo: photo && hex(photo),
        list_number: listNumber, index,
      },
    };
  });
  return { good, bad: await all(vectors.bad, ({ qr }) => judgedCard(qr, byKid)) };
}

export async function texts(vectors, changed) {
  const byKid = keysOf(vectors);
  return Promise.all(changed.map((text) => judgedCard(text, byKid)));
}

export async function keysets(vectors) {
  const root = coseKey(vectors.root);
  const good = await all(vectors.good, async ({ cose }) => {
    const { issuer, seq, iat, exp, nextRoot, keys, root: carried } = await keyset.verify(fromHex(cose), root);
    const described = keys.map((key) => ({
      kid: hex(key.kid), use: key.use, alg: key.publicKey.alg, not_before: key.notBefore, not_after: key.notAfter,
      cap: key.cap, state: key.state, realm: key.realm, commitments: key.commitments && hex(key.commitments),
    }));
    return { issuer, seq, iat, exp, next_root: hex(nextRoot), root: carried && hex(carried.coseKey), keys: described };
  });
  const bad = await all(vectors.bad, ({ cose }) => reasonOf(async () => void (await keyset.verify(fromHex(cose), root))));
  // A scanner that missed two roots is paired anew: it reads no former sets.
  const changes = vectors.root_changes.filter(({ documents }) => documents.every(([name]) => name !== "former-sets"));
  return { good, bad, root_changes: await all(changes, (change) => rootChange(change, root)) };
}

async function rootChange({ documents }, root) {
  let trust = nothing("https://city.example", "production");
  const refused = [];
  for (const [document, octets] of documents) {
    const taken = await take(trust, new Map([["key-set", fromHex(octets)]]), { root, now: null });
    trust = taken.trust;
    refused.push(...taken.refusals.map(({ code }) => [document, code]));
  }
  return { refused, seq: trust.keySet?.seq ?? 0 };
}

export async function statuslists(vectors) {
  const key = coseKey(vectors.key);
  const read = async (octets) => statuslist.verify(statuslist.parse(fromHex(octets)), key);
  const listed = (octets) => commitmentlist.verify(fromHex(octets), key);
  const good = await all(vectors.good, async ({ cwt, size }) => {
    const list = await read(cwt);
    const set = [...Array(size).keys()].filter((index) => list.blocked(index));
    return { uri: list.uri, iat: list.iat, exp: list.exp, set, behind: list.blocked(size) };
  });
  return {
    good,
    bad: await all(vectors.bad, ({ cose }) => reasonOf(async () => void (await read(cose)))),
    commitments: {
      good: await all(vectors.commitments.good, async ({ cose }) => {
        const { kid, iat, commitments } = await listed(cose);
        return { kid: hex(kid), iat, commitments: [...commitments].sort() };
      }),
      bad: await all(vectors.commitments.bad, ({ cose }) => reasonOf(async () => void (await listed(cose)))),
    },
  };
}

export async function numbers(vectors) {
  const mistyped = ({ typed }) => {
    try {
      return parseCardNumber(typed);
    } catch (error) {
      if (error instanceof Mistyped) return null;
      throw error;
    }
  };
  return {
    card_numbers: vectors.card_numbers.map(({ list, index }) => cardNumber(list, index)),
    typed_card_numbers: vectors.typed_card_numbers.map(({ typed }) => parseCardNumber(typed)),
    mistyped_card_numbers: await all(vectors.mistyped_card_numbers, mistyped),
    slip_codes: vectors.slip_codes.map(({ code }) => parseSlipCode(code).toString(16).padStart(20, "0")),
    provider_numbers: await Promise.all(
      vectors.provider_numbers.map(async ({ link, provider_key: key }) =>
        providerNumber(fromHex(link), await importProviderKey(fromHex(key))),
      ),
    ),
  };
}

export async function judgements(vectors) {
  const root = coseKey(vectors.root);
  const accepted = {};
  const refusals = {};
  for (const [name, published] of Object.entries(vectors.publications)) {
    const documents = new Map(Object.entries(published).map(([document, octets]) => [document, fromHex(octets)]));
    const start = nothing(vectors.issuer, vectors.realm);
    const taken = await take(start, documents, { root, now: vectors.accepted_at });
    accepted[name] = taken.trust;
    refusals[name] = taken.refusals;
  }
  const cases = await all(vectors.cases, async ({ qr, documents, now, sector, face }) => {
    const { verdict, reason } = await verify({ text: qr, trust: accepted[documents], now, sector, face });
    return [verdict, reason];
  });
  return { refusals, cases };
}
