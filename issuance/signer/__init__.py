"""The signer: the only process that holds private keys. It answers two requests and listens on no network."""
