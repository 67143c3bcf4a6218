"""Names and numbers as people write them, accepted and refused."""

from collections.abc import Iterator

from cardservice.credential.names import NameProblem

ACCEPTED_NAMES: tuple[tuple[str, str], ...] = (
    ("Ada Example", "Ada Example"),
    ("  Ada \u00a0 Example\u3000", "Ada Example"),
    ("Ame\u0301lie", "Am\u00e9lie"),
    ("\u212bsa", "\u00c5sa"),
    ("O'Example", "O'Example"),
    ("O\u2019Example-Sample", "O\u2019Example-Sample"),
    ("\u02bbAkahi", "\u02bbAkahi"),
    ("Q", "Q"),
    ("Ng\u1ecdc \u0110\u1eb7ng", "Ng\u1ecdc \u0110\u1eb7ng"),
    ("Ste\u030cpa\u0301n", "St\u011bp\u00e1n"),
    ("M\u0331", "M\u0331"),
    ("\u1e62\u1ecd\u0301la", "\u1e62\u1ecd\u0301la"),
    ("\u041e\u043b\u0435\u043d\u0430", "\u041e\u043b\u0435\u043d\u0430"),
    ("\u0645\u062d\u0645\u0651\u062f", "\u0645\u062d\u0645\u0651\u062f"),
    ("\u0646\u06cc\u06a9\u200c\u0646\u0627\u0645", "\u0646\u06cc\u06a9\u200c\u0646\u0627\u0645"),
    ("\u05e9\u05b8\u05c2\u05e8\u05b8\u05d4", "\u05e9\u05b8\u05c2\u05e8\u05b8\u05d4"),
    ("\u1230\u120b\u121d \u12a0\u1260\u1260", "\u1230\u120b\u121d \u12a0\u1260\u1260"),
    ("\u0936\u094d\u0930\u0940", "\u0936\u094d\u0930\u0940"),
    ("\u0995\u09cd\u200d\u09b7", "\u0995\u09cd\u200d\u09b7"),
    ("\u09b0\u200d\u09cd\u09af\u09be\u09ae", "\u09b0\u200d\u09cd\u09af\u09be\u09ae"),
    ("\u0d05\u0d28\u0d4d\u200d", "\u0d05\u0d28\u0d4d\u200d"),
    ("\u0ba4\u0bae\u0bbf\u0bb4\u0bcd", "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd"),
    ("\u0e2a\u0e38\u0e23\u0e35\u0e22\u0e4c", "\u0e2a\u0e38\u0e23\u0e35\u0e22\u0e4c"),
    ("\u1019\u103c\u1004\u103a\u1037", "\u1019\u103c\u1004\u1037\u103a"),
    ("\u0f56\u0f66\u0f9f\u0f53", "\u0f56\u0f66\u0f9f\u0f53"),
    ("\u5f20\u4f1f", "\u5f20\u4f1f"),
    ("\U00020bb7\u7530", "\U00020bb7\u7530"),
    ("\u845b\U000e0100\u57ce", "\u845b\U000e0100\u57ce"),
    ("\u1112\u1161\u11ab", "\ud55c"),
    ("\u10d4\u10da\u10d4\u10dc\u10d4", "\u10d4\u10da\u10d4\u10dc\u10d4"),
    ("\u0531\u0576\u056b", "\u0531\u0576\u056b"),
    ("\u182e\u1823\u1829", "\u182e\u1823\u1829"),
    ("Example the 3rd", "Example the 3rd"),
    ("x" * 80, "x" * 80),
    ("e\u0301" * 80, "\u00e9" * 80),
    ("\U00020bb7" * 80, "\U00020bb7" * 80),
)
"""As typed, as written on the card."""

