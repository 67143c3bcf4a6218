/** Asks the browser to make or use a passkey (Web Authentication Level 3, 5.1: options and answers as JSON). */

/** Whether this browser offers passkeys to this page: it does so over https and on localhost only. */
export const offered = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

/**
 * Has a passkey made (`ceremony` "make") or used ("use") with the options that `address` gives, and resolves to what
 * is sent back there: `sealed` and `answer`, two texts. Rejects when the person, the browser or the network says no.
 */
export async function begin(ceremony, address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!response.ok) throw new Error(`options: ${response.status}`);
  const { options, sealed } = await response.json();
  const credential = ceremony === "make"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return { sealed, answer: JSON.stringify(credential) };
}
