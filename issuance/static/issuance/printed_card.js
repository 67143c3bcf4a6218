/** Panel 4: the issued card and paper as they are printed, the confirmation, the way to the next resident. */

import { gettext } from "../city/gettext.js";
import { postUntilAnswered } from "./api.js";
import { clearErrors, say, showFailure } from "./messages.js";
import { monthInWords } from "./months.js";
import { question } from "./question.js";

const part = (id) => document.getElementById(id);
const SHEETS = ["card", "paper"];
const DEEDS = ["ack-button", "correct-button", "discard-button"];

export class PrintedCard {
  /**
   * `onConfirmed` is called when what was typed is not needed again, `onCorrect(slipCode)` when it was mistyped,
   * `onDone` when the page is to be cleared for the next resident.
   */
  constructor({ onConfirmed, onCorrect, onDone }) {
    this.onConfirmed = onConfirmed;
    this.panel = part("printed");
    this.seed = null;
    this.slipCode = null;
    this.renewed = null;
    this.confirmed = false;
    this.addresses = [];
    part("print-card").addEventListener("click", () => print("card", part("print-paper")));
    part("print-paper").addEventListener("click", () => print("paper", part("ack-button")));
    part("ack-button").addEventListener("click", () => this.#confirm());
    part("next-button").addEventListener("click", onDone);
    part("correct-button").addEventListener("click", () => {
      const slipCode = this.slipCode;
      this.clear();
      onCorrect(slipCode);
    });
    part("discard-button").addEventListener("click", () => this.#discard(onDone));
  }

  /** Whether there is a card here whose print nobody confirmed. */
  get unconfirmed() {
    return this.seed !== null && !this.confirmed;
  }

  /** `renewed` is the number of the card that this one renews, which is revoked when the print is confirmed. */
  show(seed, card, renewed = null) {
    this.seed = seed;
    this.renewed = renewed;
    this.slipCode = card.slip_code;
    this.confirmed = false;
    part("printed-number").textContent = card.card_number;
    part("printed-slip").textContent = card.slip_code;
    part("printed-expires").textContent = monthInWords(card.expires);
    for (const sheet of SHEETS) this.#showSheet(sheet, card[`${sheet}_pdf`]);
    this.panel.hidden = false;
    this.#showButtons();
    part("printed-status").textContent = gettext("The card is made. Print card and paper.");
    part("print-card").focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.seed = null;
    this.renewed = null;
    this.slipCode = null;
    this.confirmed = false;
    for (const id of ["printed-number", "printed-slip", "printed-expires", "printed-status"]) part(id).textContent = "";
    for (const sheet of SHEETS) {
      part(`${sheet}-view`).removeAttribute("src");
      part(`open-${sheet}`).removeAttribute("href");
    }
    for (const address of this.addresses) URL.revokeObjectURL(address);
    this.addresses = [];
    clearErrors(this.panel, part("printed-alert"));
    this.panel.hidden = true;
  }

  #showSheet(sheet, pdf) {
    const bytes = Uint8Array.from(atob(pdf), (symbol) => symbol.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    this.addresses.push(address);
    part(`${sheet}-view`).src = `${address}#toolbar=0&navpanes=0&view=FitH`;
    part(`open-${sheet}`).href = address;
  }

  async #confirm() {
    const answer = await this.#ask("/cards/ack", { issue_seed: this.seed, ...(this.renewed && { renews: this.renewed }) });
    if (!answer) return;
    if (answer.state !== "active") {
      part("printed-status").textContent = "";
      say(part("printed-alert"), gettext("This card is blocked: destroy it and make a new one."));
      part("printed-alert").focus();
      return;
    }
    this.confirmed = true;
    this.onConfirmed();
    part("printed-status").textContent = this.renewed
      ? gettext("Confirmed: the card works from now on, the old one no longer. Cut the old one up.")
      : gettext("Confirmed: the card works from now on.");
    this.#showButtons();
    part("next-button").focus();
  }

  /** Revokes the card with the slip code that only this page still knows. */
  async #discard(onDone) {
    const seed = this.seed;
    const sure = await question(gettext("Revoke this card for good? Destroy what was printed of it."), gettext("Discard this card"));
    if (!sure || this.seed !== seed) return;
    const revocation = { slip_code: this.slipCode, purpose: "typing_error" };
    if (await this.#ask("/cards/revoke", revocation)) onDone();
  }

  /** The desk's answer; null when something went wrong, which then stands on the page, or the card is gone from it. */
  async #ask(address, body) {
    const seed = this.seed;
    disable(DEEDS, true);
    clearErrors(this.panel, part("printed-alert"));
    try {
      const answer = await postUntilAnswered(address, body, () => {
        if (this.seed === seed) part("printed-status").textContent = gettext("No answer yet, asking again…");
      });
      return this.seed === seed ? answer : null;
    } catch (failure) {
      if (this.seed !== seed) return null;
      part("printed-status").textContent = "";
      showFailure(this.panel, part("printed-alert"), failure);
      return null;
    } finally {
      disable(DEEDS, false);
    }
  }

  #showButtons() {
    part("ack-button").hidden = this.confirmed;
    part("correct-button").hidden = this.confirmed;
    part("discard-button").hidden = this.confirmed;
    part("printed-note").hidden = this.confirmed;
    part("next-button").hidden = !this.confirmed;
  }
}

function disable(ids, disabled) {
  for (const id of ids) part(id).disabled = disabled;
}

/** Opens the browser's print dialog for one sheet; `next` gets the focus when it closes. */
function print(sheet, next) {
  part(`${sheet}-view`).contentWindow.print();
  next.focus();
}
