"""Compartment issuance (WHO, for one request): register, signing, cards, publication."""
