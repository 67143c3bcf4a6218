/** Enter moves on to the next field, in work order; on a button it presses it, as everywhere. */

const MOVES_ON = 'input:not([type="radio"], [type="checkbox"], [type="file"]), select, input[type="radio"]:checked';
const STOPS = `${MOVES_ON}, button, .file-button input`;

/** Whether this is Enter alone: with another key it is a shortcut, within a word that is being composed a letter. */
export function isEnter(event) {
  return event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Makes Enter advance within `form`; the last stop is its submit button. */
export function advanceOnEnter(form) {
  form.addEventListener("keydown", (event) => {
    if (!isEnter(event) || !event.target.matches(MOVES_ON)) return;
    event.preventDefault();
    const stops = [...form.querySelectorAll(STOPS)].filter(canTakeFocus);
    stops[stops.indexOf(event.target) + 1]?.focus();
  });
}

function canTakeFocus(element) {
  return !element.disabled && element.offsetParent !== null && !element.closest("[hidden], :disabled");
}
