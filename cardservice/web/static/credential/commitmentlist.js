// The commitment list of a compromised key: the faces it signed before the breach, which stay valid.

import * as cbor from "./cbor.js";
import { BYTES } from "./commitment.js";
import * as cose from "./cose.js";
import { KID_BYTES } from "./keys.js";
import { compare, hex } from "./octets.js";
import { CredentialError } from "./reasons.js";

const TYPE = "application/cardservice-commitments+cbor";
const [IAT, KID, LIST] = [6, -65620, -65621];

/**
 * `{kid, iat, commitments}` (a Set of hexadecimal) after checking that the status key `key` signed it.
 *
 * Throws CredentialError: bad_signature, malformed, unsupported.
 */
export async function verify(octets, key) {
  const signed = cose.parse(octets);
  if (signed.typ !== TYPE) throw new CredentialError("unsupported");
  if (!(await signed.verifiedBy(key))) throw new CredentialError("bad_signature");
  const values = cbor.decode(signed.payload);
  if (!(values instanceof Map) || values.size !== 3) throw new CredentialError("unsupported");
  const [iat, kid, packed] = [IAT, KID, LIST].map((label) => values.get(label));
  const typed = cbor.isInteger(iat) && kid instanceof Uint8Array && packed instanceof Uint8Array;
  if (!typed || kid.length !== KID_BYTES || packed.length % BYTES) throw new CredentialError("unsupported");
  const commitments = new Set();
  for (let start = 0; start < packed.length; start += BYTES) {
    const entry = packed.subarray(start, start + BYTES);
    if (start && compare(packed.subarray(start - BYTES, start), entry) >= 0) throw new CredentialError("malformed");
    commitments.add(hex(entry));
  }
  return { kid, iat, commitments };
}
