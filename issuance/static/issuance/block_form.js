/** Blocking: suspend by number, revoke by slip or card, reinstate by both. */

import { gettext } from "../city/gettext.js";
import { decodeChecked } from "../credential/crockford.js";
import { post } from "./api.js";
import { clearErrors, setFieldError, showFailure } from "./messages.js";

const part = (id) => document.getElementById(id);
const BUTTONS = {
  suspend: gettext("Suspend card"),
  revoke: gettext("Revoke card for good"),
  reinstate: gettext("Reinstate card"),
};
const DONE = {
  suspended: gettext("Card {number} is suspended."),
  revoked: gettext("Card {number} is revoked for good."),
  valid: gettext("Card {number} works again."),
  active: gettext("Card {number} works again."),
};
const LONGEST_SLIP_CODE = 40;
const SYMBOLS = { card_number: 6, slip_code: 16 };

export class BlockForm {
  constructor() {
    /** Counts the times the form was cleared: an answer that is still on its way then is not for who stands here now. */
    this.turn = 0;
    this.form = part("block-form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.form.addEventListener("change", (event) => event.target.name === "at-hand" && this.#show());
    this.#show();
  }

  /** Whether leaving would lose something. */
  get filled() {
    return [...this.form.querySelectorAll('input:not([type="radio"])')].some((input) => input.value);
  }

  focus() {
    this.form.querySelector('[name="at-hand"]:checked').focus();
  }

  clear() {
    this.turn += 1;
    part("block-done").hidden = true;
    part("block-done").textContent = part("block-status").textContent = "";
    part("block-button").disabled = false;
    const action = this.#action();
    this.form.reset();
    this.form.querySelector(`[name="at-hand"][value="${action}"]`).checked = true;
    part("second-person").hidden = true;
    this.#show();
  }

  async #send() {
    const button = part("block-button");
    if (button.disabled) return;
    clearErrors(this.form, part("block-alert"));
    part("block-done").hidden = true;
    const body = this.#request();
    if (!body) return;
    const { turn } = this;
    button.disabled = true;
    part("block-status").textContent = gettext("One moment…");
    try {
      const { card_number: number, state } = await post(`/cards/${this.#action()}`, body);
      if (turn !== this.turn) return;
      this.clear();
      part("block-done").textContent = (DONE[state] ?? `{number}: ${state}`).replace("{number}", number);
      part("block-done").hidden = false;
      this.focus();
    } catch (failure) {
      if (turn === this.turn) this.#failed(failure);
    } finally {
      if (turn === this.turn) {
        part("block-status").textContent = "";
        button.disabled = false;
      }
    }
  }

  #failed(failure) {
    part("second-password").value = part("second-totp").value = "";
    const code = failure.problem?.code;
    if (code === "second_person_needed" || code === "second_person_refused") {
      part("second-person").hidden = false;
      setFieldError(this.form, "second_person", [failure.problem.title, failure.problem.detail].filter(Boolean).join(". "));
      part("second-code").focus();
      return;
    }
    const revoking = this.#action() === "revoke";
    const fieldOf = (name) => (revoking && ["qr", "slip_code"].includes(name) ? "either" : name);
    showFailure(this.form, part("block-alert"), failure, fieldOf);
  }

  /** The body of the request, or null after saying what is missing. */
  #request() {
    const read = {
      suspend: () => ({ card_number: part("card-number").value.trim() }),
      revoke: () => cardOrSlip(part("either").value),
      reinstate: () => ({ qr: part("qr").value, slip_code: slipCode(part("slip-code").value) }),
    };
    const body = { ...read[this.#action()](), purpose: part("purpose").value };
    for (const [name, value] of Object.entries(body)) {
      const revoking = this.#action() === "revoke" && name !== "purpose";
      const place = revoking ? "either" : name;
      if (!value) setFieldError(this.form, place, name === "purpose" ? gettext("Choose why.") : gettext("Type or scan this."));
      else if (isMistyped(name, value)) setFieldError(this.form, place, gettext("Something was mistyped or misread: compare each symbol and type it again."));
    }
    const first = this.form.querySelector('[aria-invalid="true"]');
    if (first) {
      first.focus();
      return null;
    }
    if (!part("second-person").hidden) {
      body.second_person = {
        staff_code: part("second-code").value,
        password: part("second-password").value,
        totp: part("second-totp").value,
      };
    }
    return body;
  }

  #action() {
    return this.form.querySelector('[name="at-hand"]:checked').value;
  }

  #show() {
    const action = this.#action();
    clearErrors(this.form, part("block-alert"));
    for (const field of this.form.querySelectorAll("[data-for]")) field.hidden = field.dataset.for !== action;
    part("block-button").textContent = BUTTONS[action];
    part("block-button").classList.toggle("button--negative", action === "revoke");
    part("block-button").classList.toggle("button--primary", action !== "revoke");
  }
}

/** Whether the check symbol of a number or slip code does not fit: the desk need not be asked. */
function isMistyped(name, value) {
  if (!(name in SYMBOLS)) return false;
  try {
    decodeChecked(value, SYMBOLS[name]);
    return false;
  } catch {
    return true;
  }
}

/** A card's QR is far longer than any slip code, however it is grouped. */
function cardOrSlip(text) {
  const slip = slipCode(text);
  return slip.length > LONGEST_SLIP_CODE ? { qr: text } : { slip_code: slip };
}

/** The slip's own QR is an address with the code after "#". */
function slipCode(text) {
  return text.slice(text.indexOf("#") + 1).trim();
}
