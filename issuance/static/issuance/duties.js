/** The duties of the desk, one shown at a time: each has a button and a section of the page. */

/** Wires every button with `data-duty` to the section with that id; `onChosen(duty)` is called after a press. */
export function switchDuties(onChosen) {
  for (const button of buttons()) {
    button.addEventListener("click", () => {
      showDuty(button.dataset.duty);
      onChosen(button.dataset.duty);
    });
  }
}

/** Shows the section of one duty and hides the others. */
export function showDuty(duty) {
  for (const button of buttons()) {
    const shown = button.dataset.duty === duty;
    button.setAttribute("aria-pressed", String(shown));
    document.getElementById(button.dataset.duty).hidden = !shown;
  }
}

function buttons() {
  return document.querySelectorAll("[data-duty]");
}
