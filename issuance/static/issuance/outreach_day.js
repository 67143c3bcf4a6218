/** A day with a queue: blank cards left, numbers in place of names, large print. In page memory, tied to no card. */

import { gettext } from "../city/gettext.js";

const TICKETS_ON_A_SHEET = 24;
const LAST_TICKET = 9999;
const FEW = 5;
const part = (id) => document.getElementById(id);

export class OutreachDay {
  /** `panel` holds the fields, `sheet` is the list that is printed and empty otherwise; `onLarge` follows large print. */
  constructor(panel, sheet, onLarge) {
    this.panel = panel;
    this.sheet = sheet;
    panel.addEventListener("input", (event) => {
      const { target } = event;
      if (target.id === "large-print") {
        document.documentElement.classList.toggle("large-print", target.checked);
        onLarge();
      } else target.value = target.value.replace(/\D/g, "");
      this.#show();
    });
    part("call-ticket").addEventListener("click", () => this.#call());
    part("print-tickets").addEventListener("click", () => this.#printTickets());
    window.addEventListener("afterprint", () => sheet.replaceChildren());
    this.#show();
  }

  /** A card was made: one blank less, where somebody counts. */
  useBlank() {
    const left = count("blanks");
    if (left) part("blanks").value = left - 1;
    this.#show();
  }

  #call() {
    part("next-ticket").value = ((count("next-ticket") ?? 0) % LAST_TICKET) + 1;
    this.#show();
  }

  #printTickets() {
    const first = count("first-ticket") || 1;
    this.sheet.replaceChildren(
      ...Array.from({ length: TICKETS_ON_A_SHEET }, (_, position) => ticket(first + position, this.sheet.dataset.city)),
    );
    window.print();
    part("first-ticket").value = first + TICKETS_ON_A_SHEET > LAST_TICKET ? 1 : first + TICKETS_ON_A_SHEET;
    part("next-ticket").value ||= first;
    this.#show();
  }

  /** The counts beside the summary, in sight while the panel is closed. */
  #show() {
    const left = count("blanks");
    const next = count("next-ticket");
    const facts = [
      left !== null && gettext("cards left: {count}", { count: left }),
      next !== null && gettext("next: {number}", { number: next }),
    ];
    part("outreach-short").textContent = facts.filter(Boolean).join(" · ");
    let text = "";
    if (left === 0) text = gettext("No blank card is left: tell those who wait.");
    else if (left !== null && left <= FEW) text = gettext("The blank cards are nearly used up.");
    if (part("blanks-status").textContent !== text) part("blanks-status").textContent = text;
  }
}

/** The number in a field; null where nothing stands. */
function count(id) {
  return part(id).value === "" ? null : Number(part(id).value);
}

function ticket(number, city) {
  const item = document.createElement("li");
  item.className = "tickets__ticket";
  item.append(number, Object.assign(document.createElement("small"), { textContent: city }));
  return item;
}
