// The scanner page: takes one QR text, asks the gate, shows the verdict. Keeps nothing beyond the page's memory.

import { AgreementRefused, CheckFailed, check, fetchAgreement } from "./gate.js";

const byId = (id) => document.getElementById(id);
const wording = byId("wording").content;
const FIELD_WORDS = { name: "name", born: "birth date", photo: "photo" };

let apiKey = null;
let checking = false;

function show(step) {
  byId("key-step").hidden = step !== "key";
  byId("scan-step").hidden = step !== "scan";
  byId("provider").hidden = step !== "scan";
  byId(step === "key" ? "key" : "qr").focus();
}

function complain(id, text) {
  const place = byId(`${id}-error`);
  place.textContent = text;
  place.hidden = !text;
  byId(id).toggleAttribute("aria-invalid", Boolean(text));
}

function forgetKey(reason = "") {
  apiKey = null;
  byId("key").value = "";
  closeVerdict();
  show("key");
  complain("key", reason);
}

function showAgreement(agreement) {
  byId("provider-name").textContent = agreement.provider;
  byId("agreement-fields").textContent =
    agreement.fields.map((field) => FIELD_WORDS[field] ?? field).join(", ") || "the verdict only";
  byId("agreement-face").textContent = agreement.face === "portrait" ? "the side with the photo" : "either side";
  byId("agreement-ends").textContent = agreement.ends;
}

async function useKey(event) {
  event.preventDefault();
  const typed = byId("key").value.trim();
  complain("key", "");
  try {
    showAgreement(await fetchAgreement(typed));
  } catch (error) {
    complain("key", error.message);
    byId("key").focus();
    return;
  }
  apiKey = typed;
  byId("key").value = "";
  show("scan");
}

async function checkCard(event) {
  event.preventDefault();
  const input = byId("qr");
  // Base45 may end in a space, so only line ends are taken off.
  const text = input.value.replace(/[\r\n]+/g, "");
  if (checking || !text) return;
  checking = true;
  input.value = "";
  complain("qr", "");
  byId("progress").textContent = "Checking …";
  try {
    const answer = await check(apiKey, text);
    if (apiKey) showVerdict(answer);
  } catch (error) {
    if (error instanceof AgreementRefused) forgetKey(error.message);
    else if (error instanceof CheckFailed) complain("qr", error.message);
    else throw error;
  } finally {
    checking = false;
    byId("progress").textContent = "";
    if (byId("verdict").hidden && apiKey) input.focus();
  }
}

function row(name, value) {
  byId(`row-${name}`).hidden = !value;
  byId(`card-${name}`).textContent = value ?? "";
}

function showVerdict(answer) {
  const words = answer.reason && wording.querySelector(`[data-reason="${CSS.escape(answer.reason)}"]`)?.children;
  byId("verdict").dataset.verdict = answer.verdict;
  byId("verdict-word").textContent = wording.querySelector(`[data-verdict="${CSS.escape(answer.verdict)}"]`).textContent;
  byId("verdict-why").textContent = words ? words[0].textContent : "";
  byId("advice").textContent = words ? words[1].textContent : "";
  byId("verdict-advice").hidden = answer.verdict === "valid";
  const card = answer.card ?? {};
  row("name", card.name);
  row("born", card.born);
  row("expires", answer.expires && month(answer.expires));
  row("number", answer.provider_number);
  const photo = byId("card-photo");
  photo.hidden = !card.photo;
  if (card.photo) photo.src = `data:image/webp;base64,${card.photo}`;
  byId("card").hidden = !(answer.card && (answer.expires || Object.values(card).some(Boolean)));
  byId("verdict-age").textContent = age(answer.trust.status_list_issued_at);
  byId("page").hidden = true;
  byId("verdict").hidden = false;
  document.title = byId("verdict-word").textContent;
  window.scrollTo(0, 0);
  byId("verdict").focus();
}

function month(yearAndMonth) {
  const [year, number] = yearAndMonth.split("-").map(Number);
  const words = { month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(document.documentElement.lang, words).format(Date.UTC(year, number - 1));
}

function age(issuedAt) {
  if (!issuedAt) return "";
  const minutes = Math.max(0, Math.round((Date.now() - Date.parse(issuedAt)) / 60000));
  if (minutes < 60) return `List of blocked cards: ${minutes} min old`;
  const hours = Math.round(minutes / 60);
  return `List of blocked cards: ${hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`} old`;
}

function closeVerdict() {
  const verdict = byId("verdict");
  if (verdict.hidden) return;
  verdict.hidden = true;
  byId("page").hidden = false;
  document.title = byId("page").dataset.title;
  for (const id of ["card-name", "card-born", "card-expires", "card-number", "verdict-why", "copied"]) {
    byId(id).textContent = "";
  }
  byId("card-photo").removeAttribute("src");
  if (apiKey) byId("qr").focus();
}

async function copyNumber() {
  try {
    await navigator.clipboard.writeText(byId("card-number").textContent);
    byId("copied").textContent = "Copied";
    byId("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(byId("card-number"));
  }
  setTimeout(() => (byId("copy").textContent = "Copy"), 2000);
}

function keyDuringVerdict(event) {
  if (byId("verdict").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") closeVerdict();
  // A scanner that types has begun the next card: its first character must not be lost, so the field gets the focus
  // before the browser delivers it.
  else if (event.key.length === 1 && event.key !== " ") closeVerdict();
}

byId("page").dataset.title = document.title;
byId("key-form").addEventListener("submit", useKey);
byId("scan-form").addEventListener("submit", checkCard);
byId("forget").addEventListener("click", () => forgetKey());
byId("next").addEventListener("click", closeVerdict);
byId("copy").addEventListener("click", copyNumber);
document.addEventListener("keydown", keyDuringVerdict);
// The back-forward cache would keep the key and a card: leave nothing for it.
addEventListener("pagehide", () => forgetKey());
show("key");
