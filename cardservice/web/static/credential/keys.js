// Public keys from their COSE form: ES256 and Ed25519, the algorithm pinned to the key; verifying with WebCrypto.

import { concat, sha256 } from "./octets.js";
import { BrowserUnsupported, CredentialError } from "./reasons.js";

export const ES256 = -7;
export const EDDSA = -8;
export const ACCEPTED_ALGORITHMS = new Map([[ES256, [ES256, -9]], [EDDSA, [EDDSA, -19]]]);
export const KID_BYTES = 8;
export const SIGNATURE_BYTES = 64;

/** The key that a COSE_Key (a Map) describes, with its checked coordinates. Throws CredentialError(unsupported). */
export function fromCoseKey(parameters) {
  const [kty, alg, curve, x, y] = [1, 3, -1, -2, -3].map((label) => parameters.get(label));
  if (kty === 2 && alg === ES256 && curve === 1 && is32(x) && is32(y) && onP256(x, y)) return new PublicKey(ES256, x, y);
  if (kty === 1 && alg === EDDSA && curve === 6 && is32(x) && y === undefined && onEdwards25519(x)) {
    return new PublicKey(EDDSA, x, null);
  }
  throw new CredentialError("unsupported");
}

/** A key that verifies: `alg` is -7 (P-256 with SHA-256) or -8 (Ed25519). */
export class PublicKey {
  #imported = null;

  constructor(alg, x, y) {
    this.alg = alg;
    this.x = x;
    this.y = y;
  }

  /** Labels of its COSE_Key. */
  get labels() {
    return this.y ? [1, 3, -1, -2, -3] : [1, 3, -1, -2];
  }

  /** Whether `signature` (64 bytes) fits `message`. Throws BrowserUnsupported. */
  async verify(signature, message) {
    if (signature.length !== SIGNATURE_BYTES) return false;
    this.#imported ??= this.#import();
    const algorithm = this.alg === ES256 ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
    return crypto.subtle.verify(algorithm, await this.#imported, signature, message);
  }

  async #import() {
    const [octets, algorithm] = this.y
      ? [concat(Uint8Array.of(4), this.x, this.y), { name: "ECDSA", namedCurve: "P-256" }]
      : [this.x, { name: "Ed25519" }];
    try {
      return await crypto.subtle.importKey("raw", octets, algorithm, false, ["verify"]);
    } catch (error) {
      this.#imported = null;
      throw new BrowserUnsupported(`no ${algorithm.name} here`, { cause: error });
    }
  }

  /** Its COSE_Key. */
  get coseKey() {
    const string32 = Uint8Array.of(0x58, 0x20);
    return this.y
      ? concat(Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21), string32, this.x, Uint8Array.of(0x22), string32, this.y)
      : concat(Uint8Array.of(0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21), string32, this.x);
  }

  /** COSE Key Thumbprint (RFC 9679 section 3): SHA-256 over the required parameters only. */
  async thumbprint() {
    const string32 = Uint8Array.of(0x58, 0x20);
    const octets = this.y
      ? concat(Uint8Array.of(0xa4, 0x01, 0x02, 0x20, 0x01, 0x21), string32, this.x, Uint8Array.of(0x22), string32, this.y)
      : concat(Uint8Array.of(0xa3, 0x01, 0x01, 0x20, 0x06, 0x21), string32, this.x);
    return sha256(octets);
  }

  /** The kid that follows from the key. */
  async kid() {
    return (await this.thumbprint()).subarray(0, KID_BYTES);
  }
}

const is32 = (value) => value instanceof Uint8Array && value.length === 32;

function integer(octets) {
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

// P-256 (SEC 2 section 2.4.2): y^2 = x^3 - 3x + b.
const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

function onP256(xOctets, yOctets) {
  const [x, y] = [integer(xOctets), integer(yOctets)];
  return x < P256 && y < P256 && (y * y - (x * x * x - 3n * x + P256_B)) % P256 === 0n;
}

// edwards25519 (RFC 8032 section 5.1): -x^2 + y^2 = 1 + d x^2 y^2.
const P25519 = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const ORDER_8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER_Y = [0n, 1n, P25519 - 1n, ORDER_8_Y, P25519 - ORDER_8_Y];

/** Whether `octets` are the canonical encoding of a point that is not one of the eight of small order. */
function onEdwards25519(octets) {
  const y = integer(octets.slice().reverse()) & (2n ** 255n - 1n);
  if (y >= P25519 || SMALL_ORDER_Y.includes(y)) return false;
  // x^2 = (y^2 - 1) / (d y^2 + 1) must be a square: Euler's criterion, with the quotient written as a product.
  const square = ((y * y - 1n) * (D * y * y + 1n)) % P25519;
  return power(square, (P25519 - 1n) / 2n) === 1n;
}

function power(base, exponent) {
  let product = 1n;
  for (let square = base; exponent; exponent >>= 1n, square = (square * square) % P25519) {
    if (exponent & 1n) product = (product * square) % P25519;
  }
  return product;
}
