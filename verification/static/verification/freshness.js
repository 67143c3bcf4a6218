// How old the documents are that cards are judged by, in words, and whether somebody should do something about it.

import { gettext } from "../city/gettext.js";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** {text, level} for `trust` at `now` (UTC seconds); level is "fresh", "old" (over a day) or "stale" (cannot be relied on). */
export function freshness(trust, now) {
  const issued = [...trust.lists.values()].map((list) => Number(list.iat));
  if (!trust.keySet || !issued.length) {
    return { level: "stale", text: gettext("No list of blocked cards yet: connect to the network.") };
  }
  if (now < trust.highestIat) return { level: "stale", text: gettext("The clock of this device is wrong: set it.") };
  const age = now - Math.min(...issued);
  const stale = now >= trust.keySet.exp || [...trust.lists.values()].some((list) => now >= list.exp);
  return { level: stale ? "stale" : age > DAY ? "old" : "fresh", text: ageOf(age) };
}

/** The age of one list, in words. */
export function ageOf(seconds) {
  const age = Math.max(0, seconds);
  if (age < HOUR) return gettext("List of blocked cards: {count} min old", { count: Math.floor(age / 60) });
  if (age < 2 * DAY) return gettext("List of blocked cards: {count} h old", { count: Math.floor(age / HOUR) });
  return gettext("List of blocked cards: {count} days old", { count: Math.floor(age / DAY) });
}
