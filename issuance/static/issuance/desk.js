/** The desk page: wires its stations together. Its whole state is in memory; leaving or reloading discards it. */

import { gettext } from "../city/gettext.js";
import { whenSignedOut } from "./api.js";
import { BlockForm } from "./block_form.js";
import { showDuty, switchDuties } from "./duties.js";
import { Inform } from "./inform.js";
import { IssueForm } from "./issue_form.js";
import { advanceOnEnter } from "./keyboard.js";
import { OutreachDay } from "./outreach_day.js";
import { PrintedCard } from "./printed_card.js";
import { question } from "./question.js";
import { Refusal } from "./refusal.js";
import { RenewForm } from "./renew_form.js";
import { listenForShortcuts } from "./shortcuts.js";
import { signInAgain } from "./sign_in_again.js";
import { StepTimer } from "./step_timer.js";

const part = (id) => document.getElementById(id);

const printed = new PrintedCard({
  onConfirmed: () => {
    issue.clear();
    timer.stop();
  },
  onCorrect: (slipCode) => {
    showBeginning(true);
    issue.correct(slipCode);
  },
  onDone: nextResident,
});
const issue = new IssueForm({
  onIssued: (seed, card, renewed) => {
    showBeginning(false);
    outreach.useBlank();
    printed.show(seed, card, renewed);
  },
  onBegin: () => {
    showBeginning(true);
    block.clear();
    renew.clear();
    timer.reset();
    inform.focus();
  },
});
const renew = new RenewForm(part("renew"), async (old) => {
  if (printed.unconfirmed) {
    if (!(await question(gettext("The card on this page is not confirmed. Without it nobody can print it again, and within a day it is blocked for good. Go on without it?"), gettext("Go on without it")))) return;
  } else if (issue.filled && !(await question(gettext("Clear everything typed on this page?"), gettext("Clear all")))) return;
  printed.clear();
  showDuty("issue");
  issue.renew(old);
});
const block = new BlockForm();
const inform = new Inform(part("language"), () => issue.evidence.focus());
const timer = new StepTimer(part("pace"), part("issue"), {
  inform: [part("inform")],
  evidence: [part("evidence-panel")],
  person: [part("person")],
  print: [part("preview"), part("printed")],
});
// What is shown as it will print has another paper now.
const outreach = new OutreachDay(part("outreach"), part("tickets"), () => part("language").dispatchEvent(new Event("input", { bubbles: true })));
new Refusal();

whenSignedOut(signInAgain);
switchDuties((duty) => {
  renew.clear();
  if (duty === "renew") renew.focus();
});
listenForShortcuts();
for (const form of [issue.form, block.form]) advanceOnEnter(form);

/** What comes before the card is of no use beside it. */
function showBeginning(shown) {
  part("inform").hidden = part("refusal").hidden = !shown;
}

function nextResident() {
  printed.clear();
  issue.begin();
  window.scrollTo(0, 0);
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

inform.focus();
await issue.photo.start();
