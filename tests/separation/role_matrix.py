"""Who may ask what of which process, stated once: address -> roles. Everything else is closed."""

ANYBODY = frozenset({"nobody", "clerk", "supervisor", "coordinator", "auditor"})
"""Answers without a session too."""
SIGNED_IN = ANYBODY - {"nobody"}
AT_THE_DESK = frozenset({"clerk", "supervisor"})
WITH_KEY = frozenset({"provider"})
"""Answers to an agreement's API key; no session of any role opens it."""

ROLES: dict[str, frozenset[str]] = {
    "desk GET /": AT_THE_DESK,
    "desk POST /cards": AT_THE_DESK,
    "desk POST /cards/ack": AT_THE_DESK,
    "desk POST /cards/renewal": AT_THE_DESK,
    "desk POST /cards/suspend": AT_THE_DESK,
    "desk POST /cards/reinstate": AT_THE_DESK,
    "desk POST /cards/revoke": AT_THE_DESK,
    "desk POST /refusals": AT_THE_DESK,
    "desk POST /refusals/override": AT_THE_DESK,
    "desk GET /sign-in": ANYBODY,
    "desk POST /sign-in": ANYBODY,
    "desk POST /sign-in/again": ANYBODY,
    "desk POST /sign-in/again/passkey": ANYBODY,
    "desk GET /sign-in/passkey": ANYBODY,
    "desk POST /sign-in/passkey": ANYBODY,
    "desk GET /sign-in/code": ANYBODY,
    "desk POST /sign-in/code": ANYBODY,
    "desk GET /sign-in/set-up": ANYBODY,
    "desk POST /sign-in/set-up": ANYBODY,
    "desk GET /sign-in/set-up/passkey": ANYBODY,
    "desk POST /sign-in/set-up/passkey": ANYBODY,
    "desk GET /sign-in/recovery-codes": SIGNED_IN,
    "desk GET /account": SIGNED_IN,
    "desk GET /account/passkeys": SIGNED_IN,
    "desk POST /account/passkeys": SIGNED_IN,
    "desk GET /account/authenticator": SIGNED_IN,
    "desk POST /account/authenticator": SIGNED_IN,
    "desk POST /account/factors/remove": SIGNED_IN,
    "desk POST /account/recovery-codes": SIGNED_IN,
    "desk GET /invitation": ANYBODY,
    "desk POST /invitation": ANYBODY,
    "desk POST /sign-out": ANYBODY,
    "desk GET /healthz": ANYBODY,
    "gate POST /api/v1/verifications": WITH_KEY,
    "gate POST /api/v1/verifications/batch": WITH_KEY,
    "gate GET /api/v1/agreement": WITH_KEY,
    "gate POST /api/v1/pairings": ANYBODY,
    "gate POST /oauth/token": ANYBODY,
    "gate GET /api/schema": ANYBODY,
    "gate GET /trust/key-set": ANYBODY,
    "gate GET /s/<list_number:number>": ANYBODY,
    "gate GET /scan/": ANYBODY,
    "gate GET /scan/manifest.webmanifest": ANYBODY,
    "gate GET /scan/worker.js": ANYBODY,
    "gate GET /trust/commitments/<kid:kid>": ANYBODY,
    "gate GET /readyz": ANYBODY,
    "gate GET /healthz": ANYBODY,
}
