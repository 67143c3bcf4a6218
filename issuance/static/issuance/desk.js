/** The desk page: wires its stations together. Its whole state is in memory; leaving or reloading discards it. */

import { gettext } from "../city/gettext.js";
import { whenSignedOut } from "./api.js";
import { BlockForm } from "./block_form.js";
import { inform } from "./inform.js";
import { IssueForm } from "./issue_form.js";
import { advanceOnEnter } from "./keyboard.js";
import { PrintedCard } from "./printed_card.js";
import { RenewForm } from "./renew_form.js";
import { Refusal } from "./refusal.js";
import { signInAgain } from "./sign_in_again.js";

const duties = Object.fromEntries(["issue", "renew", "block"].map((duty) => [duty, document.getElementById(duty)]));

const printed = new PrintedCard({
  onConfirmed: () => issue.clear(),
  onCorrect: (slipCode) => issue.correct(slipCode),
  onDone: nextResident,
});
const issue = new IssueForm(Number(duties.issue.dataset.policyVersion), (seed, card, renewed) => printed.show(seed, card, renewed));
const renew = new RenewForm(duties.renew, (old) => {
  if (issue.filled && !window.confirm(gettext("Clear everything typed on this page?"))) return;
  printed.clear();
  show("issue");
  issue.renew(old);
});
const block = new BlockForm();
new Refusal();
whenSignedOut(signInAgain);

inform(document.getElementById("inform"), document.getElementById("language"));
advanceOnEnter(issue.form);
advanceOnEnter(block.form);

function nextResident() {
  printed.clear();
  block.clear();
  renew.clear();
  issue.begin();
  window.scrollTo(0, 0);
}

function show(duty) {
  for (const button of document.querySelectorAll("[data-duty]")) {
    button.setAttribute("aria-pressed", String(button.dataset.duty === duty));
    duties[button.dataset.duty].hidden = button.dataset.duty !== duty;
  }
}

for (const button of document.querySelectorAll("[data-duty]")) {
  button.addEventListener("click", () => {
    renew.clear();
    show(button.dataset.duty);
    if (button.dataset.duty === "renew") renew.focus();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (issue.filled || printed.unconfirmed || block.filled) event.preventDefault();
});
// A page kept for the back button would still show the resident.
window.addEventListener("pagehide", () => {
  issue.photo.stop();
  printed.clear();
  issue.clear();
  block.clear();
  renew.clear();
});
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

issue.evidence.focus();
await issue.photo.start();
