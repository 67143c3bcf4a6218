// The closed list of reasons why a card is not simply valid, in order of precedence, and the verdict each gives.

export const REASONS = [
  "malformed", "too_large", "unsupported", "unknown_issuer", "wrong_realm", "unknown_key", "bad_signature",
  "key_withdrawn", "not_yet_valid", "expired", "wrong_sector", "wrong_face", "blocked", "status_unknown", "stale_trust",
];
const UNSURE = new Set(["wrong_face", "status_unknown", "stale_trust"]);

export const verdictOf = (reason) => (reason === null ? "valid" : UNSURE.has(reason) ? "unsure" : "refused");

/** The only error about bytes from outside: a reason, and never a value. */
export class CredentialError extends Error {
  constructor(reason) {
    super(reason);
    this.name = "CredentialError";
    this.reason = reason;
  }
}

/** This browser lacks what the signature needs: nothing is known about the card. */
export class BrowserUnsupported extends Error {}
