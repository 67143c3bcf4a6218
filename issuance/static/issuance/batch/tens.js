/** The cards of a list, ten at a time: their files for the printers, and the confirmation of what was printed. */

import { gettext } from "../../city/gettext.js";
import { Refused, postUntilAnswered } from "../api.js";
import { say, sentence } from "../messages.js";
import { Halted, asked } from "./batch_run.js";

const part = (id) => document.getElementById(id);
const TEN = 10;

export class Tens {
  constructor() {
    /** How many tens nobody confirmed. */
    this.unconfirmed = 0;
    this.addresses = [];
  }

  /** Shows the orders of `made`, by row number, in tens. */
  show(made) {
    const rows = [...made].sort(([one], [other]) => one - other);
    part("tens").replaceChildren();
    for (let start = 0; start < rows.length; start += TEN) {
      this.unconfirmed += 1;
      this.#add(rows.slice(start, start + TEN));
    }
    part("print").hidden = false;
  }

  /** Forgets files and orders. */
  clear() {
    for (const address of this.addresses) URL.revokeObjectURL(address);
    this.addresses = [];
    this.unconfirmed = 0;
    part("tens").replaceChildren();
  }

  #add(rows) {
    const item = part("ten-template").content.firstElementChild.cloneNode(true);
    const [make, confirm] = ["make", "confirm"].map((name) => item.querySelector(`.batch__${name}`));
    const [first, last] = [rows[0][0], rows.at(-1)[0]];
    item.querySelector(".batch__title").textContent = gettext("Rows {first} to {last}: {count} cards", { first, last, count: rows.length });
    make.addEventListener("click", () => attempt(item, gettext("Making the files…"), () => this.#make(item, rows)));
    confirm.addEventListener("click", () => attempt(item, gettext("Confirming…"), () => this.#confirm(item, rows)));
    part("tens").append(item);
  }

  async #make(item, rows) {
    const files = await asked("/cards/sheet", { orders: rows.map(([, order]) => order) }, postUntilAnswered);
    for (const link of item.querySelectorAll("[data-file]")) {
      const octets = Uint8Array.from(atob(files[link.dataset.file]), (symbol) => symbol.charCodeAt(0));
      link.href = URL.createObjectURL(new Blob([octets], { type: "application/pdf" }));
      this.addresses.push(link.href);
      link.hidden = false;
    }
    item.querySelector(".batch__make").hidden = true;
    item.querySelector(".batch__confirm").hidden = false;
    item.querySelector("[data-file]").focus();
    return gettext("Print cards and papers, then confirm.");
  }

  async #confirm(item, rows) {
    const blocked = [];
    for (const [number, { issue_seed }] of rows) {
      const { state } = await asked("/cards/ack", { issue_seed }, postUntilAnswered);
      if (state !== "active") blocked.push(number);
    }
    item.querySelector(".batch__confirm").hidden = true;
    this.unconfirmed -= 1;
    if (blocked.length) say(item.querySelector("[role=alert]"), gettext("Rows {numbers} were blocked meanwhile: destroy what is printed of them.", { numbers: blocked.join(", ") }));
    const next = item.nextElementSibling?.querySelector(".batch__make");
    if (this.unconfirmed === 0) part("all-done").hidden = false;
    (next ?? part("all-done")).focus();
    return gettext("Confirmed: these cards work from now on.");
  }
}

/** Does `deed` once at a time; shows what it tells, or why it failed. */
async function attempt(item, meanwhile, deed) {
  const all = item.querySelectorAll("button");
  const [status, problem] = [item.querySelector(".batch__said"), item.querySelector("[role=alert]")];
  problem.hidden = true;
  status.textContent = meanwhile;
  for (const button of all) button.disabled = true;
  try {
    status.textContent = await deed();
  } catch (failure) {
    if (!(failure instanceof Halted || failure instanceof Refused)) throw failure;
    status.textContent = "";
    say(problem, failure instanceof Refused ? sentence(failure.problem.title) : failure.message);
    problem.focus();
  } finally {
    for (const button of all) button.disabled = false;
  }
}
