/** A question before something that cannot be undone, in the page: the browser's own is taken away when a PDF loads. */

const part = (id) => document.getElementById(id);

/** Asks `text` with one button that says `deed`; resolves to whether that was pressed. */
export function question(text, deed) {
  return new Promise((resolve) => {
    document.body.append(part("question-template").content.cloneNode(true));
    const dialog = part("question");
    part("question-text").textContent = text;
    part("question-yes").textContent = deed;
    part("question-yes").addEventListener("click", () => dialog.close("yes"));
    part("question-no").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}
