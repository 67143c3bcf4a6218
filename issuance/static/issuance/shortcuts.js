/** Keys beyond Enter and Tab: each presses the button that names it in `aria-keyshortcuts` and can be pressed now. */

/** Listens for as long as the page lives. No letter is a shortcut, so nothing typed or read aloud is mistaken for one. */
export function listenForShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const keys = `${event.ctrlKey || event.metaKey ? "Control+" : ""}${event.altKey ? "Alt+" : ""}${event.key}`;
    const buttons = [...document.querySelectorAll(`[aria-keyshortcuts="${CSS.escape(keys)}"]`)];
    const button = buttons.find((it) => it.offsetParent !== null && !it.matches(":disabled"));
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
