"""Draws portraits of people who do not exist, for the demo: shaded and blurred like a photograph, as JPEG."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 600, 750
_FRAME = (72, 80, 528, 650)
"""What of the drawing the camera sees: a face fills a passport photograph."""
_Point = tuple[float, float]
_Colour = tuple[int, int, int]

_SKINS = ((246, 212, 186), (230, 186, 150), (205, 152, 112), (168, 114, 78), (124, 80, 54), (88, 56, 40))
_HAIR = ((28, 22, 20), (58, 38, 26), (104, 68, 40), (150, 108, 62), (120, 116, 114))
_CLOTHES = ((44, 82, 110), (120, 52, 60), (56, 96, 74), (96, 84, 120), (150, 112, 60))
_WALLS = ((206, 214, 218), (214, 210, 200), (198, 208, 204))


@dataclass(frozen=True)
class _Look:
    skin: _Colour
    hair: _Colour
    clothes: _Colour
    wall: _Colour
    face_width: float
    face_height: float
    style: str
    glasses: bool
    smile: float


def draw_portrait(seed: int) -> bytes:
    """A drawn face, 600 x 750 pixels; the same seed gives the same face."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, no secret
    look = _Look(
        skin=chance.choice(_SKINS),
        hair=chance.choice(_HAIR),
        clothes=chance.choice(_CLOTHES),
        wall=chance.choice(_WALLS),
        face_width=chance.uniform(112, 126),
        face_height=chance.uniform(154, 168),
        style=chance.choice(("short", "long", "curly", "scarf")),
        glasses=chance.random() < 0.25,
        smile=chance.uniform(6, 16),
    )
    image = _wall(look)
    _behind(image, look, chance)
    _shoulders(image, look)
    _head(image, look)
    _features(image, look)
    _hair(image, look, chance)
    return _as_photograph(image, chance)


def _wall(look: _Look) -> Image.Image:
    gradient = Image.radial_gradient("L").resize((WIDTH * 2, HEIGHT * 2)).crop((420, 260, 420 + WIDTH, 260 + HEIGHT))
    return Image.composite(Image.new("RGB", (WIDTH, HEIGHT), _tone(look.wall, 0.72)), _flat(look.wall), gradient)


