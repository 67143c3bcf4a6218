/** The desk page: wires its stations together. Its whole state is in memory; leaving or reloading discards it. */

import { whenSignedOut } from "./api.js";
import { BlockForm } from "./block_form.js";
import { inform } from "./inform.js";
import { IssueForm } from "./issue_form.js";
import { advanceOnEnter } from "./keyboard.js";
import { PrintedCard } from "./printed_card.js";
import { Refusal } from "./refusal.js";
import { signInAgain } from "./sign_in_again.js";

const duties = { issue: document.getElementById("issue"), block: document.getElementById("block") };

const printed = new PrintedCard({
  onConfirmed: () => issue.clear(),
  onCorrect: (slipCode) => issue.correct(slipCode),
  onDone: nextResident,
});
const issue = new IssueForm(Number(duties.issue.dataset.policyVersion), (seed, card) => printed.show(seed, card));
const block = new BlockForm();
new Refusal();
whenSignedOut(signInAgain);

inform(document.getElementById("inform"), document.getElementById("language"));
advanceOnEnter(issue.form);
advanceOnEnter(block.form);

function nextResident() {
  printed.clear();
  block.clear();
  issue.begin();
  window.scrollTo(0, 0);
}

for (const button of document.querySelectorAll("[data-duty]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-duty]")) {
      other.setAttribute("aria-pressed", String(other === button));
      duties[other.dataset.duty].hidden = other !== button;
    }
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
});
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

issue.evidence.focus();
await issue.photo.start();
