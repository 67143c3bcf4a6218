/** Panels 2 to 4: what is typed is seen as it will print, then becomes one request, and that request one card. */

import { gettext } from "../city/gettext.js";
import { ConnectionLost, SignedOut, Unavailable, post, postUntilAnswered } from "./api.js";
import { Evidence } from "./evidence.js";
import { clearErrors, setFieldError, showFailure } from "./messages.js";
import { readOrder } from "./order.js";
import { PhotoStation } from "./photo_station.js";
import { Preview } from "./preview.js";
import { question } from "./question.js";
import { newSeed } from "./seed.js";

const part = (id) => document.getElementById(id);
const FIELD_OF = { photo_qr: "photo", photo_print: "photo", policy_version: "evidence" };

export class IssueForm {
  /**
   * `onIssued(seed, card, renewed)` is called with the answer to POST /cards and the number of the card it renews,
   * `onBegin()` when the next resident begins.
   */
  constructor({ onIssued, onBegin }) {
    this.form = part("issue-form");
    this.onIssued = onIssued;
    this.onBegin = onBegin;
    this.seed = newSeed();
    /** The order that was seen; what is issued is this and nothing else. */
    this.seen = null;
    this.sent = null;
    this.corrects = null;
    this.old = null;
    this.preview = new Preview();
    this.evidence = new Evidence(() => part("name").focus());
    this.photo = new PhotoStation(this.form, { onTaken: () => this.#profile().focus(), onChanged: () => this.#unsee() });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#see();
    });
    // Not at "change": that comes late, when the focus leaves the field for the button that issues.
    this.form.addEventListener("input", () => this.#unsee());
    this.form.addEventListener("change", (event) => event.target.name === "profile" && this.#showProfile());
    part("issue-button").addEventListener("click", () => this.#issue());
    part("change-button").addEventListener("click", () => {
      this.#unsee();
      part("name").select();
    });
    part("clear-button").addEventListener("click", async () => {
      if (!this.filled || (await question(gettext("Clear everything typed on this page?"), gettext("Clear all")))) this.begin();
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
    this.onBegin();
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

  /** Shows the order as it will print. */
  async #see() {
    if (part("see-button").disabled || this.preview.shown) return;
    clearErrors(this.form, part("issue-alert"));
    if (this.photo.making && !(await this.#photoMade())) return;
    const order = readOrder({
      form: this.form,
      evidence: this.evidence,
      pictures: this.photo.pictures,
      profile: this.#profile(),
    });
    if (!order) return;
    this.seen = order;
    part("see-button").disabled = true;
    part("issue-status").textContent = gettext("Drawing the card…");
    try {
      const answer = await post("/cards/preview", order);
      // Changed or cleared meanwhile: this is not what would be issued now.
      if (this.seen === order) this.preview.show(order, answer);
    } catch (failure) {
      if (this.seen === order) await this.#refused(failure);
    } finally {
      part("see-button").disabled = false;
      part("issue-status").textContent = "";
    }
  }

  /** Says that the card waits for the photo; resolves to whether it is still wanted then. */
  async #photoMade() {
    const { turn, making } = this.photo;
    part("see-button").disabled = true;
    part("issue-status").textContent = gettext("The photo is still being made: the card is shown right after it.");
    try {
      await making;
    } finally {
      part("see-button").disabled = false;
      part("issue-status").textContent = "";
    }
    return turn === this.photo.turn;
  }

  /** What was seen is not what stands here any more. A request that went out stays what it is. */
  #unsee() {
    if (this.sent) return;
    this.seen = null;
    this.preview.hide();
  }

  async #issue() {
    if (part("issue-button").disabled || !this.seen) return;
    clearErrors(this.form, part("issue-alert"));
    this.sent ??= {
      issue_seed: this.seed,
      ...this.seen,
      ...(this.corrects && { corrects: this.corrects }),
      ...(this.old && { renews: this.old.texts }),
    };
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
      if (this.sent === sent) await this.#failed(failure);
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

  async #failed(failure) {
    part("issue-status").textContent = "";
    // The card may exist already: the request stays as it is, so that asking again gives that same card.
    const uncertain = [ConnectionLost, Unavailable, SignedOut].some((kind) => failure instanceof kind);
    if (!uncertain) this.#forgetRequest();
    part("issue-fields").disabled = uncertain;
    part("issue-button").disabled = false;
    part("change-button").disabled = uncertain;
    part("issue-button").textContent = uncertain ? gettext("Try again") : this.#deed();
    await this.#refused(failure);
  }

  /** Says why beside the field; a policy that changed meanwhile is taken over, and all that was typed stays. */
  async #refused(failure) {
    showFailure(this.form, part("issue-alert"), failure, (name) => FIELD_OF[name] ?? name);
    if (!failure.problem?.errors?.policy_version) return;
    await this.evidence.renew();
    setFieldError(this.form, "evidence", gettext("The policy changed while this page was open. Tick again what you have seen: name and photo are still here."));
    this.evidence.focus();
  }

  #forgetRequest() {
    this.sent = null;
    this.seed = newSeed();
    this.#unsee();
    this.#lock(false);
  }

  #deed() {
    if (this.corrects) return gettext("Correct the card");
    return this.old ? gettext("Renew card") : gettext("Issue card");
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
    for (const id of ["issue-button", "change-button"]) part(id).disabled = locked;
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
