// The scanner's page: wires camera, files, keys and typed numbers to the verifier, and the verifier to the screen.

import { gettext } from "../city/gettext.js";
import { Camera } from "../city/camera.js";
import { listenToKeys } from "../city/keyscanner.js";
import * as cbor from "../credential/cbor.js";
import { fromCoseKey } from "../credential/keys.js";
import { providerNumber } from "../credential/providernumber.js";
import { BrowserUnsupported } from "../credential/reasons.js";
import { restore } from "./documents.js";
import { ageOf, freshness } from "./freshness.js";
import { install } from "./install.js";
import { enterKiosk, leaveKiosk } from "./kiosk.js";
import { sayOfNumber } from "./numbercheck.js";
import { isRunning, NotPaired, pair } from "./pairing.js";
import { prepareReader, readQr, readQrOfFile } from "../city/reader.js";
import { BEAT, NotFetched, refreshed } from "./refresh.js";
import { allowSound, signal } from "./signals.js";
import * as storage from "./storage.js";
import { ALARMING, nothing } from "./trust.js";
import { VerdictScreen } from "./verdict.js";
import { verify } from "./verifier.js";

const byId = (id) => document.getElementById(id);
const language = document.documentElement.lang;
/** Milliseconds for which a card that was just judged must be out of sight before it is judged again. */
const OUT_OF_SIGHT = 1000;

let pairing = null;
let root = null;
let trust = null;
let settings = { closesAfter: 1.5, sound: true, kiosk: false, camera: null };
let judging = false;
let refreshing = null;
let inSight = { text: null, until: 0 };

const now = () => Math.floor(Date.now() / 1000);
const screen = new VerdictScreen(afterVerdict);
const camera = new Camera(byId("video"), lookAt);

function say(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = !text;
}

function afterVerdict() {
  inSight = { ...inSight, until: performance.now() + OUT_OF_SIGHT };
  byId("scan-step").focus();
}

async function lookAt(pixels, taken) {
  if (judging || screen.open) return;
  if (taken > inSight.until) inSight = { text: null, until: 0 };
  const text = await readQr(pixels);
  if (!text) return;
  const known = text === inSight.text;
  inSight = { text, until: performance.now() + OUT_OF_SIGHT };
  if (!known) await judge([text], taken);
}

/** Judges the first of `texts` that has the form of a card, and shows the verdict. */
async function judge(texts, taken) {
  if (judging || !pairing) return;
  judging = true;
  say("scan-error", "");
  try {
    let told;
    for (const text of texts) {
      told = await verdictOn(text);
      if (told.reason !== "malformed") break;
    }
    screen.show(told);
    if (settings.sound) signal(told.verdict);
    // For measurements: how long it took, and nothing about what was seen.
    document.dispatchEvent(new CustomEvent("verdict", { detail: performance.now() - taken }));
  } finally {
    judging = false;
  }
}

async function verdictOn(text) {
  const { closesAfter } = settings;
  if (!isRunning(pairing, now())) return { verdict: "unsure", reason: "agreement_ended", age: freshness(trust, now()).text };
  try {
    const judged = await verify({ text, trust, now: now(), sector: pairing.sector, face: pairing.face });
    const age = judged.listIssuedAt === null ? freshness(trust, now()).text : ageOf(now() - Number(judged.listIssuedAt));
    const number =
      judged.verdict === "valid" ? await providerNumber(judged.claims.link, pairing.providerKey) : null;
    return { ...judged, ...shown(judged.claims), number, age, closesAfter };
  } catch (error) {
    if (!(error instanceof BrowserUnsupported)) throw error;
    return { verdict: "unsure", reason: "browser_unsupported", age: freshness(trust, now()).text };
  }
}

/** What the agreement lets be seen of a card, in words. */
function shown(claims) {
  if (!claims) return {};
  const may = (field) => pairing.fields.includes(field);
  const { name, born, photo, exp } = claims;
  const date = (moment, form) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...form }).format(moment);
  const bornOn = born && new Date(0).setUTCFullYear(+born.slice(0, 4), +born.slice(4, 6) - 1, +born.slice(6));
  return {
    name: may("name") ? name : null,
    born: may("born") && born ? date(bornOn, { dateStyle: "long" }) : null,
    photo: may("photo") ? photo : null,
    expires: date((exp - 86_400) * 1000, { month: "long", year: "numeric" }),
  };
}

function showAge() {
  if (!pairing) return;
  const { text, level } = freshness(trust, now());
  byId("age").textContent = text;
  byId("age").dataset.level = level;
}

/** Starts to work under `paired`: with its root key, and with the documents that were accepted in earlier runs. */
async function workUnder(paired) {
  root = fromCoseKey(cbor.decode(paired.rootKey));
  trust = await restore(nothing(paired.issuer, paired.realm), await storage.readDocuments(), { root });
  pairing = paired;
}

/** Another root took the root's place: after a restart the scanner begins with that one. Kept before the documents. */
async function followRoot() {
  if (!trust.followedBy) return;
  root = trust.followedBy;
  const rootKey = root.coseKey;
  if (rootKey.every((octet, place) => octet === pairing.rootKey[place])) return;
  pairing = { ...pairing, rootKey };
  await storage.keepPairing(pairing);
}

