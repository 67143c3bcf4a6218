/** Panels 2 and 3: what is typed becomes one request, and that request one card, never two. */

import { gettext } from "../city/gettext.js";
import { ConnectionLost, SignedOut, Unavailable, postUntilAnswered } from "./api.js";
import { parseBorn } from "./born.js";
import { Evidence } from "./evidence.js";
import { clearErrors, setFieldError, showFailure } from "./messages.js";
import { base64 } from "./photo.js";
import { PhotoStation } from "./photo_station.js";
import { newSeed } from "./seed.js";

const part = (id) => document.getElementById(id);
const FIELD_OF = { photo_qr: "photo", photo_print: "photo", policy_version: "evidence" };

export class IssueForm {
  /** `onIssued(seed, card, renewed)` is called with the answer to POST /cards, and the number of the card it renews. */
  constructor(policyVersion, onIssued) {
    this.form = part("issue-form");
    this.policyVersion = policyVersion;
    this.onIssued = onIssued;
    this.seed = newSeed();
    this.sent = null;
    this.corrects = null;
    this.old = null;
    this.evidence = new Evidence(part("evidence"), part("evidence-points"), () => part("name").focus());
    this.photo = new PhotoStation(this.form, () => this.#profile().focus());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#issue();
    });
    this.form.addEventListener("change", (event) => event.target.name === "profile" && this.#showProfile());
    part("clear-button").addEventListener("click", () => {
      if (!this.filled || window.confirm(gettext("Clear everything typed on this page?"))) this.begin();
    });
    this.#showProfile();
  }

  /** Whether leaving would lose something. */
  get filled() {
    return Boolean(this.sent || this.old || this.evidence.begun || part("name").value || part("born").value || this.photo.pictures);
  }

  /** Shows the empty form with the focus where the work begins. */
  begin() {
    this.clear();
    this.form.hidden = false;
    this.evidence.focus();
  }

  /** Shows what was typed for the card with this slip code again: the next card replaces it. */
  correct(slipCode) {
    this.corrects = slipCode;
    this.form.hidden = false;
    this.#lock(false);
    part("issue-status").textContent = gettext("Correcting: the card that was made will be revoked when the new one is made.");
    part("name").select();
  }

  /** Fills in what an old card says: the next card renews it. */
  renew(old) {
    this.begin();
    this.old = old;
    const { said } = old;
    part("name").value = said.name;
    part("born").value = said.born?.split("-").reverse().join("-") ?? "";
    this.form.querySelector(`[name="profile"][value="${said.profile}"]`).checked = true;
    for (const choice of this.form.querySelectorAll('[name="profile"]')) choice.disabled = !choice.checked;
    this.evidence.waived = !said.expired;
    this.evidence.show();
    this.#showProfile();
    this.#lock(false);
    showRenewal(said);
    if (said.expired) this.evidence.focus();
    else part("name").select();
  }

  /** Forgets the resident; the next card has a new seed. */
  clear() {
    this.form.reset();
    for (const choice of this.form.querySelectorAll('[name="profile"]')) choice.disabled = false;
    this.old = null;
    this.evidence.waived = false;
    this.evidence.show();
    showRenewal(null);
    this.photo.clear();
    this.corrects = null;
    this.#forgetRequest();
    part("issue-status").textContent = "";
    clearErrors(this.form, part("issue-alert"));
    this.#showProfile();
  }

  async #issue() {
    if (part("issue-button").disabled) return;
    clearErrors(this.form, part("issue-alert"));
    this.sent ??= this.#request();
    if (!this.sent) return;
    this.#lock(true);
    part("issue-status").textContent = gettext("Making the card…");
    const { seed, sent } = this;
    let card;
    try {
      card = await postUntilAnswered("/cards", sent, () => {
        if (this.sent !== sent) return;
        part("issue-status").textContent = gettext("No answer yet, asking again for the same card…");
      });
    } catch (failure) {
      if (this.sent === sent) this.#failed(failure);
      return;
    }
    // Cleared meanwhile: nobody will confirm this card, and what nobody confirms is revoked.
    if (this.sent !== sent) return;
    // What was typed stays until the print is confirmed, so that a typing error need not be typed anew.
    this.corrects = null;
    this.#forgetRequest();
    part("issue-status").textContent = "";
    this.form.hidden = true;
    this.onIssued(seed, card, this.old?.said.card_number);
  }

  #failed(failure) {
    part("issue-status").textContent = "";
    // The card may exist already: the request stays as it is, so that asking again gives that same card.
    const uncertain = [ConnectionLost, Unavailable, SignedOut].some((kind) => failure instanceof kind);
    if (!uncertain) this.#forgetRequest();
    part("issue-fields").disabled = uncertain;
    part("issue-button").disabled = false;
    part("issue-button").textContent = uncertain ? gettext("Try again") : this.#deed();
    showFailure(this.form, part("issue-alert"), failure, (name) => FIELD_OF[name] ?? name);
  }

  #forgetRequest() {
    this.sent = null;
    this.seed = newSeed();
    this.#lock(false);
  }

  #deed() {
    if (this.corrects) return gettext("Correct the card");
    return this.old ? gettext("Renew card") : gettext("Issue card");
  }

  /** The body of POST /cards, or null after saying what is missing. */
  #request() {
    const { takesBorn, takesPhoto } = this.#profile().dataset;
    const name = part("name").value.trim();
    const born = takesBorn === "yes" ? parseBorn(part("born").value) : null;
    if (!this.evidence.enough) setFieldError(this.form, "evidence", gettext("Tick what you have seen until both kinds of points are reached."));
    if (!name) setFieldError(this.form, "name", gettext("Type the name."));
    if (born === undefined) setFieldError(this.form, "born", gettext("This is not a date that was. Type day, month and year: 27-03-1985."));
    if (!this.evidence.enough || !name || born === undefined) {
      this.form.querySelector('[aria-invalid="true"]').focus();
      return null;
    }
    const photo = takesPhoto === "yes" ? this.photo.pictures : null;
    return {
      issue_seed: this.seed,
      profile: this.#profile().value,
      policy_version: this.policyVersion,
      name,
      ...(born && { born }),
      ...(photo && { photo_qr: base64(photo.qr), photo_print: base64(photo.print) }),
      language: part("language").value,
      ...(this.corrects && { corrects: this.corrects }),
      ...(this.old && { renews: this.old.texts }),
    };
  }

  #profile() {
    return this.form.querySelector('[name="profile"]:checked');
  }

  #showProfile() {
    const { takesBorn, takesPhoto } = this.#profile().dataset;
    this.form.querySelector('[data-field="born"]').hidden = takesBorn !== "yes";
    this.form.querySelector('[data-field="photo"]').classList.toggle("photo--unused", takesPhoto !== "yes");
  }

  #lock(locked) {
    part("issue-fields").disabled = locked;
    part("issue-button").disabled = locked;
    part("issue-button").textContent = this.#deed();
  }
}

/** The strip above the form; null takes it away. */
function showRenewal(said) {
  part("renewing").hidden = !said;
  part("renewing-photo").hidden = !said?.photo;
  if (said?.photo) part("renewing-photo").src = `data:image/webp;base64,${said.photo}`;
  else part("renewing-photo").removeAttribute("src");
  if (!said) part("renewing-text").textContent = "";
  else if (said.expired) part("renewing-text").textContent = gettext("Card {card_number} has expired: new evidence is needed. It is blocked when the new one is confirmed.", said);
  else part("renewing-text").textContent = gettext("Card {card_number} is renewed. It is blocked when the new one is confirmed.", said);
}
