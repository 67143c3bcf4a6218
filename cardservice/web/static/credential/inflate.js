// zlib streams (RFC 1950, 1951), strict and bounded: one complete stream, its checksum, nothing behind it.
//
// The browser's own DecompressionStream does not say how many bytes it read, and browsers differ in what they forgive.

import { CredentialError } from "./reasons.js";

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
  16385, 24577,
];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_BITS = 15;
const END_OF_BLOCK = 256;
const WINDOW = 32768;

/** What `octets` inflate to. Throws CredentialError: malformed; too_large for more than `most` bytes. */
export function inflate(octets, most) {
  checkHeader(octets);
  const input = new Bits(octets, 2);
  const output = new Output(most);
  let last = 0;
  while (!last) {
    last = input.take(1);
    const kind = input.take(2);
    if (kind === 0) copyStored(input, output);
    else if (kind === 1) readBlock(input, output, FIXED_LITERALS, FIXED_DISTANCES);
    else if (kind === 2) readBlock(input, output, ...readCodes(input));
    else malformed();
  }
  const inflated = output.octets.subarray(0, output.length);
  const checksum = input.wholeOctets();
  if (octets.length !== checksum + 4) malformed();
  const stated = new DataView(octets.buffer, octets.byteOffset).getUint32(checksum);
  if (stated !== adler32(inflated)) malformed();
  return inflated;
}

function malformed() {
  throw new CredentialError("malformed");
}

function checkHeader(octets) {
  if (octets.length < 2) malformed();
  const [method, flags] = octets;
  const deflate = (method & 0x0f) === 8 && method >> 4 <= 7;
  if (!deflate || ((method << 8) | flags) % 31 || flags & 0x20) malformed();
}

/** Reads bits, least significant first. */
class Bits {
  constructor(octets, at) {
    this.octets = octets;
    this.at = at;
    this.held = 0;
    this.count = 0;
  }

  take(count) {
    while (this.count < count) {
      if (this.at >= this.octets.length) malformed();
      this.held |= this.octets[this.at++] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  /** Drops what is left of a begun octet; the position of the next whole one. */
  wholeOctets() {
    this.held = this.count = 0;
    return this.at;
  }
}

class Output {
  constructor(most) {
    this.most = most;
    this.octets = new Uint8Array(Math.min(most, 4096));
    this.length = 0;
  }

  reserve(count) {
    const needed = this.length + count;
    if (needed > this.most) throw new CredentialError("too_large");
    if (needed <= this.octets.length) return;
    const wider = new Uint8Array(Math.min(this.most, Math.max(needed, 2 * this.octets.length)));
    wider.set(this.octets);
    this.octets = wider;
  }
}

function copyStored(input, output) {
  let at = input.wholeOctets();
  const { octets } = input;
  if (at + 4 > octets.length) malformed();
  const length = octets[at] | (octets[at + 1] << 8);
  if ((length ^ 0xffff) !== (octets[at + 2] | (octets[at + 3] << 8))) malformed();
  at += 4;
  const present = octets.subarray(at, at + length);
  output.reserve(present.length);
  output.octets.set(present, output.length);
  output.length += present.length;
  if (present.length < length) malformed();
  input.at = at + length;
}

function readBlock(input, output, literals, distances) {
  for (;;) {
    const symbol = literals.read(input);
    if (symbol === END_OF_BLOCK) return;
    if (symbol < END_OF_BLOCK) {
      output.reserve(1);
      output.octets[output.length++] = symbol;
      continue;
    }
    const size = symbol - 257;
    if (size >= LENGTH_BASE.length) malformed();
    const length = LENGTH_BASE[size] + input.take(LENGTH_EXTRA[size]);
    const far = distances.read(input);
    if (far >= DISTANCE_BASE.length) malformed();
    const distance = DISTANCE_BASE[far] + input.take(DISTANCE_EXTRA[far]);
    if (distance > output.length || distance > WINDOW) malformed();
    output.reserve(length);
    const { octets } = output;
    for (let count = 0; count < length; count++, output.length++) octets[output.length] = octets[output.length - distance];
  }
}

/** A canonical Huffman code. One with unused codes is refused, except a single code of one bit (RFC 1951, 3.2.7). */
class Code {
  constructor(lengths) {
    const counts = new Uint16Array(MAX_BITS + 1);
    for (const length of lengths) counts[length]++;
    const coded = lengths.length - counts[0];
    counts[0] = 0;
    let left = 1;
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      left = 2 * left - counts[bits];
      if (left < 0) malformed();
    }
    if (left > 0 && coded > 0 && !(coded === 1 && counts[1] === 1)) malformed();
    const next = new Uint16Array(MAX_BITS + 2);
    for (let bits = 1; bits <= MAX_BITS; bits++) next[bits + 1] = next[bits] + counts[bits];
    this.counts = counts;
    this.symbols = new Uint16Array(coded);
    for (const [symbol, length] of lengths.entries()) if (length) this.symbols[next[length]++] = symbol;
    this.complete = left === 0;
  }

  read(input) {
    let code = 0;
    let first = 0;
    let before = 0;
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      code |= input.take(1);
      const count = this.counts[bits];
      if (code - first < count) return this.symbols[before + code - first];
      before += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return malformed();
  }
}

const FIXED_LITERALS = new Code([...Array(288).keys()].map((n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8)));
const FIXED_DISTANCES = new Code(Array(32).fill(5));

function readCodes(input) {
  const literals = input.take(5) + 257;
  const distances = input.take(5) + 1;
  if (literals > 286 || distances > 30) malformed();
  const order = input.take(4) + 4;
  const codeLengths = new Uint8Array(19);
  for (const place of CODE_LENGTH_ORDER.slice(0, order)) codeLengths[place] = input.take(3);
  const code = new Code(codeLengths);
  // Only the two codes of the data may have an unused branch.
  if (!code.complete) malformed();
  const lengths = new Uint8Array(literals + distances);
  for (let at = 0; at < lengths.length; ) {
    const symbol = code.read(input);
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) malformed();
    const again = symbol === 16 ? lengths[at - 1] : 0;
    const times = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
    if (at + times > lengths.length) malformed();
    lengths.fill(again, at, at + times);
    at += times;
  }
  if (!lengths[END_OF_BLOCK]) malformed();
  return [new Code(lengths.subarray(0, literals)), new Code(lengths.subarray(literals))];
}

/** The checksum of RFC 1950; sums are reduced often enough to stay exact. */
function adler32(octets) {
  let low = 1;
  let high = 0;
  for (let start = 0; start < octets.length; start += 3800) {
    for (const octet of octets.subarray(start, start + 3800)) {
      low += octet;
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return ((high << 16) | low) >>> 0;
}
