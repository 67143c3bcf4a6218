// Judging one QR text against what is believed: the verdict, its first reason, and the claims that may be shown.

import { openText } from "../credential/codec.js";
import { commitment } from "../credential/commitment.js";
import { hex } from "../credential/octets.js";
import { CredentialError, verdictOf } from "../credential/reasons.js";
import { MAX_LEAD } from "./trust.js";

/**
 * The judgement over `text` at `now` (UTC seconds): of all reasons, the first in precedence.
 *
 * `sector`: of the agreement, or null. `face`: "any" or "portrait". Gives {verdict, reason, claims, listIssuedAt,
 * realm}; `realm` is that of the key that signed it, once that is known; `claims` only behind a fitting signature, and only for valid and unsure. Throws BrowserUnsupported.
 */
export async function verify({ text, trust, now, sector, face }) {
  let opened;
  try {
    opened = openText(text);
  } catch (error) {
    if (error instanceof CredentialError) return without(error.reason);
    throw error;
  }
  const { signed, claims } = opened;
  const { keySet } = trust;
  if (claims.issuer !== trust.issuer) return without("unknown_issuer");
  if (keySet === null) return without("stale_trust");
  const key = keySet.byKid.get(hex(signed.kid));
  if (key && key.realm !== trust.realm) return without("wrong_realm", key.realm);
  // A newer set might know the key.
  if (key?.use !== "card") return without(now >= keySet.exp ? "stale_trust" : "unknown_key");
  if (!(await signed.verifiedBy(key.publicKey))) return without("bad_signature");
  if (!key.covers(claims.iat)) return without("key_withdrawn");
  let unproven = false;
  if (key.state === "compromised") {
    const beforeBreach = trust.commitments.get(hex(key.kid));
    unproven = beforeBreach === undefined;
    if (beforeBreach && !beforeBreach.has(hex(await commitment(claims.cti, signed.payload)))) return without("key_withdrawn");
  }
  return judgeClaims(claims, { trust, now, sector, face, unproven });
}

function judgeClaims(claims, { trust, now, sector, face, unproven }) {
  if (claims.iat > now + MAX_LEAD) return without("not_yet_valid", trust.realm);
  if (now >= claims.exp) return without("expired", trust.realm);
  if (claims.sector !== null && sector !== null && claims.sector !== sector) return without("wrong_sector", trust.realm);
  const held = trust.lists.get(claims.statusUri);
  const listIssuedAt = held?.iat ?? null;
  const judged = (reason, shown) => ({ verdict: verdictOf(reason), reason, claims: shown, listIssuedAt, realm: trust.realm });
  if (face === "portrait" && claims.photo === null) return judged("wrong_face", claims);
  const blocked = held ? held.blocked(claims.index) : null;
  if (blocked) return judged("blocked", null);
  if (blocked === null || unproven) return judged("status_unknown", claims);
  if (now >= trust.keySet.exp || now >= held.exp || now < trust.highestIat) return judged("stale_trust", claims);
  return judged(null, claims);
}

function without(reason, realm = null) {
  return { verdict: verdictOf(reason), reason, claims: null, listIssuedAt: null, realm };
}
