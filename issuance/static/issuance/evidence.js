/** Panel 2: counts the points of what was seen. The ticks never leave this page. */

import { gettext } from "../city/gettext.js";
import { freshPage } from "./api.js";
import { isEnter } from "./keyboard.js";

const KINDS = ["identity", "residence"];
const part = (id) => document.getElementById(id);

export class Evidence {
  /** `onEnough` is called when Enter is pressed with enough points, so that the focus can move on. */
  constructor(onEnough) {
    this.panel = part("evidence-panel");
    /** Whether the old card of a renewal stands for the evidence. */
    this.waived = false;
    this.panel.addEventListener("change", () => this.show());
    this.panel.addEventListener("keydown", (event) => {
      if (!isEnter(event) || !event.target.matches("input")) return;
      event.preventDefault();
      const next = this.#boxes[this.#boxes.indexOf(event.target) + 1];
      if (this.enough && !(next && next === part("carer-age"))) onEnough();
      else (next ?? this.#boxes[0]).focus();
    });
    this.show();
  }

  get policyVersion() {
    return Number(part("evidence").dataset.policyVersion);
  }

  /** Whether both kinds of points are reached, or the old card of a renewal stands for them. */
  get enough() {
    return this.waived || KINDS.every((kind) => this.#reached(kind) >= Number(part("evidence").dataset[kind]));
  }

  /** Whether anything is ticked. */
  get begun() {
    return this.#boxes.some((box) => box.checked);
  }

  /** Whether a carer vouches for a child whose age nobody has looked at. */
  get ageOpen() {
    return this.#carerVouches && !part("carer-age").checked;
  }

  focus() {
    this.#boxes[0].focus();
  }

  /** Says how far the ticks go. */
  show() {
    const vouches = this.#carerVouches;
    part("carer-age-row")?.toggleAttribute("hidden", !vouches);
    if (part("carer-age") && !vouches) part("carer-age").checked = false;
    part("evidence").hidden = this.waived;
    part("evidence-points").classList.toggle("evidence__points--enough", this.enough);
    part("evidence-points").textContent = this.waived ? gettext("The old card is enough: it is still valid.") : this.#inWords();
  }

  #inWords() {
    const { identity, residence } = part("evidence").dataset;
    return gettext("Identity {identity} of {identity_needed}, living here {residence} of {residence_needed}", {
      identity: this.#reached("identity"),
      identity_needed: identity,
      residence: this.#reached("residence"),
      residence_needed: residence,
    }) + (this.enough ? ` – ${gettext("enough")}` : "");
  }

  /**
   * Takes over the policy in force, without a tick, when it changed while this page was open; all else stays as it is.
   * Throws SignedOut or ConnectionLost.
   */
  async renew() {
    const page = await freshPage();
    this.panel.replaceChildren(...page.getElementById("evidence-panel").childNodes);
    this.show();
  }

  get #boxes() {
    return [...part("evidence").querySelectorAll("input")].filter((box) => !box.closest("[hidden]"));
  }

  /** A policy need not know carers. */
  get #carerVouches() {
    return Boolean(part("evidence").querySelector("[data-carer]:checked"));
  }

  #reached(kind) {
    return this.#boxes.reduce((sum, box) => sum + (box.checked ? Number(box.dataset[kind] ?? 0) : 0), 0);
  }
}
