/** Pictures: cropped 4:5, a small grey WebP for the QR and a larger one for print. All in memory. */

import { gettext } from "../city/gettext.js";
import { simpleWebP } from "./webp.js";

export const QR_SIZE = { width: 64, height: 80 };
export const PRINT_SIZE = { width: 400, height: 500 };
export const QR_BYTES = 340;

/** The picture cannot be made small enough, or this browser cannot write WebP. */
export class Unusable extends Error {}

/** A 4:5 cut from the middle of `source` (image, bitmap or video), drawn at `size`. */
export function portrait(source, size, softness = 1) {
  const width = source.videoWidth || source.width;
  const height = source.videoHeight || source.height;
  const cutWidth = Math.min(width, (height * 4) / 5);
  const cutHeight = (cutWidth * 5) / 4;
  const cut = [(width - cutWidth) / 2, (height - cutHeight) / 2, cutWidth, cutHeight];
  // Halving step by step averages all pixels; one big step would skip most of them.
  let { canvas, context } = blank(size, Math.max(1, 2 ** Math.floor(Math.log2(cutWidth / size.width))));
  context.drawImage(source, ...cut, 0, 0, canvas.width, canvas.height);
  while (canvas.width > size.width) canvas = redraw(canvas, canvas.width / 2, canvas.height / 2);
  if (softness < 1) {
    const soft = redraw(canvas, Math.round(size.width * softness), Math.round(size.height * softness));
    canvas = redraw(soft, size.width, size.height);
  }
  return canvas;
}

/** The grey 64 x 80 WebP of at most 340 bytes, in the best quality that fits: Uint8Array. Throws Unusable. */
export async function forQr(source) {
  for (const softness of [1, 0.75, 0.55, 0.4, 0.25]) {
    const canvas = portrait(source, QR_SIZE, softness);
    makeGrey(canvas);
    const best = await bestThatFits(canvas);
    if (best) return best;
  }
  throw new Unusable(gettext("This photo cannot be made small enough. Take another in front of a plain background."));
}

/** The WebP for print, 400 x 500, in colour: Uint8Array. Throws Unusable. */
export async function forPrint(source) {
  return encode(portrait(source, PRINT_SIZE), 0.85);
}

/** Base64 of bytes. */
export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

async function bestThatFits(canvas) {
  let best = null;
  // Not 100: at that quality Chromium writes lossless pictures.
  for (let least = 0, most = 99; least <= most; ) {
    const quality = (least + most) >> 1;
    const bytes = await encode(canvas, quality / 100);
    if (bytes.length <= QR_BYTES) {
      best = bytes;
      least = quality + 1;
    } else {
      most = quality - 1;
    }
  }
  return best;
}

async function encode(canvas, quality) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", quality));
  const bytes = blob && simpleWebP(new Uint8Array(await blob.arrayBuffer()));
  if (!bytes) throw new Unusable(gettext("This browser cannot write WebP pictures: use Chromium or Edge."));
  return bytes;
}

function blank(size, times) {
  const canvas = document.createElement("canvas");
  canvas.width = size.width * times;
  canvas.height = size.height * times;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  return { canvas, context };
}

function redraw(from, width, height) {
  const { canvas, context } = blank({ width, height }, 1);
  context.drawImage(from, 0, 0, width, height);
  return canvas;
}

function makeGrey(canvas) {
  const context = canvas.getContext("2d");
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = picture;
  for (let at = 0; at < data.length; at += 4) {
    // ITU-R BT.601, as in JPEG and WebP.
    data[at] = data[at + 1] = data[at + 2] = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
  }
  context.putImageData(picture, 0, 0);
}
