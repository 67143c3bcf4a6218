/** Forms with `data-passkey`: their button asks for a passkey and sends the browser's answer with the form. */

import { begin, offered } from "./passkey_answer.js";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const failed = form.querySelector("[data-passkey-failed]");
  button.hidden = !offered;
  form.querySelector("[data-passkey-absent]").hidden = offered;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    failed.hidden = true;
    try {
      const { sealed, answer } = await begin(form.dataset.passkey, form.action);
      form.elements.sealed.value = sealed;
      form.elements.answer.value = answer;
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}
