/** Panel 1: the leaflet of rights, before anything is typed, in the language the paper will have; never the last one's. */

import { isEnter } from "./keyboard.js";

const part = (id) => document.getElementById(id);

export class Inform {
  /** `onInformed` is called when the clerk goes on. The `select` of the paper's language follows the resident's. */
  constructor(select, onInformed) {
    this.panel = part("inform");
    this.select = select;
    this.panel.addEventListener("click", (event) => {
      if (event.target.name === "tongue") this.#show(event.target.value);
    });
    this.panel.addEventListener("keydown", (event) => {
      if (!isEnter(event) || event.target.name !== "tongue") return;
      event.preventDefault();
      event.target.checked = true;
      this.#show(event.target.value);
      part("informed-button").focus();
    });
    part("show-leaflet").addEventListener("click", () => {
      this.#show(this.#chosen.value);
      part("informed-button").focus();
    });
    part("informed-button").addEventListener("click", () => {
      this.#open(false);
      onInformed();
    });
    part("print-leaflet").addEventListener("click", () => window.print());
    select.addEventListener("change", () => this.#follow(select.value));
    // The form resets its fields only after this event.
    select.form.addEventListener("reset", () => setTimeout(() => this.clear()));
  }

  focus() {
    this.#chosen.focus();
  }

  clear() {
    this.#follow(this.select.value);
    this.#open(false);
  }

  #show(language) {
    this.select.value = language;
    // What is shown as it will print has another paper now.
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.#follow(language);
    this.#open(true);
  }

  #follow(language) {
    for (const radio of this.panel.querySelectorAll('[name="tongue"]')) radio.checked = radio.value === language;
    for (const leaflet of this.panel.querySelectorAll("[data-leaflet]")) {
      leaflet.hidden = leaflet.dataset.leaflet !== language;
    }
  }

  #open(open) {
    part("leaflet").hidden = !open;
    part("show-leaflet").hidden = open;
  }

  get #chosen() {
    return this.panel.querySelector('[name="tongue"]:checked');
  }
}
