/** WebP containers: the picture alone, in simple format (RFC 9649, section 2.6). */

const HEADER = 12;

/**
 * The lossy picture within `bytes` as a file of its own: Chromium adds 456 bytes of colour profile to a canvas's
 * picture, and cards carry no metadata. Null when there is none, or when it is animated or lossless.
 */
export function simpleWebP(bytes) {
  if (fourCC(bytes, 0) !== "RIFF" || fourCC(bytes, 8) !== "WEBP") return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = HEADER; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const padded = 8 + size + (size % 2);
    if (at + padded > bytes.length) return null;
    if (fourCC(bytes, at) === "VP8 ") return wrapped(bytes.subarray(at, at + padded));
    at += padded;
  }
  return null;
}

function wrapped(chunk) {
  const file = new Uint8Array(HEADER + chunk.length);
  file.set(new TextEncoder().encode("RIFF....WEBP"));
  new DataView(file.buffer).setUint32(4, file.length - 8, true);
  file.set(chunk, HEADER);
  return file;
}

function fourCC(bytes, at) {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
