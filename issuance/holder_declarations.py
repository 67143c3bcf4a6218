"""What residents ask the holder process and what it answers: requests and answers, each field with its sentence."""

from cardservice.declarations import Declaration, Kind

_PAGES = (
    ("/", "finding what a resident may do here", "12"),
    ("/leaflet", "the rights of the holder, in the words of the desk", "12, 13"),
    ("/services", "where the card can be used, from the signed public document", "12"),
)

HOLDER_DECLARATIONS = (
    Declaration(
        kind=Kind.REQUEST,
        name="holder /block",
        purpose="the holder blocks a lost card with the slip",
        retention="until the answer is sent, in memory",
        readers=("holder",),
        article="12, 21",
        fields={"slip_code": "code of the holder's slip"},
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="holder /block",
        purpose="saying what happens now, the same for every code",
        retention="nothing is kept; never cached",
        readers=("public",),
        article="12, 21",
        fields={
            "page": "the form, or what to do next; the same for everybody",
            "title": "that the card of this code, if there is one, is blocked",
            "online": "when places with network see it",
            "offline": "when places without network see it",
            "detail": "that the answer is the same for every code",
        },
    ),
    Declaration(
        kind=Kind.REQUEST,
        name="holder /held",
        purpose="the holder asks what the city holds of the card",
        retention="until the answer is sent, in memory",
        readers=("holder",),
        article="15",
        fields={"card_number": "printed number of the card"},
    ),
    Declaration(
        kind=Kind.ANSWER,
        name="holder /held",
        purpose="showing everything that is held of the card",
        retention="until the page is closed; never cached",
        readers=("public",),
        article="15",
        fields={
            "page": "the same as a page",
            "card_number": "the number that was asked for",
            "held": "week, last valid month, whether blocked, signing key, how many numbers; nothing for no card",
            "words": "the same in the language of the page",
        },
    ),
    *(
        Declaration(
            kind=Kind.ANSWER,
            name=f"holder {address}",
            purpose=purpose,
            retention="nothing is kept",
            readers=("public",),
            article=article,
            fields={"page": "the same for everybody"},
        )
        for address, purpose, article in _PAGES
    ),
)
