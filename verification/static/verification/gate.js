// Talking to the gate: two requests to the own origin, and what each failure means to the person at the counter.

export class CheckFailed extends Error {}
export class AgreementRefused extends Error {}

export function fetchAgreement(apiKey) {
  return ask("/api/v1/agreement", { headers: authorization(apiKey) });
}

export function check(apiKey, qr) {
  return ask("/api/v1/verifications", {
    method: "POST",
    headers: { ...authorization(apiKey), "Content-Type": "application/json" },
    body: JSON.stringify({ qr }),
  });
}

function authorization(apiKey) {
  // A header takes only these characters; anything else is a typing error that the gate would not understand.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new AgreementRefused("This key has characters that no API key has.");
  return { Authorization: `Api-Key ${apiKey}` };
}

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch {
    throw new CheckFailed("The city's server cannot be reached, so nothing is known about this card. Check the network and scan again.");
  }
  if (response.ok) return response.json();
  throw failure(response.status);
}

function failure(status) {
  if (status === 401) return new AgreementRefused("This API key is not known. Type it again, or ask the city for a new one.");
  if (status === 403) return new AgreementRefused("The agreement of this key is not active: it has not begun, is suspended or has ended. Ask the city's coordinator.");
  if (status === 413) return new CheckFailed("This QR code holds more than any card does. Scan the QR code of the card.");
  if (status === 429) return new CheckFailed("Too many checks in a short time. Wait a minute and scan again.");
  if (status === 503) return new CheckFailed("The city's server is just starting. Scan again in a few seconds.");
  return new CheckFailed("The city's server could not read this request, so nothing is known about this card. Scan again.");
}
