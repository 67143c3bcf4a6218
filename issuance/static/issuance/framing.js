/** Help with the picture before it is taken: whether there is light, and whether anything stands out in the oval. */

import { gettext } from "../city/gettext.js";
import { portrait } from "./photo.js";

const SIZE = { width: 32, height: 40 };
/** Luma of 255. Both judge the whole picture and its contrasts, never how light or dark a face is. */
const LEAST_BRIGHT = 90;
const LEAST_CONTRAST = 8;

/** What to mend in the picture that `video` shows now, in words; empty when nothing is. */
export function advice(video) {
  if (!video.videoWidth) return "";
  const canvas = portrait(video, SIZE);
  const { data } = canvas.getContext("2d").getImageData(0, 0, SIZE.width, SIZE.height);
  const all = [];
  const within = [];
  for (let place = 0; place < SIZE.width * SIZE.height; place += 1) {
    const [red, green, blue] = data.subarray(4 * place, 4 * place + 3);
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    all.push(luma);
    if (inOval(place % SIZE.width, Math.floor(place / SIZE.width))) within.push(luma);
  }
  all.sort((one, other) => one - other);
  if (all[Math.floor(all.length * 0.95)] < LEAST_BRIGHT) return gettext("There is little light: switch a lamp on, or turn towards a window.");
  if (deviation(within) < LEAST_CONTRAST) return gettext("Nothing stands out in the oval: is the face in it?");
  return "";
}

/** The oval of the guide in photo.html, whose picture is 80 wide and 100 high. */
function inOval(x, y) {
  const [across, down] = [((x + 0.5) * 80) / SIZE.width, ((y + 0.5) * 100) / SIZE.height];
  return ((across - 40) / 24) ** 2 + ((down - 44) / 33) ** 2 < 1;
}

function deviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
