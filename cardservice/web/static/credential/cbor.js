// Deterministic CBOR (RFC 8949 section 4.2.1) of maps, arrays, integers, text and byte strings, read strictly.

import { compare } from "./octets.js";
import { CredentialError } from "./reasons.js";

const MAX_DEPTH = 8;
const MAX_KEY = 64;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The value whose deterministic encoding is exactly `octets`: Map, Array, string, Uint8Array, and integers as number
 * or, beyond 2^53, as BigInt.
 *
 * Throws CredentialError: unsupported for tags, floats, simple values and other kinds of key; malformed for everything
 * else that is not such an encoding.
 */
export function decode(octets) {
  const reader = new Reader(octets);
  const value = reader.item(0);
  if (reader.at !== octets.length) throw new CredentialError("malformed");
  if (reader.unsupported) throw new CredentialError("unsupported");
  return value;
}

export const isInteger = (value) => typeof value === "number" || typeof value === "bigint";

class Reader {
  constructor(octets) {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    this.at = 0;
    // What is not well-formed speaks first, so the rest is read before this is said.
    this.unsupported = false;
  }

  malformed() {
    throw new CredentialError("malformed");
  }

  step(count) {
    const start = this.at;
    if (count > this.octets.length - start) this.malformed();
    this.at = start + count;
    return start;
  }

  /** The argument of a head, number or BigInt; malformed unless in its shortest form. */
  argument(information, { shortest = true } = {}) {
    if (information < 24) return information;
    if (information > 27) this.malformed();
    const at = this.step(1 << (information - 24));
    if (information === 27) {
      const value = this.view.getBigUint64(at);
      if (shortest && value < 1n << 32n) this.malformed();
      return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
    }
    const value =
      information === 24 ? this.view.getUint8(at) : information === 25 ? this.view.getUint16(at) : this.view.getUint32(at);
    if (shortest && value < [24, 2 ** 8, 2 ** 16][information - 24]) this.malformed();
    return value;
  }

  item(depth) {
    const head = this.octets[this.step(1)];
    const major = head >> 5;
    const information = head & 31;
    if (major === 7) return this.simple(information);
    // Tags are refused in whichever form they are written.
    const argument = this.argument(information, { shortest: major !== 6 });
    switch (major) {
      case 0:
        return argument;
      case 1:
        return typeof argument === "bigint" || argument === Number.MAX_SAFE_INTEGER ? -1n - BigInt(argument) : -1 - argument;
      case 2:
        return this.string(argument);
      case 3:
        return this.text(argument);
      case 4:
        return this.array(argument, depth + 1);
      case 5:
        return this.map(argument, depth + 1);
      default:
        this.unsupported = true;
        if (depth >= MAX_DEPTH * 2) this.malformed();
        return this.item(depth + 1);
    }
  }

  simple(information) {
    if (information > 27) this.malformed();
    this.unsupported = true;
    if (information >= 24) {
      const at = this.step(1 << (information - 24));
      if (information === 24 && this.octets[at] < 32) this.malformed();
    }
    return null;
  }

  string(length) {
    const start = this.step(Number(length));
    return this.octets.subarray(start, this.at);
  }

  text(length) {
    try {
      return UTF8.decode(this.string(length));
    } catch (error) {
      if (error instanceof CredentialError) throw error;
      return this.malformed();
    }
  }

  array(length, depth) {
    this.judgeSize(length, depth);
    const members = [];
    for (let count = 0; count < length; count++) members.push(this.item(depth));
    return members;
  }

  map(length, depth) {
    this.judgeSize(length, depth);
    const members = new Map();
    let before = null;
    for (let count = 0; count < length; count++) {
      const start = this.at;
      const key = this.item(depth);
      const encoded = this.octets.subarray(start, this.at);
      if (!isInteger(key) && !(typeof key === "string" && encoded.length - (encoded[0] < 0x78 ? 1 : 2) <= MAX_KEY)) {
        this.unsupported = true;
      }
      if (before && compare(before, encoded) >= 0) this.malformed();
      before = encoded;
      members.set(key, this.item(depth));
    }
    return members;
  }

  judgeSize(length, depth) {
    if (depth > MAX_DEPTH || length > this.octets.length - this.at) this.malformed();
  }
}
