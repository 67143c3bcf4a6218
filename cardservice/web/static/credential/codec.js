// QR text to credential: base45 and zlib around a COSE_Sign1, bounded and without slack.

import * as base45 from "./base45.js";
import * as claims from "./claims.js";
import * as cose from "./cose.js";
import { inflate } from "./inflate.js";
import { CredentialError } from "./reasons.js";

const MAX_TEXT = 4096;
const MAX_INFLATED = 65_536;

/** `{signed, claims}` of a QR text, not yet verified. Throws CredentialError: malformed, too_large, unsupported. */
export function openText(text) {
  // Code points: half as many as UTF-16 units at the least.
  if (text.length > 2 * MAX_TEXT || (text.length > MAX_TEXT && [...text].length > MAX_TEXT)) {
    throw new CredentialError("too_large");
  }
  const signed = cose.parse(inflate(base45.decode(text), MAX_INFLATED));
  if (signed.typ !== null) throw new CredentialError("unsupported");
  return { signed, claims: claims.decode(signed.payload) };
}
