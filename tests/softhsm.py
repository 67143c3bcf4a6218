"""A throw-away PKCS #11 device: SoftHSM with a token in a directory of its own, which can be carried away and back."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

LABEL = "signing keys"
PIN = "84620317"
LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")


@dataclass(frozen=True)
class SoftHSM:
    """A token `LABEL` opened by `PIN`, kept in `store`."""

    module: str
    conf: Path
    store: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the signer is told of it."""
        return {
            "CARDSERVICE_PKCS11_MODULE": self.module,
            "CARDSERVICE_PKCS11_LABEL": LABEL,
            "CARDSERVICE_PKCS11_PIN": PIN,
            "CARDSERVICE_PKCS11_CONF": f"SOFTHSM2_CONF={self.conf}",
        }

    @contextmanager
    def away(self) -> Iterator[None]:
        """Unplugged while the block runs."""
        elsewhere = self.store.with_name("away")
        self.store.rename(elsewhere)
        try:
            yield
        finally:
            elsewhere.rename(self.store)


def softhsm_in(place: Path) -> SoftHSM:
    """A fresh device below `place`; skips the test where SoftHSM is not installed."""
    module = next((path for path in LIBRARIES if Path(path).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed: apt-get install softhsm2")
    store, conf = place / "store", place / "softhsm2.conf"
    store.mkdir(parents=True)
    conf.write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\nlog.level = ERROR\n")
    command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "00000000", "--pin", PIN]
    subprocess.run(command, env={"SOFTHSM2_CONF": str(conf), "PATH": "/usr/bin:/bin"}, check=True, capture_output=True)
    return SoftHSM(module=module, conf=conf, store=store)
