"""Whatever is sent, what is kept is a plain picture with nothing hidden in it, or a refusal."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.errors import Problem
from app.photos import pictures
from tests.photos import shots


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def refusal(content: bytes) -> tuple[int, str, str]:
    with pytest.raises(Problem) as caught:
        pictures.draw(content)
    return caught.value.status, caught.value.code, caught.value.detail


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_it_was_taken_is_gone(kind):
    sent = shots.with_a_place(kind=kind)
    assert sent.count(shots.SECRET) >= 2
    kept = pictures.draw(sent)
    for content in (kept.full, kept.small):
        assert shots.SECRET not in content
        assert opened(content).format == "JPEG"
        assert not opened(content).getexif()
        assert set(opened(content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (900, 600), (10, 300)), (3, (900, 600), (890, 300)), (6, (600, 900), (300, 10))],
)
def test_it_stands_the_right_way_up(orientation, size, red):
    kept = pictures.draw(shots.with_a_place(orientation))
    assert (kept.width, kept.height) == size == opened(kept.full).size
    pixel = opened(kept.full).convert("RGB").crop((*red, red[0] + 1, red[1] + 1))
    r, _, b = pixel.tobytes()
    assert r > 200
    assert b < 50


def test_it_is_no_larger_than_a_page_needs_and_has_a_small_one():
    kept = pictures.draw(shots.photo(5000, 2500))
    assert opened(kept.full).size == (2048, 1024)
    assert opened(kept.small).size == (320, 160)


def test_what_was_transparent_is_white():
    for mode in ("RGBA", "LA", "PA"):
        seen = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)
        kept = BytesIO()
        seen.save(kept, "PNG" if mode != "PA" else "WEBP")
        assert opened(pictures.draw(kept.getvalue()).full).getpixel((5, 5)) == (255, 255, 255)


def test_colours_out_of_a_list_are_mixed():
    kept = pictures.draw(shots.photo(3000, 3000, "PNG", mode="P", left=1, right=2))
    assert opened(kept.full).size == (2048, 2048)


def test_the_same_photo_has_the_same_name_and_another_has_another():
    one, again = (pictures.draw(shots.photo()) for _ in range(2))
    assert one.name == again.name
    assert pictures.draw(shots.photo(right="green")).name != one.name


def test_a_bomb_is_told_by_what_it_says_of_itself():
    for side in (5_000, 10_000, 30_000):
        assert len(shots.bomb(side)) < 200
        assert refusal(shots.bomb(side))[:2] == (413, "photo_too_large")


def test_one_with_too_many_bytes_is_not_even_looked_at():
    status, code, words = refusal(b"\xff\xd8" + b"\0" * pictures.LARGEST)
    assert (status, code) == (413, "photo_too_large")
    assert "10 MB" in words


def test_an_iphones_own_format_is_refused_with_what_to_do():
    status, code, words = refusal(shots.heic())
    assert (status, code) == (415, "photo_format")
    assert "HEIC" in words
    assert "Most Compatible" in words


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PDF"])
def test_other_kinds_are_refused(kind):
    assert refusal(shots.photo(kind=kind))[:2] == (415, "photo_format")


@given(cut=st.floats(0.02, 0.95), flip=st.integers(20, 2000), kind=st.sampled_from(["JPEG", "PNG"]))
def test_a_damaged_one_is_a_picture_or_a_refusal_and_never_an_accident(cut, flip, kind):
    whole = bytearray(shots.photo(200, 150, kind))
    whole[flip % len(whole)] ^= 0xFF
    with suppress(Problem):
        kept = pictures.draw(bytes(whole[: int(len(whole) * cut)]))
        assert opened(kept.full).format == "JPEG"


@given(st.binary(max_size=300))
def test_bytes_that_are_no_photo_are_refused(content):
    assert refusal(content)[1] in {"photo_format", "photo_broken"}
