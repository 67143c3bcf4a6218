/** The leaflet of rights, shown before anything is typed: in the language the paper will have, and never the last one's. */

/** Wires the leaflet `panel` to the `select` of the paper's language: whichever is chosen, both follow. */
export function inform(panel, select) {
  const show = (language) => {
    for (const leaflet of panel.querySelectorAll("[data-leaflet]")) {
      leaflet.hidden = leaflet.dataset.leaflet !== language;
    }
    for (const button of panel.querySelectorAll("[data-shows]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shows === language));
    }
  };
  panel.addEventListener("click", (event) => {
    const language = event.target.dataset.shows;
    if (!language) return;
    select.value = language;
    show(language);
  });
  select.addEventListener("change", () => show(select.value));
  select.form.addEventListener("reset", () => {
    panel.open = false;
    // The form resets its fields only after this event.
    setTimeout(() => show(select.value));
  });
}
