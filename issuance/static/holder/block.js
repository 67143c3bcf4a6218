// The page that blocks a card: takes the code that the slip's QR carries after `#`, and says when one is mistyped.

import { Mistyped } from "../credential/crockford.js";
import { parseSlipCode } from "../credential/numbers.js";

const field = document.getElementById("slip_code");
const mistyped = document.getElementById("mistyped");
const fromSlip = document.getElementById("from-slip");

function isMistyped(text) {
  try {
    parseSlipCode(text);
    return false;
  } catch (error) {
    if (!(error instanceof Mistyped)) throw error;
    return true;
  }
}

/** Takes the code out of the address, so that neither history nor a shared link holds it. */
function takeFromAddress() {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = code;
  fromSlip.hidden = isMistyped(code);
}

function showMistyped(wrong) {
  mistyped.hidden = !wrong;
  field.toggleAttribute("aria-invalid", false);
  if (wrong) field.setAttribute("aria-invalid", "true");
}

document.getElementById("block-form").addEventListener("submit", (event) => {
  const wrong = isMistyped(field.value);
  showMistyped(wrong);
  if (!wrong) return;
  event.preventDefault();
  field.focus();
});
field.addEventListener("input", () => {
  showMistyped(false);
  fromSlip.hidden = true;
});
// Whoever changes the language keeps what was typed; after `#` no server hears of it.
for (const link of document.querySelectorAll(".languages a")) {
  link.addEventListener("click", () => {
    if (field.value) link.hash = field.value;
  });
}
// The back-forward cache would show the code to the next person at this device.
addEventListener("pagehide", () => {
  field.value = "";
});
addEventListener("hashchange", takeFromAddress);
takeFromAddress();
