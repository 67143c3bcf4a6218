// Pairing this scanner once with an agreement: a code in, the terms and an unreadable provider key out.

import { gettext } from "../city/gettext.js";
import { fromBase64url } from "../credential/octets.js";
import { importProviderKey } from "../credential/providernumber.js";

/** The scanner could not be paired; the message says why and what to do. */
export class NotPaired extends Error {}

/** The pairing to keep for a typed `code`. Throws NotPaired. */
export async function pair(code) {
  let response;
  try {
    response = await fetch("/api/v1/pairings", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
    });
  } catch {
    throw new NotPaired(gettext("The city's server cannot be reached. Pairing needs the network, once. Check it and try again."));
  }
  if (response.status === 403 || response.status === 400) {
    throw new NotPaired(gettext("This code cannot be used: it was mistyped, used before or is too old. Type it again, or ask the city for a new one."));
  }
  if (!response.ok) throw new NotPaired(gettext("The city's server is busy or just starting. Try again in a minute."));
  const told = await response.json();
  const { provider, sector, fields, face, ends, issuer, realm } = told;
  const providerKey = await importProviderKey(fromBase64url(told.provider_key));
  return { provider, sector, fields, face, ends, issuer, realm, rootKey: fromBase64url(told.root_key), providerKey };
}

/** Whether the agreement still runs on the day of `now` (UTC seconds). */
export const isRunning = (pairing, now) => new Date(now * 1000).toISOString().slice(0, 10) <= pairing.ends;
