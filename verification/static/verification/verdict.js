// The whole-screen verdict: symbol, word, colour; what to do; what the agreement lets be seen. Closed, it is empty.

import { gettext } from "../city/gettext.js";

const byId = (id) => document.getElementById(id);
const FILLED = ["verdict-word", "verdict-why", "advice", "card-name", "card-born", "card-expires", "card-number", "verdict-age", "copied"];
/** Milliseconds in which keys are not taken: scanners may send two line ends. */
const SETTLING = 300;

/**
 * Shows verdicts; `onClose()` is called when one is gone. `show` takes {verdict, reason, realm, name, born, photo,
 * expires, number, age, closesAfter}: texts, a photo as bytes, seconds (0: stays).
 */
export class VerdictScreen {
  #onClose;
  #timer = 0;
  #shownAt = 0;
  #wording = byId("wording").content;
  #title = document.title;

  constructor(onClose) {
    this.#onClose = onClose;
    const verdict = byId("verdict");
    byId("next").addEventListener("click", () => this.close());
    byId("copy").addEventListener("click", () => this.#copy());
    // Whoever touches the verdict is still looking at it.
    verdict.addEventListener("pointerdown", () => this.#hold());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get open() {
    return !byId("verdict-place").hidden;
  }

  show(told) {
    this.#empty();
    const verdict = byId("verdict");
    verdict.dataset.verdict = told.verdict;
    verdict.dataset.realm = told.realm ?? "";
    byId("verdict-word").textContent = this.#words(`[data-verdict="${told.verdict}"]`)[0];
    const [why, advice] = told.reason ? this.#words(`[data-reason="${told.reason}"]`) : ["", ""];
    byId("verdict-why").textContent = why;
    byId("advice").textContent = advice;
    byId("verdict-advice").hidden = told.verdict === "valid";
    for (const row of ["name", "born", "expires", "number"]) this.#row(row, told[row]);
    const photo = byId("card-photo");
    photo.hidden = !told.photo;
    if (told.photo) photo.src = URL.createObjectURL(new Blob([told.photo], { type: "image/webp" }));
    byId("card").hidden = !(told.name || told.born || told.expires || told.number || told.photo);
    byId("verdict-age").textContent = told.age;
    byId("page").hidden = true;
    byId("verdict-place").hidden = false;
    document.title = byId("verdict-word").textContent;
    window.scrollTo(0, 0);
    verdict.focus();
    this.#shownAt = performance.now();
    if (told.verdict === "valid" && told.closesAfter) {
      this.#timer = setTimeout(() => this.close(), told.closesAfter * 1000);
    }
  }

  close() {
    if (!this.open) return;
    this.#empty();
    byId("verdict-place").hidden = true;
    byId("page").hidden = false;
    document.title = this.#title;
    this.#onClose();
  }

  #empty() {
    clearTimeout(this.#timer);
    const photo = byId("card-photo");
    if (photo.src) URL.revokeObjectURL(photo.src);
    photo.removeAttribute("src");
    for (const id of FILLED) byId(id).textContent = "";
  }

  #words(selector) {
    const found = this.#wording.querySelector(selector);
    return found.children.length ? [...found.children].map((child) => child.textContent) : [found.textContent];
  }

  #row(name, value) {
    byId(`row-${name}`).hidden = !value;
    byId(`card-${name}`).textContent = value ?? "";
  }

  #hold() {
    clearTimeout(this.#timer);
  }

  async #copy() {
    this.#hold();
    try {
      await navigator.clipboard.writeText(byId("card-number").textContent);
      byId("copied").textContent = gettext("Copied");
    } catch {
      getSelection().selectAllChildren(byId("card-number"));
    }
  }

  #key(event) {
    if (!this.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const settling = performance.now() - this.#shownAt < SETTLING;
    if (event.key === "Tab") this.#hold();
    else if (settling && ["Enter", " "].includes(event.key)) event.preventDefault();
    else if (event.key === "Escape" || (event.target === byId("verdict") && event.key === "Enter")) this.close();
  }
}
