// The page of what is held: reads a card in this browser, by camera or from a photo, and sends its number alone.

import { Camera } from "../city/camera.js";
import { prepareReader, readQr, readQrOfFile } from "../city/reader.js";
import { openText } from "../credential/codec.js";
import { cardNumber } from "../credential/numbers.js";
import { CredentialError } from "../credential/reasons.js";

const byId = (id) => document.getElementById(id);
const ERRORS = ["no-camera", "no-code", "no-card", "mistyped"];
const camera = new Camera(byId("video"), async (pixels) => show(await readQr(pixels)));

function say(id) {
  for (const error of ERRORS) byId(error).hidden = error !== id;
}

/** Sends the number of the card whose code this is; says so when it is another code. */
function show(text) {
  if (!text) return;
  let claims;
  try {
    ({ claims } = openText(text));
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    say("no-card");
    return;
  }
  stop();
  say(null);
  byId("card_number").value = cardNumber(claims.listNumber, claims.index);
  byId("number-form").submit();
}

async function start() {
  say(null);
  byId("start-camera").hidden = true;
  byId("viewer").hidden = false;
  try {
    await camera.start();
    byId("stop-camera").focus();
  } catch {
    stop();
    say("no-camera");
  }
}

function stop() {
  camera.stop();
  byId("viewer").hidden = true;
  byId("start-camera").hidden = false;
}

byId("start-camera").addEventListener("click", start);
byId("stop-camera").addEventListener("click", () => {
  stop();
  byId("start-camera").focus();
});
byId("picture").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  const text = await readQrOfFile(file).catch(() => null);
  if (text) show(text);
  else say("no-code");
});
byId("card_number").addEventListener("input", () => say(null));
// The back-forward cache would keep a running camera.
addEventListener("pagehide", stop);
byId("reading").hidden = false;
await prepareReader();