/** One refresh at a time: a slow one that ends last would put older trust in the place of newer. */
function refresh() {
  refreshing ??= refreshOnce().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function refreshOnce() {
  if (!pairing) return;
  try {
    const { trust: after, newer, refusals } = await refreshed(trust, { root, now: now() });
    trust = after;
    await followRoot();
    const order = (name) => trust.seen.get(name).order;
    await storage.keepDocuments([...newer].map(([name, octets]) => ({ name, octets, order: order(name) })));
    const alarming = refusals.some(({ code }) => ALARMING.has(code));
    say("alarm", alarming ? gettext("The city's server hands out documents that contradict what this scanner knows. Checks go on with the last good ones. Tell the city.") : "");
  } catch (error) {
    if (!(error instanceof NotFetched)) throw error;
  } finally {
    showAge();
  }
}

function showStep() {
  byId("pair-step").hidden = Boolean(pairing);
  byId("scan-step").hidden = !pairing;
  byId("provider").textContent = pairing?.provider ?? "";
  byId(pairing ? "scan-step" : "code").focus();
}

async function usePairingCode(event) {
  event.preventDefault();
  say("code-error", "");
  try {
    const paired = await pair(byId("code").value);
    await storage.keepPairing(paired);
    await workUnder(paired);
  } catch (error) {
    if (!(error instanceof NotPaired)) throw error;
    say("code-error", error.message);
    byId("code").focus();
    return;
  }
  byId("code").value = "";
  showStep();
  await refresh();
}

async function unpair() {
  camera.stop();
  byId("viewer").hidden = true;
  await storage.forgetPairing();
  location.reload();
}

async function startCamera(deviceId) {
  say("scan-error", "");
  try {
    await camera.start(deviceId);
  } catch {
    byId("viewer").hidden = true;
    say("scan-error", gettext("The camera cannot be used: allow it in the browser, or use a scanner, a picture or another device."));
    return;
  }
  byId("viewer").hidden = false;
  byId("start-camera").hidden = true;
  byId("torch").hidden = !camera.hasTorch;
  const cameras = await camera.all();
  byId("camera").replaceChildren(...cameras.map(({ deviceId: id, label }) => new Option(label || gettext("Camera"), id, false, id === camera.deviceId)));
  byId("camera-field").hidden = cameras.length < 2;
}

function stopCamera() {
  camera.stop();
  inSight = { text: null, until: 0 };
  byId("viewer").hidden = true;
  byId("start-camera").hidden = false;
  byId("start-camera").focus();
}

async function checkFile(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const text = await readQrOfFile(file).catch(() => null);
  if (text) await judge([text], performance.now());
  else say("scan-error", gettext("No QR code was found in this picture: take it closer, sharper and with more light."));
}

function checkNumber(event) {
  event.preventDefault();
  say("number-answer", sayOfNumber(byId("number").value, { trust, now: now() }));
  byId("number").value = "";
  // The next scanner that types must not type into this field.
  byId("scan-step").focus();
}

async function change(name, value) {
  settings = { ...settings, [name]: value };
  await storage.keepSetting(name, value);
}

function wireSettings() {
  byId("closes-after").value = String(settings.closesAfter);
  byId("sound").checked = settings.sound;
  byId("closes-after").addEventListener("change", ({ target }) => change("closesAfter", Number(target.value)));
  byId("sound").addEventListener("change", ({ target }) => change("sound", target.checked));
  byId("unpair").addEventListener("click", unpair);
  byId("refresh").addEventListener("click", refresh);
  byId("enter-kiosk").addEventListener("click", () => Promise.all([change("kiosk", true), enterKiosk()]));
  byId("leave-kiosk").addEventListener("click", () => Promise.all([change("kiosk", false), leaveKiosk()]));
  if (settings.kiosk) enterKiosk();
}

async function start() {
  const paired = await storage.readPairing();
  if (paired) await workUnder(paired);
  settings = await storage.readSettings(settings);
  wireSettings();
  byId("pair-form").addEventListener("submit", usePairingCode);
  byId("start-camera").addEventListener("click", () => startCamera(settings.camera));
  byId("stop-camera").addEventListener("click", stopCamera);
  byId("camera").addEventListener("change", async ({ target }) => {
    await change("camera", target.value);
    await startCamera(target.value);
  });
  let lit = false;
  byId("torch").addEventListener("click", ({ target }) => {
    lit = !lit;
    target.setAttribute("aria-pressed", String(lit));
    return camera.light(lit);
  });
  byId("file").addEventListener("change", checkFile);
  byId("number-form").addEventListener("submit", checkNumber);
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, allowSound, { once: true });
  listenToKeys(document, (byKeys, byCharacters) => judge([byKeys, byCharacters.toUpperCase()], performance.now()));
  // The back-forward cache would keep a card, and a hidden page a running camera.
  addEventListener("pagehide", () => {
    screen.close();
    camera.stop();
  });
  showAge();
  setInterval(showAge, 30_000);
  setInterval(refresh, BEAT);
  addEventListener("online", refresh);
  showStep();
  document.documentElement.dataset.ready = "";
  await Promise.all([prepareReader(), refresh(), install((use) => {
    byId("new-version").hidden = false;
    byId("use-new-version").addEventListener("click", use);
  })]);
}

await start();
