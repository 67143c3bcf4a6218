/** Refusing a card: the letter for the resident, and a supervisor who sets the refusal aside. */

import { gettext } from "../city/gettext.js";
import { postUntilAnswered, post } from "./api.js";
import { clearErrors, setFieldError, showFailure } from "./messages.js";

const part = (id) => document.getElementById(id);

export class Refusal {
  /** The id under which this refusal is counted: sent again after a lost answer, it is still one. */
  #entry = null;
  #overrideEntry = null;
  #reason = "";

  constructor() {
    this.form = part("refusal-form");
    this.form.addEventListener("submit", (event) => this.#working(event, part("refusal-button"), () => this.#refuse()));
    this.form.addEventListener("change", () => this.#begin());
    // The form of the card is emptied for the next resident, who is another person.
    part("issue-form").addEventListener("reset", () => this.clear());
  }

  /** Forgets all that is shown. */
  clear() {
    this.form.reset();
    this.#begin();
    part("refusal").open = false;
  }

  #begin() {
    this.#entry = this.#overrideEntry = null;
    clearErrors(this.form, part("refusal-alert"));
    part("override").replaceChildren();
    for (const id of ["refusal-done", "refusal-letter"]) part(id).hidden = true;
    const letter = part("refusal-letter");
    if (letter.href) URL.revokeObjectURL(letter.href);
    letter.removeAttribute("href");
  }

  async #working(event, button, send) {
    event.preventDefault();
    if (button.disabled) return;
    clearErrors(this.form, part("refusal-alert"));
    button.disabled = true;
    try {
      await send();
    } catch (failure) {
      showFailure(this.form, part("refusal-alert"), failure, (name) => `refusal-${name}`);
    } finally {
      button.disabled = false;
    }
  }

  async #refuse() {
    this.#reason = part("refusal-reason").value;
    if (!this.#reason) {
      setFieldError(this.form, "refusal-reason", gettext("Choose why."));
      part("refusal-reason").focus();
      return;
    }
    const entry = (this.#entry ??= randomId());
    const body = { entry_id: entry, reason: this.#reason, language: part("refusal-language").value };
    const { letter_pdf: letter } = await postUntilAnswered("/refusals", body, () => {});
    // Cleared meanwhile: the letter is not for the person who stands here now.
    if (this.#entry !== entry) return;
    this.#entry = null;
    const bytes = Uint8Array.from(atob(letter), (character) => character.charCodeAt(0));
    part("refusal-letter").href = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    part("refusal-letter").hidden = false;
    this.#offerOverride();
    this.#say(gettext("The letter is ready: print it and give it to the person."));
    part("refusal-letter").focus();
  }

  /** The form comes with the refusal: before there is one, nobody can type a password here. */
  #offerOverride() {
    part("override").replaceChildren(part("override-template").content.cloneNode(true));
    const form = part("override-form");
    form.addEventListener("submit", (event) => this.#working(event, part("override-button"), () => this.#override()));
  }

  async #override() {
    const entry = (this.#overrideEntry ??= randomId());
    const [password, totp] = [part("override-password"), part("override-totp")];
    const typed = { staff_code: part("override-code").value, password: password.value, totp: totp.value };
    try {
      await post("/refusals/override", { entry_id: entry, reason: this.#reason, second_person: typed });
    } finally {
      password.value = totp.value = "";
    }
    if (this.#overrideEntry !== entry) return;
    this.clear();
    part("refusal").open = true;
    this.#say(gettext("The refusal is set aside: go on with the card."));
    part("refusal-done").focus();
  }

  #say(text) {
    part("refusal-done").textContent = text;
    part("refusal-done").hidden = false;
  }
}

function randomId() {
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");
}
