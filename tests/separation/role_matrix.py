"""Who may ask what of which process, stated once: address -> roles. Everything else is closed."""

ANYBODY = frozenset({"nobody", "clerk", "supervisor", "coordinator", "auditor"})
"""Answers without a session too."""
SIGNED_IN = ANYBODY - {"nobody"}
AT_THE_DESK = frozenset({"clerk", "supervisor"})
IN_THE_OFFICE = frozenset({"coordinator", "auditor"})
COORDINATORS = frozenset({"coordinator"})
WITH_KEY = frozenset({"provider"})
"""Answers to an agreement's API key; no session of any role opens it."""

SIGNING_IN: dict[str, frozenset[str]] = {
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "POST /sign-in/again": ANYBODY,
    "POST /sign-in/again/passkey": ANYBODY,
    "GET /sign-in/passkey": ANYBODY,
    "POST /sign-in/passkey": ANYBODY,
    "GET /sign-in/code": ANYBODY,
    "POST /sign-in/code": ANYBODY,
    "GET /sign-in/set-up": ANYBODY,
    "POST /sign-in/set-up": ANYBODY,
    "GET /sign-in/set-up/passkey": ANYBODY,
    "POST /sign-in/set-up/passkey": ANYBODY,
    "GET /sign-in/recovery-codes": SIGNED_IN,
    "GET /account": SIGNED_IN,
    "GET /account/passkeys": SIGNED_IN,
    "POST /account/passkeys": SIGNED_IN,
    "GET /account/authenticator": SIGNED_IN,
    "POST /account/authenticator": SIGNED_IN,
    "POST /account/factors/remove": SIGNED_IN,
    "POST /account/recovery-codes": SIGNED_IN,
    "GET /invitation": ANYBODY,
    "POST /invitation": ANYBODY,
    "POST /sign-out": ANYBODY,
    "GET /healthz": ANYBODY,
}
"""The same at desk and office: method and address -> roles."""

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
    **{f"{process} {address}": roles for process in ("desk", "office") for address, roles in SIGNING_IN.items()},
    "office GET /": IN_THE_OFFICE,
    "office GET /agreements": IN_THE_OFFICE,
    "office GET /agreements/new": COORDINATORS,
    "office POST /agreements/new": COORDINATORS,
    "office GET /agreements/<slug:provider_id>": IN_THE_OFFICE,
    "office POST /agreements/<slug:provider_id>/activate": COORDINATORS,
    "office POST /agreements/<slug:provider_id>/suspend": COORDINATORS,
    "office POST /agreements/<slug:provider_id>/end": COORDINATORS,
    "office POST /agreements/<slug:provider_id>/key": COORDINATORS,
    "office POST /agreements/<slug:provider_id>/pairing-code": COORDINATORS,
    "office GET /places": IN_THE_OFFICE,
    "office GET /places/new": COORDINATORS,
    "office POST /places/new": COORDINATORS,
    "office GET /places/<int:place_id>": COORDINATORS,
    "office POST /places/<int:place_id>": COORDINATORS,
    "office POST /places/<int:place_id>/remove": COORDINATORS,
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
    "holder GET /": ANYBODY,
    "holder GET /block": ANYBODY,
    "holder POST /block": ANYBODY,
    "holder GET /held": ANYBODY,
    "holder POST /held": ANYBODY,
    "holder GET /leaflet": ANYBODY,
    "holder GET /services": ANYBODY,
    "holder GET /healthz": ANYBODY,
}