def _shoulders(image: Image.Image, look: _Look) -> None:
    neck = _drawn("polygon", [(244, 420), (356, 420), (372, 600), (228, 600)], fill=255, blur=6)
    _paint(image, neck, _tone(look.skin, 0.78))
    shadow = _drawn("ellipse", (225, 430, 375, 545), fill=150, blur=16)
    _paint(image, ImageChops.multiply(shadow, neck), _tone(look.skin, 0.52))

    def body(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse((70, 545, 530, 1000), fill=255)
        draw.rounded_rectangle((60, 620, 540, 760), 90, fill=255)

    cloth = _mask(body, 4)
    collar = _drawn("ellipse", (222, 490, 378, 606), fill=255, blur=4)
    cloth = ImageChops.subtract(cloth, collar)
    _paint(image, cloth, look.clothes)
    light = _drawn("ellipse", (90, 560, 330, 780), fill=120, blur=50)
    _paint(image, ImageChops.multiply(cloth, light), _tone(look.clothes, 1.45))
    fold = _drawn("arc", (210, 480, 390, 620), 10, 170, fill=200, width=12, blur=5)
    _paint(image, ImageChops.multiply(cloth, fold), _tone(look.clothes, 0.6))


def _head(image: Image.Image, look: _Look) -> None:
    for side in (-1, 1):
        x = 300 + side * (look.face_width - 2)
        ear = _drawn("ellipse", (x - 20, 318, x + 20, 388), fill=255, blur=3)
        _paint(image, ear, _tone(look.skin, 0.82))
    face = _face_mask(look)
    _paint(image, face, look.skin)
    shade = _drawn("ellipse", (320, 180, 620, 600), fill=150, blur=60)
    _paint(image, ImageChops.multiply(face, shade), _tone(look.skin, 0.66))
    jaw = ImageChops.subtract(face, _drawn("ellipse", (190, 130, 410, 492), fill=255, blur=26))
    _paint(image, jaw.point(lambda value: value * 0.75), _tone(look.skin, 0.6))
    for box, strength in (((212, 212, 330, 290), 120), ((205, 350, 272, 408), 105), ((282, 300, 304, 392), 120)):
        light = _drawn("ellipse", box, fill=strength, blur=18)
        _paint(image, ImageChops.multiply(face, light), _tone(look.skin, 1.16))
    for x in (232, 368):
        blush = _drawn("ellipse", (x - 30, 368, x + 30, 416), fill=70, blur=16)
        _paint(image, ImageChops.multiply(face, blush), _mix(look.skin, (196, 76, 70), 0.6))


def _features(image: Image.Image, look: _Look) -> None:
    dark = _mix(look.hair, (30, 20, 16), 0.5)
    for side in (-1, 1):
        x = 300 + side * 50
        socket = _drawn("ellipse", (x - 36, 318, x + 36, 368), fill=120, blur=10)
        _paint(image, socket, _tone(look.skin, 0.66))
        almond = _almond(x, 345, 25, 11)
        eye = _drawn("polygon", almond, fill=255, blur=1.4)
        _paint(image, eye, (236, 232, 228))
        iris = _drawn("ellipse", (x - 11, 334, x + 11, 356), fill=255, blur=1.2)
        _paint(image, ImageChops.multiply(eye, iris), (66, 44, 32))
        pupil = _drawn("ellipse", (x - 5, 340, x + 5, 350), fill=255, blur=1)
        _paint(image, ImageChops.multiply(eye, pupil), (14, 10, 10))
        glint = _drawn("ellipse", (x - 6, 337, x - 1, 342), fill=255, blur=0.8)
        _paint(image, glint, (250, 250, 250))
        lid = _drawn("line", almond[: len(almond) // 2 + 1], fill=255, width=5, blur=1.4)
        _paint(image, lid, _tone(look.skin, 0.28))
        brow = [(x + side * offset, 309 - rise) for offset, rise in ((-30, -5), (-10, 6), (14, 8), (36, -3))]
        _paint(image, _drawn("line", brow, fill=230, width=11, joint="curve", blur=2.6), dark)
    nose = [(312, 330), (318, 392), (328, 412), (318, 423)]
    _paint(image, _drawn("line", nose, fill=150, width=9, joint="curve", blur=5), _tone(look.skin, 0.55))
    under = _drawn("ellipse", (272, 410, 328, 430), fill=150, blur=6)
    _paint(image, under, _tone(look.skin, 0.6))
    for x in (285, 315):
        nostril = _drawn("ellipse", (x - 7, 415, x + 7, 424), fill=210, blur=2.4)
        _paint(image, nostril, _tone(look.skin, 0.3))
    _mouth(image, look)
    if look.glasses:
        for x in (248, 352):
            rim = _drawn("rounded_rectangle", (x - 44, 314, x + 44, 380), 26, outline=255, width=5, blur=1)
            _paint(image, rim, (34, 32, 34))
        _paint(image, _drawn("arc", (290, 328, 310, 352), 180, 360, fill=255, width=5, blur=1), (34, 32, 34))


def _mouth(image: Image.Image, look: _Look) -> None:
    lips = _mix(look.skin, (150, 52, 56), 0.5)
    ends = [(300 + step * 4.4, 460 - look.smile * (step / 10) ** 2) for step in range(-10, 11)]
    upper = [*ends, *((x, y - 9 * math.cos((x - 300) / 44 * math.pi / 2)) for x, y in reversed(ends))]
    lower = [*ends, *((x, y + 14 * math.cos((x - 300) / 44 * math.pi / 2)) for x, y in reversed(ends))]
    _paint(image, _drawn("polygon", upper, fill=235, blur=2), _tone(lips, 0.84))
    _paint(image, _drawn("polygon", lower, fill=235, blur=2), lips)
    _paint(image, _drawn("line", ends, fill=220, width=4, blur=1.5), _tone(lips, 0.4))
    shine = _drawn("ellipse", (282, 463, 312, 470), fill=90, blur=4)
    _paint(image, shine, _tone(lips, 1.5))
    chin = _drawn("ellipse", (268, 478, 332, 492), fill=90, blur=8)
    _paint(image, chin, _tone(look.skin, 0.6))


def _behind(image: Image.Image, look: _Look, chance: random.Random) -> None:
    if look.style == "long":
        mass = _drawn("rounded_rectangle", (160, 190, 440, 640), 120, fill=255, blur=8)
        _strands(image, mass, look, chance)
    elif look.style == "scarf":
        _paint(image, _drawn("ellipse", (140, 130, 460, 640), fill=255, blur=5), _tone(look.clothes, 0.9))


def _hair(image: Image.Image, look: _Look, chance: random.Random) -> None:
    if look.style == "scarf":
        _scarf(image, look)
        return
    top = 340 - look.face_height

    def cap(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse((300 - look.face_width - 20, top - 42, 300 + look.face_width + 20, 470), fill=255)
        if look.style == "curly":
            for _ in range(90):
                angle, radius = chance.uniform(math.pi * 0.94, math.pi * 2.06), chance.uniform(118, 158)
                x, y = 300 + radius * math.cos(angle), 318 + radius * 1.12 * math.sin(angle)
                draw.ellipse((x - 24, y - 24, x + 24, y + 24), fill=255)

    opening = _drawn("ellipse", (300 - look.face_width + 8, top + 42, 300 + look.face_width - 8, 720), fill=255, blur=7)
    below = _drawn("rectangle", (0, 372, WIDTH, HEIGHT), fill=255, blur=14)
    mass = ImageChops.subtract(ImageChops.subtract(_mask(cap, 3), opening), below)
    shade = ImageChops.multiply(_face_mask(look), ImageChops.offset(mass, 5, 14).filter(ImageFilter.GaussianBlur(9)))
    _paint(image, shade.point(lambda value: value * 0.55), _tone(look.skin, 0.5))
    _strands(image, mass, look, chance)


def _strands(image: Image.Image, mass: Image.Image, look: _Look, chance: random.Random) -> None:
    _paint(image, mass, look.hair)
    fine = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(fine)
    for _ in range(260):
        x, y = chance.uniform(150, 450), chance.uniform(120, 420)
        bend = (x - 300) * 0.5
        draw.line(
            [(x, y), (x + bend * 0.35, y + 40), (x + bend * 0.6, y + 120)], fill=chance.randrange(40, 150), width=2
        )
    fine = fine.filter(ImageFilter.GaussianBlur(1.2))
    _paint(image, ImageChops.multiply(mass, fine), _tone(_mix(look.hair, (150, 130, 110), 0.35), 1.2))
    light = _drawn("ellipse", (190, 130, 320, 230), fill=110, blur=26)
    _paint(image, ImageChops.multiply(mass, light), _tone(_mix(look.hair, (200, 180, 160), 0.4), 1.1))


def _scarf(image: Image.Image, look: _Look) -> None:
    cloth = _tone(look.clothes, 1.1)
    outer = _drawn("ellipse", (152, 126, 448, 580), fill=255, blur=4)
    opening = _drawn("ellipse", (300 - look.face_width + 10, 208, 300 + look.face_width - 10, 512), fill=255, blur=4)
    mass = ImageChops.subtract(outer, opening)
    _paint(image, mass, cloth)
    for inset in (10, 26, 40):
        box = (152 + inset, 126 + inset, 448 - inset, 580 - inset)
        fold = _drawn("arc", box, 150, 330, fill=130, width=7, blur=5)
        _paint(image, ImageChops.multiply(mass, fold), _tone(cloth, 0.66))
    drape = _drawn("polygon", [(190, 480), (410, 480), (470, 690), (130, 690)], fill=255, blur=14)
    drape = ImageChops.subtract(drape, opening)
    _paint(image, drape, _tone(cloth, 0.94))
    for x in (230, 300, 372):
        crease = _drawn("line", [(300, 520), (x, 700)], fill=130, width=12, blur=8)
        _paint(image, ImageChops.multiply(drape, crease), _tone(cloth, 0.6))


def _as_photograph(image: Image.Image, chance: random.Random) -> bytes:
    image = image.crop(_FRAME).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1.2))
    noise = Image.frombytes("L", (WIDTH, HEIGHT), chance.randbytes(WIDTH * HEIGHT))
    noise = noise.filter(ImageFilter.GaussianBlur(0.8))
    grain = Image.merge("RGB", (noise, noise, noise))
    image = Image.blend(image, ImageChops.soft_light(image, grain), 0.10)
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _face_mask(look: _Look) -> Image.Image:
    points: list[_Point] = []
    for step in range(120):
        angle = step / 120 * 2 * math.pi
        x, y = math.cos(angle), math.sin(angle)
        # Below the cheeks a face narrows towards the chin.
        narrow = 1 - 0.24 * max(0.0, y) ** 1.6
        points.append((300 + look.face_width * x * narrow, 344 + look.face_height * y))
    return _drawn("polygon", points, fill=255, blur=3)


def _almond(x: float, y: float, width: float, height: float) -> list[_Point]:
    upper = [(x + width * step / 8, y - height * math.cos(step / 8 * math.pi / 2)) for step in range(-8, 9)]
    lower = [(x + width * step / 8, y + height * 0.7 * math.cos(step / 8 * math.pi / 2)) for step in range(8, -9, -1)]
    return upper + lower


def _mask(draw_on: Callable[[ImageDraw.ImageDraw], None], blur: float) -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    draw_on(ImageDraw.Draw(mask))
    return mask.filter(ImageFilter.GaussianBlur(blur))


def _drawn(kind: str, *where: Any, blur: float, **how: Any) -> Image.Image:
    """A soft mask of one of ImageDraw's shapes."""
    return _mask(lambda draw: getattr(draw, kind)(*where, **how), blur)


def _paint(image: Image.Image, mask: Image.Image, colour: _Colour) -> None:
    image.paste(colour, (0, 0, WIDTH, HEIGHT), mask)


def _flat(colour: _Colour) -> Image.Image:
    return Image.new("RGB", (WIDTH, HEIGHT), colour)


def _tone(colour: _Colour, factor: float) -> _Colour:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def _mix(first: _Colour, second: _Colour, share: float) -> _Colour:
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
