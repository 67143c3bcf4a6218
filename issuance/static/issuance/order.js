/** What stands in panels 2 and 3, as the body of a request; what is missing, in words beside its field. */

import { gettext } from "../city/gettext.js";
import { ageOn, parseBorn } from "./born.js";
import { setFieldError } from "./messages.js";
import { base64 } from "./photo.js";

const part = (id) => document.getElementById(id);

/** The order as POST /cards/preview takes it, or null after saying what is missing, with the focus there. */
export function readOrder({ form, evidence, pictures, profile }) {
  const takesBorn = profile.dataset.takesBorn === "yes";
  const name = part("name").value.trim();
  const born = takesBorn ? parseBorn(part("born").value) : null;
  const wrong = {
    evidence: !evidence.enough && gettext("Tick what you have seen until both kinds of points are reached."),
    name: !name && gettext("Type the name."),
    born: born === undefined && gettext("This is not a date that was. Type day, month and year: 27-03-1985."),
  };
  const fromAge = Number(part("evidence").dataset.fromAge);
  if (born && ageOn(born) < fromAge) wrong.born = gettext("There are cards from {age} years on.", { age: fromAge });
  else if (evidence.ageOpen && !born) {
    wrong.evidence ||= takesBorn
      ? gettext("Tick that the child is {age} or older, or type the birth date.", { age: fromAge })
      : gettext("Tick that the child is {age} or older.", { age: fromAge });
  }
  for (const [field, text] of Object.entries(wrong)) if (text) setFieldError(form, field, text);
  const first = form.querySelector('[aria-invalid="true"]');
  if (first) {
    (wrong.evidence && evidence.ageOpen ? part("carer-age") : first).focus();
    return null;
  }
  const photo = profile.dataset.takesPhoto === "yes" ? pictures : null;
  return {
    profile: profile.value,
    policy_version: evidence.policyVersion,
    name,
    ...(born && { born }),
    ...(photo && { photo_qr: base64(photo.qr), photo_print: base64(photo.print) }),
    language: part("language").value,
    ...(part("large-print").checked && { large_print: true }),
  };
}
