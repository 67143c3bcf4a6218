// COSE_Sign1 (RFC 9052 section 4.2) in the one shape this system writes, and its Sig_structure (section 4.4).

import * as cbor from "./cbor.js";
import { ACCEPTED_ALGORITHMS, KID_BYTES, SIGNATURE_BYTES } from "./keys.js";
import { ascii, concat } from "./octets.js";
import { CredentialError } from "./reasons.js";

const TAG_SIGN1 = 0xd2;
const [ALG, KID, TYPE] = [1, 4, 16];
const CONTEXT = concat(Uint8Array.of(0x84, 0x6a), ascii("Signature1"));
const KNOWN_ALGORITHMS = [...ACCEPTED_ALGORITHMS.values()].flat();

/** A parsed COSE_Sign1: nothing of it is believed before `verifiedBy` said yes. `typ` is null on a card. */
class Signed {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Whether `key` made the signature with the algorithm pinned to it; the header only has to agree. */
  async verifiedBy(key) {
    return ACCEPTED_ALGORITHMS.get(key.alg).includes(this.alg) && key.verify(this.signature, this.message);
  }
}

/**
 * Splits a COSE_Sign1 into its parts.
 *
 * Throws CredentialError: malformed when it is no deterministic CBOR or no COSE_Sign1, unsupported when it is one that
 * this system never writes (another tag, header or algorithm).
 */
export function parse(octets) {
  if (octets[0] !== TAG_SIGN1) {
    // Some other tag, or bare: well-formed CBOR is a stranger's credential, anything else is noise.
    cbor.decode(octets);
    throw new CredentialError("unsupported");
  }
  const parts = cbor.decode(octets.subarray(1));
  if (!isSign1(parts)) throw new CredentialError("malformed");
  const [protectedHeader, unprotected, payload, signature] = parts;
  const header = cbor.decode(protectedHeader);
  if (!(header instanceof Map)) throw new CredentialError("malformed");
  const [alg, kid, typ = null] = [ALG, KID, TYPE].map((label) => header.get(label));
  if (unprotected.size || header.size !== (typ === null ? 2 : 3) || !KNOWN_ALGORITHMS.includes(alg)) {
    throw new CredentialError("unsupported");
  }
  if (!(kid instanceof Uint8Array) || kid.length !== KID_BYTES || (typ !== null && typeof typ !== "string")) {
    throw new CredentialError("unsupported");
  }
  const message = concat(CONTEXT, head(protectedHeader.length), protectedHeader, Uint8Array.of(0x40), head(payload.length), payload);
  return new Signed({ alg, kid, typ, payload, signature, message });
}

function isSign1(parts) {
  return (
    Array.isArray(parts) &&
    parts.length === 4 &&
    parts[1] instanceof Map &&
    [0, 2, 3].every((place) => parts[place] instanceof Uint8Array) &&
    parts[3].length === SIGNATURE_BYTES
  );
}

/** The head of a byte string of `length` bytes. */
function head(length) {
  if (length < 24) return Uint8Array.of(0x40 | length);
  if (length < 2 ** 8) return Uint8Array.of(0x58, length);
  if (length < 2 ** 16) return Uint8Array.of(0x59, length >> 8, length & 0xff);
  return Uint8Array.of(0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}
