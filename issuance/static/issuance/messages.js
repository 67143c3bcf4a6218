/** What went wrong, in words: beside the field where there is one, else in the form's alert. */

import { gettext } from "../city/gettext.js";
import { ConnectionLost, Refused, SignedOut } from "./api.js";

/** Shows `text` beside the field and marks it; the empty text takes both away. */
export function setFieldError(form, name, text) {
  const field = form.querySelector(`[data-field="${name}"]`);
  const place = document.getElementById(`${name}-error`);
  if (!place) return false;
  place.textContent = text;
  place.hidden = !text;
  field?.classList.toggle("form-field--invalid", Boolean(text));
  for (const input of field?.querySelectorAll("input, select") ?? []) {
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  return true;
}

/** Takes every message of `form` and its alert away. */
export function clearErrors(form, alert) {
  for (const field of form.querySelectorAll("[data-field]")) setFieldError(form, field.dataset.field, "");
  alert.hidden = true;
  alert.replaceChildren();
}

/**
 * Shows why a request failed, and moves the focus there. `fieldOf` maps a field of the request to one of the form.
 */
export function showFailure(form, alert, failure, fieldOf = (name) => name) {
  if (failure instanceof Refused) showProblem(form, alert, failure.problem, fieldOf);
  else if (failure instanceof SignedOut) say(alert, gettext("You were signed out."), gettext("Nothing is lost: press the button once more to sign in."));
  else if (failure instanceof ConnectionLost) say(alert, gettext("The desk cannot be reached."), gettext("Nothing is lost: try again."));
  else throw failure;
  const first = form.querySelector('[aria-invalid="true"]');
  (first ?? alert).focus();
}

function showProblem(form, alert, problem, fieldOf) {
  const homeless = [];
  for (const [name, wrong] of Object.entries(problem.errors ?? {})) {
    const field = fieldOf(name);
    const label = form.querySelector(`[data-field="${field}"]`)?.dataset.label;
    if (!setFieldError(form, field, sentence(`${label} ${wrong}`))) homeless.push(sentence(`${name} ${wrong}`));
  }
  if (!problem.errors || homeless.length) say(alert, sentence(problem.title), problem.detail, ...homeless);
}

/** Shows `lines`, each a paragraph, in the alert. */
export function say(alert, ...lines) {
  alert.replaceChildren(
    ...lines.filter(Boolean).map((line) => Object.assign(document.createElement("p"), { textContent: line })),
  );
  alert.hidden = false;
}

/** `text` with a full stop where it has no end of its own. */
export function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
