// Reading the QR code in a picture with the vendored decoder, which runs in this page and asks nobody.

import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm@3.1.4/reader/index.js";

const WASM = new URL("../vendor/zxing-wasm@3.1.4/reader/zxing_reader.wasm", import.meta.url);
const OPTIONS = { formats: ["QRCode"], tryHarder: true, tryRotate: true, tryInvert: false, maxNumberOfSymbols: 1 };

let ready = null;

/** Loads the decoder; safe to call again. */
export function prepareReader() {
  ready ??= fetch(WASM)
    .then((response) => response.arrayBuffer())
    // Given its bytes, the decoder fetches nothing: by itself it would ask a public server for them.
    .then((wasmBinary) => prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true }));
  return ready;
}

/** The text of the QR code in `pixels` (ImageData), or null. */
export async function readQr(pixels) {
  await prepareReader();
  const [found] = await readBarcodes(pixels, OPTIONS);
  return found?.isValid ? found.text : null;
}

/** The text of the QR code in an image file, or null. Throws DOMException for what is no image. */
export async function readQrOfFile(file) {
  const picture = await createImageBitmap(file);
  const shrink = Math.min(1, 2400 / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * shrink)));
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(picture, 0, 0, width, height);
  picture.close();
  return readQr(canvas.getImageData(0, 0, width, height));
}
