"""Card profiles, as data: which credentials a card has, which fields each holds, which faces are printed."""

from dataclasses import dataclass

SECTORS = ("health", "education", "shelter", "legal", "safe-reporting", "culture", "municipal")
"""Purposes of checking: the sector codes of agreements and of `aud`."""

FIELDS = ("name", "born", "photo")
"""What an agreement may let a provider see. Card number, cti, link and index are never fields."""


@dataclass(frozen=True)
class Face:
    """One printed QR: its name and the fields it holds besides the name."""

    name: str
    born: bool = False
    photo: bool = False


@dataclass(frozen=True)
class CredentialProfile:
    """One signed unit: good in `sector` (None: in every one), printed as `faces` that share cti, link and index."""

    faces: tuple[Face, ...]
    sector: str | None = None


@dataclass(frozen=True)
class CardProfile:
    """A kind of card. `months` is how long it is valid after its month of issue; `asks` what the desk must be given."""

    code: str
    months: int
    credentials: tuple[CredentialProfile, ...]

    @property
    def takes_born(self) -> bool:
        """Whether any face holds the birth date: only then may the desk ask for it."""
        return any(face.born for credential in self.credentials for face in credential.faces)

    @property
    def takes_photo(self) -> bool:
        """Whether any face holds the photo."""
        return any(face.photo for credential in self.credentials for face in credential.faces)


COMPACT, PORTRAIT = "compact", "portrait"

STANDARD = CardProfile(
    code="standard",
    months=36,
    credentials=(CredentialProfile(faces=(Face(COMPACT), Face(PORTRAIT, born=True, photo=True))),),
)
SECTORAL = CardProfile(
    code="sectors",
    months=36,
    credentials=tuple(
        CredentialProfile(sector=sector, faces=(Face(COMPACT, born=sector in ("health", "education")),))
        for sector in SECTORS
    ),
)
PROFILES = {profile.code: profile for profile in (STANDARD, SECTORAL)}
