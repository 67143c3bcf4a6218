// A typed card number: whether it is blocked, and nothing more; a number proves nothing about a card.

import { gettext } from "../city/gettext.js";
import { Mistyped } from "../credential/crockford.js";
import { parseCardNumber } from "../credential/numbers.js";

/** What to say about the typed `text` at `now` (UTC seconds). */
export function sayOfNumber(text, { trust, now }) {
  let place;
  try {
    place = parseCardNumber(text);
  } catch (error) {
    if (error instanceof Mistyped) return gettext("This number was mistyped: compare it with the card and type it again.");
    throw error;
  }
  const list = trust.lists.get(`${trust.issuer}/s/${place.listNumber}`);
  const blocked = list?.blocked(place.index) ?? null;
  if (blocked) return gettext("This number is blocked. Do not turn the person away: the card desk can help.");
  const stale = !trust.keySet || now >= trust.keySet.exp || blocked === null || now >= list.exp || now < trust.highestIat;
  if (stale) return gettext("Whether this number is blocked cannot be known now: the list is missing or too old.");
  return gettext("This number is not blocked. That proves nothing: anybody can type a number. Scan the code of the card.");
}
