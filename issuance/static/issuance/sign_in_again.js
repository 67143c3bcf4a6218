/** Signing in again in place: the page stays as it is, and whoever asked goes on with the same request. */

import { gettext } from "../city/gettext.js";
import { begin, offered } from "../staff/passkey_answer.js";
import { Refused, postOnce } from "./api.js";
import { clearErrors, say, sentence } from "./messages.js";

const part = (id) => document.getElementById(id);

/** The question that is open, for all who ask meanwhile. */
let asked = null;

/** Asks whoever works here to sign in; resolves to whether that was done. */
export function signInAgain() {
  asked ??= new Promise((resolve) => {
    // The form comes with the question: before it there is no place for a password on this page, after it none is left.
    document.body.append(part("again-template").content.cloneNode(true));
    const dialog = part("sign-in-again");
    part("again-form").addEventListener("submit", (event) => {
      event.preventDefault();
      signIn(dialog, withCode);
    });
    part("again-passkey").hidden = !offered;
    part("again-passkey").addEventListener("click", () => signIn(dialog, withPasskey));
    for (const id of ["again-cancel", "again-elsewhere"]) part(id).addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      asked = null;
      resolve(dialog.returnValue === "signed in");
      dialog.remove();
    });
    dialog.showModal();
  });
  return asked;
}

const withCode = () =>
  postOnce("/sign-in/again", {
    staff_code: part("again-code").value,
    password: part("again-password").value,
    totp: part("again-totp").value,
  });

async function withPasskey() {
  const given = await begin("use", "/sign-in/passkey").catch(() => null);
  if (given === null) throw new NoPasskey();
  await postOnce("/sign-in/again/passkey", given);
}

/** The person or the browser gave none. */
class NoPasskey extends Error {}

async function signIn(dialog, way) {
  const [button, password, totp, alert] = ["button", "password", "totp", "alert"].map((name) => part(`again-${name}`));
  if (button.disabled) return;
  clearErrors(dialog, alert);
  button.disabled = true;
  try {
    await way();
    dialog.close("signed in");
  } catch (failure) {
    password.value = totp.value = "";
    if (failure instanceof Refused) say(alert, sentence(failure.problem.title), failure.problem.detail);
    else if (failure instanceof NoPasskey) say(alert, gettext("The browser gave no passkey."), gettext("Try again, or use another way."));
    else say(alert, gettext("The desk cannot be reached."), gettext("Nothing is lost: try again."));
    password.focus();
  } finally {
    button.disabled = false;
  }
}
