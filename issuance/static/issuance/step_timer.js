/** How long each step with this resident takes, against the two minutes: for the clerk's eyes, in page memory only. */

const BEGINNINGS = ["input", "click", "keydown"];

export class StepTimer {
  /** `steps` maps each step to the elements in which it is done; the first touch within `whole` starts the time. */
  constructor(line, whole, steps) {
    this.total = line.querySelector('[role="timer"]');
    this.marks = new Map(Object.keys(steps).map((step) => [step, line.querySelector(`[data-step="${step}"]`)]));
    for (const kind of BEGINNINGS) whole.addEventListener(kind, () => this.#begin(), true);
    for (const [step, elements] of Object.entries(steps)) {
      for (const element of elements) element.addEventListener("focusin", () => this.#reach(step));
    }
    this.reset();
  }

  /** The next resident: nothing was measured yet, and nothing is kept. */
  reset() {
    clearInterval(this.beat);
    this.beat = null;
    this.ended = false;
    this.spent = new Map([...this.marks.keys()].map((step) => [step, 0]));
    this.#reach(this.marks.keys().next().value);
  }

  /** The card is in the resident's hands. */
  stop() {
    this.#count();
    clearInterval(this.beat);
    this.beat = null;
    this.ended = true;
  }

  #begin() {
    if (this.beat || this.ended) return;
    this.since = performance.now();
    this.beat = setInterval(() => this.#count(), 1000);
  }

  #reach(step) {
    this.#count();
    this.step = step;
    for (const [name, mark] of this.marks) {
      if (name === step) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
    }
    this.#show();
  }

  #count() {
    if (!this.beat) return;
    const now = performance.now();
    this.spent.set(this.step, this.spent.get(this.step) + now - this.since);
    this.since = now;
    this.#show();
  }

  #show() {
    let sum = 0;
    for (const [step, spent] of this.spent) {
      sum += spent;
      this.marks.get(step).querySelector(".pace__time").textContent = spent >= 1000 ? inMinutes(spent) : "";
    }
    this.total.textContent = inMinutes(sum);
  }
}

/** Milliseconds as minutes and seconds: "1:07". */
function inMinutes(spent) {
  const seconds = Math.floor(spent / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