REFUSED_NAMES: tuple[tuple[str, NameProblem], ...] = (
    ("", NameProblem.EMPTY),
    ("   ", NameProblem.EMPTY),
    ("\u00a0\u3000", NameProblem.EMPTY),
    ("\u200d", NameProblem.EMPTY),
    (" \u200c ", NameProblem.EMPTY),
    ("x" * 81, NameProblem.TOO_LONG),
    ("\U00020bb7" * 81, NameProblem.TOO_LONG),
    ("\ufb2c" * 27, NameProblem.TOO_LONG),
    ("Ada\x00", NameProblem.CONTROL_CHARACTER),
    ("Ada\nExample", NameProblem.CONTROL_CHARACTER),
    ("Ada\tExample", NameProblem.CONTROL_CHARACTER),
    ("Ada\x1b[31m", NameProblem.CONTROL_CHARACTER),
    ("Ada\x7f", NameProblem.CONTROL_CHARACTER),
    ("Ada\x85", NameProblem.CONTROL_CHARACTER),
    ("Ada\u2028", NameProblem.CONTROL_CHARACTER),
    ("Ada\u2029", NameProblem.CONTROL_CHARACTER),
    ("A\u00adda", NameProblem.CONTROL_CHARACTER),
    ("A\u200bda", NameProblem.CONTROL_CHARACTER),
    ("\ufeffAda", NameProblem.CONTROL_CHARACTER),
    ("Ada\u2060", NameProblem.CONTROL_CHARACTER),
    ("Ada\U000e0041", NameProblem.CONTROL_CHARACTER),
    ("Ada\u202eelpmaxE", NameProblem.BIDI_OVERRIDE),
    ("Ada\u202a", NameProblem.BIDI_OVERRIDE),
    ("Ada\u2066", NameProblem.BIDI_OVERRIDE),
    ("Ada\u200f", NameProblem.BIDI_OVERRIDE),
    ("Ada\u061c", NameProblem.BIDI_OVERRIDE),
    ("\u0301Ada", NameProblem.LONE_COMBINING_MARK),
    ("Ada \u0301", NameProblem.LONE_COMBINING_MARK),
    ("Ada\u00a0\u0301", NameProblem.LONE_COMBINING_MARK),
    ("1\u0301", NameProblem.LONE_COMBINING_MARK),
    ("-\u0338", NameProblem.LONE_COMBINING_MARK),
    ("\u200dAda", NameProblem.LONE_COMBINING_MARK),
    ("Ada \u200dE", NameProblem.LONE_COMBINING_MARK),
    ("A\u200d\u200dda", NameProblem.LONE_COMBINING_MARK),
    ("Ada\ue000", NameProblem.UNKNOWN_CHARACTER),
    ("Ada\U000f0000", NameProblem.UNKNOWN_CHARACTER),
    ("Ada\ufdd0", NameProblem.UNKNOWN_CHARACTER),
    ("Ada\uffff", NameProblem.UNKNOWN_CHARACTER),
    ("Ada\ud800", NameProblem.UNKNOWN_CHARACTER),
    ("\u3164", NameProblem.UNKNOWN_CHARACTER),
    ("\uffa0", NameProblem.UNKNOWN_CHARACTER),
    ("\u2800", NameProblem.UNKNOWN_CHARACTER),
    ("\u1160", NameProblem.UNKNOWN_CHARACTER),
)
"""As typed, why it is refused."""

CARD_NUMBERS: tuple[tuple[int, int], ...] = (
    (0, 0),
    (0, 1),
    (0, 31),
    (0, 32),
    (0, 4711),
    (0, 2**20 - 1),
    (1, 0),
    (1, 4711),
    (511, 524_287),
    (1023, 2**20 - 1),
)
"""List number and index."""

MISTYPED = {"list_number": 1, "index": 807}
"""Of the card number that is then mistyped."""


def typed(number: str) -> Iterator[str]:
    """The ways in which a number is typed and still read."""
    plain = number.replace("-", "")
    yield from (f" {number} ", number.lower(), plain, " ".join(plain), "--" + plain, plain.replace("0", "o"))
    yield from (plain.replace("0", "O"), plain.replace("1", "i"), plain.replace("1", "L"))


def mistyped(number: str) -> Iterator[tuple[str, str]]:
    """What is wrong, and the number typed so."""
    plain = number.replace("-", "")
    yield "nothing", ""
    yield "a symbol missing", plain[:-1]
    yield "a symbol too many", plain + "0"
    yield "last symbol wrong", plain[:-1] + ("0" if plain[-1] != "0" else "2")
    yield "first symbol wrong", ("2" if plain[0] != "2" else "3") + plain[1:]
    swap = next(n for n in range(len(plain) - 1) if plain[n] != plain[n + 1])
    yield "two symbols swapped", plain[:swap] + plain[swap + 1] + plain[swap] + plain[swap + 2 :]
    yield "the letter U", "U" + plain[1:]
    yield "another hyphen", plain[:3] + "\u2010" + plain[3:]
    yield "full-width digit", plain[:-1] + "\uff10"
    yield "dotless i", plain.replace("1", "\u0131")
    yield "long s", plain.replace("S", "\u017f")
    yield "tab", plain[:3] + "\t" + plain[3:]
