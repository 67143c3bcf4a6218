/** Panel 2: counts the points of what was seen. The ticks never leave this page. */

import { gettext } from "../city/gettext.js";

const KINDS = ["identity", "residence"];

export class Evidence {
  /** `onEnough` is called when Enter is pressed with enough points, so that the focus can move on. */
  constructor(group, points, onEnough) {
    this.group = group;
    this.points = points;
    this.waived = false;
    this.boxes = [...group.querySelectorAll("input")];
    group.addEventListener("change", () => this.show());
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (this.enough) onEnough();
      else this.boxes[(this.boxes.indexOf(event.target) + 1) % this.boxes.length].focus();
    });
    this.show();
  }

  /** Whether both kinds of points are reached, or the old card of a renewal stands for them. */
  get enough() {
    return this.waived || KINDS.every((kind) => this.#reached(kind) >= Number(this.group.dataset[kind]));
  }

  /** Whether anything is ticked. */
  get begun() {
    return this.boxes.some((box) => box.checked);
  }

  focus() {
    this.boxes[0].focus();
  }

  /** Says how far the ticks go. */
  show() {
    this.group.hidden = this.waived;
    this.points.classList.toggle("evidence__points--enough", this.enough);
    this.points.textContent = this.waived ? gettext("The old card is enough: it is still valid.") : this.#inWords();
  }

  #inWords() {
    const { identity, residence } = this.group.dataset;
    return gettext("Identity {identity} of {identity_needed}, living here {residence} of {residence_needed}", {
      identity: this.#reached("identity"),
      identity_needed: identity,
      residence: this.#reached("residence"),
      residence_needed: residence,
    }) + (this.enough ? ` – ${gettext("enough")}` : "");
  }

  #reached(kind) {
    return this.boxes.reduce((sum, box) => sum + (box.checked ? Number(box.dataset[kind]) : 0), 0);
  }
}
