/** The page of a list: choose it, make its cards, print them. All of it is in memory; leaving or reloading discards it. */

import { gettext } from "../../city/gettext.js";
import { whenSignedOut } from "../api.js";
import { say } from "../messages.js";
import { signInAgain } from "../sign_in_again.js";
import { AnotherList, BatchRun, Halted } from "./batch_run.js";
import { ListRefused, isGarbled, readList, repeated } from "./csv_list.js";
import { readResume, resumeText } from "./resume_file.js";
import { newBatchSeed } from "./row_seed.js";
import { Tens } from "./tens.js";

const part = (id) => document.getElementById(id);

/** The list with its seed, once it can begin; the run of it. */
let ready = null;
let run = null;
const tens = new Tens();

whenSignedOut(signInAgain);
for (const id of ["list-file", "resume-file"]) part(id).addEventListener("change", look);
part("save-resume").addEventListener("click", () => {
  part("begin-button").disabled = false;
});
part("choose-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (ready && !part("begin-button").disabled) begin();
});
part("pause-button").addEventListener("click", () => {
  run.paused = true;
});
part("go-on-button").addEventListener("click", go);

/** Reads the chosen files; what is chosen later takes the place of what was. */
async function look() {
  const [list, kept] = ["list-file", "resume-file"].map((id) => part(id).files[0]);
  forgetReady();
  if (!list) return;
  try {
    const rows = await readList(list);
    const resume = kept ? await readResume(kept, rows.length) : null;
    if (list !== part("list-file").files[0] || kept !== part("resume-file").files[0]) return;
    showReady(rows, resume);
  } catch (failure) {
    if (failure instanceof ListRefused) refuse(failure.message);
    else if (failure instanceof DOMException) refuse(gettext("The file cannot be read: choose it again."));
    else throw failure;
  }
}

function showReady(rows, resume) {
  const first = rows.find((row) => !isGarbled(row.values.name ?? "")) ?? rows[0];
  ready = { rows, ...(resume ?? { seed: newBatchSeed(), tried: first.number }) };
  const same = repeated(rows).map((numbers) => gettext("Rows {numbers} say the same: each gets a card of its own.", { numbers: numbers.join(", ") }));
  part("ready-text").textContent = [gettext("{count} cards.", { count: rows.length }), ...same].join(" ");
  const text = resumeText({ ...ready, rows: rows.length });
  part("save-resume").href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  part("save-resume").hidden = part("save-text").hidden = Boolean(resume);
  part("begin-button").disabled = !resume;
  part("begin-button").textContent = resume ? gettext("Go on with this batch") : gettext("Begin");
  part("ready").hidden = false;
}

function forgetReady() {
  if (part("save-resume").href) URL.revokeObjectURL(part("save-resume").href);
  part("save-resume").removeAttribute("href");
  ready = null;
  part("ready").hidden = part("choose-alert").hidden = true;
}

function refuse(text) {
  say(part("choose-alert"), text);
  part("choose-alert").focus();
}

const ANOTHER_LIST = () => gettext("This resume file belongs to another list, or its first row was changed after its card was made: choose that list, or another resume file.");

function begin() {
  try {
    run = new BatchRun({ ...ready, policyVersion: Number(part("batch").dataset.policyVersion), onRow: showProgress });
  } catch (failure) {
    if (!(failure instanceof AnotherList)) throw failure;
    refuse(ANOTHER_LIST());
    return;
  }
  part("choose").hidden = true;
  part("run").hidden = false;
  showProgress();
  go();
}

async function go() {
  part("run-alert").hidden = true;
  showButtons(true);
  part("pause-button").focus();
  const current = run;
  try {
    await current.go();
  } catch (failure) {
    if (failure instanceof AnotherList) {
      forgetRun();
      forgetReady();
      refuse(ANOTHER_LIST());
      return;
    }
    if (!(failure instanceof Halted)) throw failure;
    say(part("run-alert"), failure.message);
    part("run-alert").focus();
  }
  if (current.waiting.length) {
    showButtons(false);
    if (part("run-alert").hidden) part("go-on-button").focus();
    return;
  }
  part("pause-button").hidden = part("go-on-button").hidden = true;
  if (!current.made.size) return;
  tens.show(current.made);
  part("print-title").focus();
}

function showButtons(going) {
  part("pause-button").hidden = !going;
  part("go-on-button").hidden = going;
}

function showProgress() {
  const [made, refused] = [run.made.size, run.refused.size];
  part("progress").max = run.total;
  part("progress").value = made + refused;
  part("run-status").textContent = gettext("{made} of {total} cards made, {refused} rows refused.", { made, total: run.total, refused });
  part("refused").hidden = !refused;
  const told = [...run.refused].sort(([one], [other]) => one - other);
  part("refused-rows").replaceChildren(
    ...told.map(([number, why]) => Object.assign(document.createElement("li"), { textContent: gettext("Row {number}: {why}", { number, why }) })),
  );
}

function forgetRun() {
  run = null;
  part("run").hidden = true;
  part("choose").hidden = false;
}

window.addEventListener("beforeunload", (event) => {
  if (run && (run.waiting.length || tens.unconfirmed)) event.preventDefault();
});
// A page kept for the back button would still hold the list.
window.addEventListener("pagehide", () => {
  if (run) run.paused = true;
  tens.clear();
  forgetReady();
  part("choose-form").reset();
});
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
part("choose-form").reset();
