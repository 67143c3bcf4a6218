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
  /** `onIssued(seed, card)` is called with the answer to POST /cards. */
  constructor(policyVersion, onIssued) {
    this.form = part("issue-form");
    this.policyVersion = policyVersion;
    this.onIssued = onIssued;
    this.seed = newSeed();
    this.sent = null;
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
    return Boolean(this.sent || this.evidence.begun || part("name").value || part("born").value || this.photo.pictures);
  }

  /** Shows the empty form with the focus where the work begins. */
  begin() {
    this.clear();
    this.form.hidden = false;
    this.evidence.focus();
  }

  /** Forgets the resident; the next card has a new seed. */
  clear() {
    this.form.reset();
    this.evidence.show();
    this.photo.clear();
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
    try {
      const card = await postUntilAnswered("/cards", this.sent, () => {
        part("issue-status").textContent = gettext("No answer yet, asking again for the same card…");
      });
      const seed = this.seed;
      // From here on the card is the record: what was typed is not needed again.
      this.clear();
      this.form.hidden = true;
      this.onIssued(seed, card);
    } catch (failure) {
      this.#failed(failure);
    }
  }

  #failed(failure) {
    part("issue-status").textContent = "";
    // The card may exist already: the request stays as it is, so that asking again gives that same card.
    const uncertain = [ConnectionLost, Unavailable, SignedOut].some((kind) => failure instanceof kind);
    if (!uncertain) this.#forgetRequest();
    part("issue-fields").disabled = uncertain;
    part("issue-button").disabled = false;
    part("issue-button").textContent = uncertain ? gettext("Try again") : gettext("Issue card");
    showFailure(this.form, part("issue-alert"), failure, (name) => FIELD_OF[name] ?? name);
  }

  #forgetRequest() {
    this.sent = null;
    this.seed = newSeed();
    this.#lock(false);
    part("issue-button").textContent = gettext("Issue card");
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
  }
}
