"""The demo's portraits: drawn, alike for the same seed, different for another."""

from io import BytesIO

from PIL import Image, ImageChops, ImageStat

from cardservice.cli.portrait import HEIGHT, WIDTH, draw_portrait


def test_it_draws_a_portrait_photograph_as_jpeg():
    image = Image.open(BytesIO(draw_portrait(1)))
    assert (image.format, image.size) == ("JPEG", (WIDTH, HEIGHT))


def test_the_same_seed_draws_the_same_face():
    assert draw_portrait(2) == draw_portrait(2)


def test_other_seeds_draw_other_faces():
    first, second = (Image.open(BytesIO(draw_portrait(seed))) for seed in (1, 2))
    assert max(ImageStat.Stat(ImageChops.difference(first, second)).mean) > 10
