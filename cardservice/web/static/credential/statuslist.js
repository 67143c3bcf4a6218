// Status list tokens (IETF Token Status List), one bit an entry, in CWT form.

import * as cbor from "./cbor.js";
import * as cose from "./cose.js";
import { inflate } from "./inflate.js";
import { CredentialError } from "./reasons.js";

export const CWT_TYPE = "application/statuslist+cwt";
export const VALIDITY = 7 * 86_400;
const MAX_LIST_BYTES = 2 ** 17;
const [SUB, EXP, IAT, TTL, STATUS_LIST] = [2, 4, 6, 65534, 65533];

/** An accepted list: entry n is bit n % 8 of byte n / 8, least significant first. */
class StatusList {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Whether entry `index` is set; null when the list is shorter. */
  blocked(index) {
    const octet = this.bits[index >> 3];
    return octet === undefined ? null : Boolean((octet >> (index & 7)) & 1);
  }
}

/** The outer form of a list. Throws CredentialError: malformed, unsupported. */
export function parse(octets) {
  const signed = cose.parse(octets);
  if (signed.typ !== CWT_TYPE) throw new CredentialError("unsupported");
  return signed;
}

/**
 * The list in `signed`, after checking that `key` signed it. Its age is the reader's to judge.
 *
 * Throws CredentialError: bad_signature, malformed, unsupported, too_large.
 */
export async function verify(signed, key) {
  if (!(await signed.verifiedBy(key))) throw new CredentialError("bad_signature");
  const values = cbor.decode(signed.payload);
  if (!(values instanceof Map) || values.size !== 5) throw new CredentialError("unsupported");
  const [uri, exp, iat, ttl, list] = [SUB, EXP, IAT, TTL, STATUS_LIST].map((label) => values.get(label));
  if (typeof uri !== "string" || ![exp, iat, ttl].every(cbor.isInteger)) throw new CredentialError("unsupported");
  if (!(list instanceof Map) || list.size !== 2 || list.get("bits") !== 1 || !(list.get("lst") instanceof Uint8Array)) {
    throw new CredentialError("unsupported");
  }
  return new StatusList({ uri, iat, exp, bits: inflate(list.get("lst"), MAX_LIST_BYTES) });
}
