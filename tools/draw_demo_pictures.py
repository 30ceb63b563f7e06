"""Owns the drawn product pictures of the demo store; run `python tools/draw_demo_pictures.py` (needs Pillow).

Reads src/webstore_kit/demo/catalogue.json and writes one 480x480 PNG per product to demo/pictures. LOOKS says what
kind of object a SKU is; its colour is the last colour the title names (CHART). The result is the same on every run.
Coordinates are those of the finished picture, y grows downwards, and standing objects stand on y = GROUND.
"""

from __future__ import annotations

import colorsys
import json
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image, ImageDraw

Point: TypeAlias = tuple[float, float]
Shape: TypeAlias = list[Point]
Colour: TypeAlias = tuple[int, int, int]

DEMO = Path(__file__).resolve().parent.parent / "src" / "webstore_kit" / "demo"
SIZE, SCALE, GROUND = 480, 3, 392
COLOURS, NEAR = 48, 9
MOST_BYTES = 8 * 1024


# --- colours ---------------------------------------------------------------------------------------------------


def rgb(value: str) -> Colour:
    return int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16)


CHART: dict[str, Colour] = {
    name: rgb(value)
    for name, value in {
        "aluminium": "c3cad0", "amber": "d08a2e", "anthracite": "43474e", "ash": "e3c798", "beech": "dfb27c",
        "birch": "ecd3a5", "black": "34363c", "blue": "3f74b5", "bottle green": "1f6149", "brass": "cda349",
        "brick red": "b04a3d", "charcoal": "4b4f58", "clear glass": "d6ecf0", "cognac": "a85c30",
        "copper": "cb7d53", "coral": "f4775f", "cream": "f6ead0", "dusty pink": "d99f9b", "forest green": "2f7050",
        "grey": "9a9fa8", "hickory": "c98d52", "ice blue": "a9d2e8", "indigo": "414f8f", "mint": "8fd3b6",
        "moss": "74864b", "mustard": "dfa537", "natural": "e6d3aa", "navy": "2e426d", "oak": "c99b64",
        "oatmeal": "e0d0b8", "ochre": "d0933c", "off-white": "f6f1e6", "olive": "7d8750", "olive wood": "b98547",
        "orange": "ef8535", "pale blue": "8fbfe2", "petrol blue": "1f667d", "red": "d2423d", "rose": "e593a3",
        "rust": "bb5a33", "sage": "a3bd9a", "sand": "dcc39a", "sea green": "48a58b", "sky blue": "74b0de",
        "steel": "b7c0c9", "sunflower": "f7bf36", "tan": "bf8651", "teal": "2b9090", "terracotta": "cb6c4c",
        "turquoise": "3bb9b6", "vermilion": "dc4b33", "walnut": "7d5138", "white": "fbf9f5", "yellow": "f5c534",
    }.items()
}  # fmt: skip
COLOUR_WORD = re.compile(r"\b(" + "|".join(sorted(CHART, key=len, reverse=True)) + r")\b", re.IGNORECASE)

INK, WHITE, PAPER = rgb("3b3a42"), rgb("ffffff"), rgb("fbf7ee")
STEEL, WOOD, COFFEE = CHART["steel"], CHART["beech"], rgb("5a3826")
LEAF, GLOW, FLAME = rgb("5f9a62"), rgb("ffe9a8"), rgb("f7a531")
LEATHER = rgb("8a5232")


def mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def dark(colour: Colour, share: float = 0.16) -> Colour:
    return mix(colour, rgb("1d1a2b"), share)


def light(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, WHITE, share)


# --- shapes ----------------------------------------------------------------------------------------------------


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Shape:
    """Points of an elliptic arc; 180 to 360 runs over the top from left to right."""
    steps = max(8, int(abs(end - start) / 3))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def oval(x: float, y: float, rx: float, ry: float | None = None) -> Shape:
    return arc(x, y, rx, rx if ry is None else ry, 0, 360)[:-1]


def bow(*points: Point) -> Shape:
    """An open Bezier curve with these control points."""
    return [_bezier(list(points), i / 24) for i in range(25)]


def _bezier(points: Shape, t: float) -> Point:
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in zip(points, points[1:], strict=False)]
    return points[0]


def rounded(corners: Shape, radius: float) -> Shape:
    """A polygon with its corners rounded off."""
    shape: Shape = []
    for i, corner in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % len(corners)]
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        shape += [_bezier([start, corner, end], step / 8) for step in range(9)]
    return shape


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = math.dist(start, end) or 1.0
    share = min(length / whole, 0.5)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def box(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Shape:
    corners: Shape = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return rounded(corners, radius) if radius else corners


def taper(x: float, top: float, bottom: float, upper: float, lower: float, radius: float = 0) -> Shape:
    """A symmetric trapezium around x, half as wide as upper and lower say."""
    corners: Shape = [(x - upper, top), (x + upper, top), (x + lower, bottom), (x - lower, bottom)]
    return rounded(corners, radius) if radius else corners


def smooth(points: Shape, closed: bool = True) -> Shape:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    shape: Shape = []
    for i in range(count if closed else count - 1):
        near = [points[(i + k) % count] if closed else points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2)]
        shape += [_catmull(near, step / 10) for step in range(10)]
    return shape if closed else [*shape, points[-1]]


def _catmull(p: Shape, t: float) -> Point:
    def axis(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return axis(p[0][0], p[1][0], p[2][0], p[3][0]), axis(p[0][1], p[1][1], p[2][1], p[3][1])


def lathe(x: float, *profile: tuple[float, float]) -> Shape:
    """A turned body around x, from (height, half width) pairs."""
    right = smooth([(x + half, y) for y, half in profile], closed=False)
    return right + [(2 * x - px, py) for px, py in reversed(right)]


def turned(shape: Shape, angle: float, x: float, y: float) -> Shape:
    """A shape drawn around 0, 0, turned by an angle and moved to x, y."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in shape]


def leaf(x: float, y: float, length: float, angle: float, width: float = 0.32) -> Shape:
    """A leaf that starts at x, y; 0 points right and -90 up."""
    outline = bow((0, 0), (length * 0.35, -length * width * 1.6), (length, 0))
    outline += bow((length, 0), (length * 0.35, length * width * 1.6), (0, 0))
    return turned(outline, angle, x, y)


def scattered(left: float, top: float, right: float, bottom: float, count: int) -> Shape:
    """Points spread evenly without a visible pattern (the R2 sequence), the same ones every time."""
    spread = [(i * 0.7548776662 % 1, i * 0.5698402910 % 1) for i in range(1, count + 1)]
    return [(left + (right - left) * a, top + (bottom - top) * b) for a, b in spread]


def ray(x: float, y: float, angle: float, inner: float, outer: float) -> Shape:
    """A line away from x, y."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [(x + inner * cos, y + inner * sin), (x + outer * cos, y + outer * sin)]


# --- the sheet objects are drawn on ------------------------------------------------------------------------------


class Sheet:
    """A transparent layer, larger than the picture by SCALE, that shapes are filled on."""

    def __init__(self) -> None:
        self.layer = Image.new("RGBA", (SIZE * SCALE, SIZE * SCALE), (0, 0, 0, 0))

    def fill(self, shape: Shape, colour: Colour, alpha: int = 255) -> None:
        if alpha == 255:
            ImageDraw.Draw(self.layer).polygon(_scaled(shape), fill=(*colour, 255))
        else:
            self.paint(_mask(shape), colour, alpha)

    def within(self, shape: Shape, region: Shape, colour: Colour, alpha: int = 255) -> None:
        """Fill what region and shape have in common."""
        self.paint(Image.composite(_mask(region), _blank(), _mask(shape)), colour, alpha)

    def stripes(self, shape: Shape, lines: list[Shape], width: float, colour: Colour, alpha: int = 255) -> None:
        """Draw lines, but only inside shape."""
        drawn = _blank()
        for points in lines:
            _stroke(ImageDraw.Draw(drawn), points, width, 255)
        self.paint(Image.composite(drawn, _blank(), _mask(shape)), colour, alpha)

    def line(self, points: Shape, width: float, colour: Colour, alpha: int = 255) -> None:
        if alpha == 255:
            _stroke(ImageDraw.Draw(self.layer), points, width, (*colour, 255))
        else:
            mask = _blank()
            _stroke(ImageDraw.Draw(mask), points, width, 255)
            self.paint(mask, colour, alpha)

    def body(self, shape: Shape, colour: Colour, shaded_from: float = 0.64) -> None:
        """Fill shape and darken its right-hand side, as if lit from the left."""
        self.fill(shape, colour)
        left, right = min(x for x, _ in shape), max(x for x, _ in shape)
        self.within(shape, box(left + (right - left) * shaded_from, 0, right, SIZE), dark(colour, 0.1))

    def paint(self, mask: Image.Image, colour: Colour, alpha: int) -> None:
        tint = Image.new("RGBA", self.layer.size, (*colour, 0))
        tint.putalpha(mask.point([value * alpha // 255 for value in range(256)]))
        self.layer.alpha_composite(tint)


def _blank() -> Image.Image:
    return Image.new("L", (SIZE * SCALE, SIZE * SCALE), 0)


def _mask(shape: Shape) -> Image.Image:
    mask = _blank()
    ImageDraw.Draw(mask).polygon(_scaled(shape), fill=255)
    return mask


def _scaled(shape: Shape) -> Shape:
    return [(x * SCALE, y * SCALE) for x, y in shape]


def _stroke(draw: ImageDraw.ImageDraw, points: Shape, width: float, ink: int | tuple[int, int, int, int]) -> None:
    """A thick line with round ends and joints."""
    half = (width * SCALE - 1) / 2
    path = _scaled(points)
    for (x, y), (u, v) in zip(path, path[1:], strict=False):
        length = math.dist((x, y), (u, v)) or 1.0
        a, b = (y - v) / length * half, (u - x) / length * half
        draw.polygon([(x + a, y + b), (u + a, v + b), (u - a, v - b), (x - a, y - b)], fill=ink)
    for x, y in path:
        draw.ellipse((x - half, y - half, x + half, y + half), fill=ink)


def steam(s: Sheet, x: float, bottom: float) -> None:
    for shift in (-26, 8):
        left = x + shift
        s.line(bow((left, bottom), (left - 28, bottom - 30), (left + 28, bottom - 50), (left, bottom - 84)), 8, WHITE, 170)


def specks(s: Sheet, shape: Shape, colour: Colour, size: float = 2.4, count: int = 60) -> None:
    """Small irregular dots all over shape."""
    mask = _blank()
    left, right = min(x for x, _ in shape), max(x for x, _ in shape)
    top, bottom = min(y for _, y in shape), max(y for _, y in shape)
    for i, (x, y) in enumerate(scattered(left, top, right, bottom, count)):
        ImageDraw.Draw(mask).polygon(_scaled(oval(x, y, size + i % 3 * 0.8)), fill=255)
    s.paint(Image.composite(mask, _blank(), _mask(shape)), colour, 255)


# --- kitchen -----------------------------------------------------------------------------------------------------


def kettle(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(arc(246, 232, 88, 112, 176, 364), 15, accent)
    s.fill([*bow((158, 356), (110, 300), (106, 250), (76, 222)), *bow((112, 204), (146, 240), (150, 270), (196, 282))], dark(main, 0.1))
    s.line([(76, 222), (112, 204)], 7, dark(main, 0.2))
    s.body(taper(246, 214, GROUND, 84, 118, 46), main)
    s.fill(taper(246, 196, 220, 52, 74, 10), dark(main, 0.14))
    s.fill(oval(246, 186, 19, 16), accent)
    s.line([(166, 300), (160, 346)], 10, light(main, 0.6))


def frying_pan(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(rounded([(290, 246), (452, 252), (452, 288), (290, 294)], 16), main)
    s.fill(oval(432, 270, 8), light(main, 0.45))
    s.fill(oval(186, 270, 126), main)
    s.fill(oval(186, 270, 106), light(main, 0.14))
    s.within(oval(186, 270, 106), oval(210, 292, 106), light(main, 0.2))
    s.fill(smooth([(120, 260), (160, 208), (214, 226), (252, 258), (230, 312), (176, 306), (138, 318)]), PAPER)
    s.fill(oval(186, 264, 29), accent)
    s.fill(oval(177, 256, 8, 6), light(accent, 0.6))


def saucepan(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(330, 272), (452, 258)], 20, accent)
    s.body(box(118, 246, 336, GROUND, 16), STEEL)
    s.within(box(118, 246, 336, GROUND, 16), box(118, 356, 336, GROUND), main)
    s.within(box(118, 246, 336, GROUND, 16), box(258, 356, 336, GROUND), dark(main))
    s.fill([*arc(227, 236, 106, 46, 180, 360)], light(STEEL, 0.35))
    s.fill(box(110, 232, 344, 252, 10), dark(STEEL, 0.2))
    s.fill(box(206, 166, 248, 188, 11), accent)
    s.fill(box(219, 180, 235, 196), dark(STEEL, 0.3))
    s.line([(140, 270), (140, 336)], 9, light(STEEL, 0.6))


def board(s: Sheet, main: Colour, accent: Colour) -> None:
    plank = box(92, 142, 388, 342, 28)
    s.fill(plank, main)
    for i, share in enumerate((0.1, 0.0, 0.16, 0.05, 0.12)):
        s.within(plank, box(92, 142 + i * 40, 388, 182 + i * 40), light(main, share))
    s.stripes(plank, [bow((92, y), (200, y - 14), (280, y + 16), (388, y)) for y in (162, 204, 243, 284, 322)], 2.5, dark(main, 0.14))
    s.fill(oval(356, 172, 12), dark(main, 0.5))
    for x, y, r in ((176, 262, 30), (228, 284, 26)):
        s.fill(oval(x, y, r), accent)
        s.fill(oval(x - r * 0.3, y - r * 0.3, r * 0.25), light(accent, 0.55))
    s.fill(leaf(236, 236, 62, -38), LEAF)
    s.fill(leaf(240, 238, 54, 6), dark(LEAF, 0.12))


def knife(s: Sheet, main: Colour, accent: Colour) -> None:
    blade = [(290, 212), *bow((290, 212), (150, 208), (26, 250)), *bow((26, 250), (130, 292), (272, 284)), (290, 284)]
    s.fill(blade, accent)
    s.within(blade, [(26, 250), *bow((40, 254), (150, 276), (290, 262)), (290, 300), (26, 300)], light(accent, 0.55))
    s.fill(box(280, 210, 306, 262, 5), dark(accent, 0.3))
    s.fill(smooth([(304, 212), (370, 214), (436, 210), (452, 236), (438, 262), (370, 252), (304, 260)]), main)
    s.line(bow((312, 222), (370, 226), (436, 221)), 5, light(main, 0.3))
    for x in (330, 372, 414):
        s.fill(oval(x, 238, 6.5), CHART["brass"])


def mixing_bowl(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(box(186, 372, 294, GROUND, 6), dark(main, 0.2))
    s.body(arc(240, 246, 146, 136, 0, 180), main)
    s.fill(oval(240, 246, 150, 30), light(main, 0.35))
    s.fill(oval(240, 250, 134, 21), dark(main, 0.22))
    s.line([(270, 254), (352, 104)], 13, accent)
    s.line([(338, 130), (352, 104)], 19, accent)
    s.fill([(86, 246), *arc(240, 246, 150, 30, 180, 0), (394, 246), *arc(240, 250, 134, 21, 0, 180)], light(main, 0.35))
    s.line(arc(240, 256, 124, 106, 165, 128), 9, light(main, 0.4))


def tea_towels(s: Sheet, main: Colour, accent: Colour) -> None:
    under, cloth = box(176, 122, 378, 384, 6), box(106, 104, 322, 362, 6)
    s.fill(under, main)
    s.stripes(under, [[(x, 100), (x, 390)] for x in (342, 358)], 7, light(main, 0.6))
    s.line(bow((124, 108), (104, 74), (150, 74), (138, 108)), 6, main)
    s.fill(cloth, accent)
    s.stripes(cloth, [[(x, 90), (x, 380)] for x in (130, 150, 278, 298)], 9, mix(main, accent, 0.35))
    for y in (128, 148, 318, 338):
        s.stripes(cloth, [[(90, y), (340, y)]], 9, main, 150)


def rolling_pin(s: Sheet, main: Colour, accent: Colour) -> None:
    for left, right in ((32, 110), (370, 448)):
        s.fill(box(left, 224, right, 262, 17), accent)
        s.fill(box(left + 8, 230, right - 8, 237, 3), light(accent, 0.35))
    s.fill(box(92, 200, 388, 286, 20), main)
    s.within(box(92, 200, 388, 286, 20), box(92, 258, 388, 286), dark(main, 0.12))
    s.fill(box(112, 214, 340, 225, 5), light(main, 0.45))
    s.stripes(box(92, 200, 388, 286, 20), [bow((150, 244), (230, 236), (330, 246)), bow((210, 268), (290, 262), (370, 270))], 3, dark(main, 0.12))


def pepper_mill(s: Sheet, main: Colour, accent: Colour) -> None:
    s.body(lathe(240, (218, 26), (240, 40), (276, 44), (318, 46), (360, 62), (384, 66), (GROUND, 62)), main)
    s.body(lathe(240, (110, 20), (122, 46), (158, 56), (192, 42), (206, 30)), main)
    s.fill(box(206, 202, 274, 222, 8), accent)
    s.fill(oval(240, 102, 13), accent)
    s.line([(204, 340), (196, 366)], 8, light(main, 0.5))
    s.line(arc(240, 156, 42, 34, 200, 240), 8, light(main, 0.5))
    for x, y in ((324, 384), (346, 388), (336, 374), (130, 388)):
        s.fill(oval(x, y, 6), INK)


def storage_jar(s: Sheet, main: Colour, accent: Colour) -> None:
    glass = box(148, 178, 332, GROUND, 34)
    s.fill(glass, light(main, 0.4), 190)
    s.within(glass, box(148, 252, 332, GROUND), accent)
    s.within(glass, box(270, 252, 332, GROUND), dark(accent, 0.08))
    for i, (x, y) in enumerate(scattered(156, 262, 326, 388, 34)):
        s.within(glass, turned(oval(0, 0, 9, 6), i * 47, x, y), (dark(accent, 0.22), light(accent, 0.25))[i % 2])
    s.fill(box(168, 170, 312, 190, 8), light(main, 0.2))
    s.body(taper(240, 128, 180, 72, 64, 10), CHART["tan"])
    s.line([(170, 222), (170, 350)], 10, WHITE, 170)


def casserole(s: Sheet, main: Colour, accent: Colour) -> None:
    for x in (98, 382):
        s.line(oval(x, 292, 22, 13), 13, dark(main, 0.12))
    pot = rounded([(106, 252), (374, 252), (362, GROUND), (118, GROUND)], 34)
    s.body(pot, main)
    s.body(arc(240, 240, 130, 62, 180, 360), light(main, 0.08))
    s.fill(box(98, 234, 382, 258, 12), dark(main, 0.16))
    s.fill(box(230, 166, 250, 186), dark(accent, 0.25))
    s.fill(box(212, 150, 268, 172, 11), accent)
    s.line(bow((132, 282), (132, 330), (142, 356)), 10, light(main, 0.35))
    s.line(arc(240, 244, 108, 48, 205, 240), 8, light(main, 0.35))


def apron(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((196, 132), (180, 40), (300, 40), (284, 132)), 12, dark(main, 0.18))
    s.line(bow((148, 226), (96, 236), (92, 300)), 10, dark(main, 0.18))
    s.line(bow((332, 226), (384, 236), (388, 300)), 10, dark(main, 0.18))
    cloth = [(190, 120), (290, 120), *bow((290, 120), (296, 206), (346, 222)), (354, 396), (126, 396)]
    cloth += bow((134, 222), (184, 206), (190, 120))
    s.body(cloth, main, 0.68)
    s.fill(box(176, 268, 304, 352, 8), light(main, 0.14))
    s.line([(240, 272), (240, 350)], 3, dark(main, 0.1))
    s.line([(180, 280), (300, 280)], 3, accent)
    s.line([(196, 134), (284, 134)], 3, accent)
    s.fill(rounded([(262, 232), (296, 246), (276, 290), (250, 284)], 4), accent)


# --- coffee and tea ----------------------------------------------------------------------------------------------


def mug(s: Sheet, main: Colour, accent: Colour) -> None:
    steam(s, 236, 168)
    s.line(oval(326, 282, 42, 48), 22, dark(main, 0.1))
    cup = rounded([(128, 196), (328, 196), (318, GROUND), (138, GROUND)], 34)
    s.body(cup, main)
    specks(s, cup, accent)
    s.fill(oval(228, 200, 100, 22), light(main, 0.4))
    s.fill(oval(228, 204, 86, 15), COFFEE)


def camp_mug(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(rounded([(318, 226), (392, 232), (384, 330), (318, 344)], 34), 15, dark(main, 0.2))
    cup = taper(226, 186, GROUND, 104, 96, 12)
    s.body(cup, main)
    specks(s, cup, light(main, 0.6), 1.8)
    s.fill(oval(226, 188, 106, 23), accent)
    s.fill(oval(226, 190, 95, 16), light(main, 0.75))
    s.line([(146, 236), (150, 352)], 9, light(main, 0.3))


def dripper(s: Sheet, main: Colour, accent: Colour) -> None:
    s.body(taper(240, 310, GROUND, 66, 58, 16), accent)
    s.line(oval(310, 346, 22, 24), 12, dark(accent, 0.1))
    s.fill([(132, 138), (348, 138), (330, 190), (150, 190)], CHART["natural"])
    s.within([(132, 138), (348, 138), (330, 190), (150, 190)], box(280, 100, 360, 200), dark(CHART["natural"], 0.08))
    s.line(oval(342, 222, 34, 30), 14, dark(main, 0.12))
    cone = rounded([(126, 174), (354, 174), (284, 292), (196, 292)], 10)
    s.body(cone, main)
    s.stripes(cone, [[(x, 180), (240 + (x - 240) * 0.4, 292)] for x in (164, 202, 240, 278, 316)], 4, dark(main, 0.12))
    s.fill(box(150, 288, 330, 312, 11), dark(main, 0.07))


def gooseneck(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((190, 352), (66, 372), (150, 216), (66, 208)), 16, dark(main, 0.25))
    s.line(rounded([(322, 224), (424, 214), (412, 340), (392, 350)], 40)[:-9], 17, accent)
    s.body(taper(264, 214, GROUND, 78, 108, 22), main)
    s.fill(taper(264, 196, 220, 60, 80, 8), light(main, 0.16))
    s.fill(oval(264, 182, 16), accent)
    s.line([(196, 262), (184, 356)], 10, light(main, 0.3))


def teapot(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(arc(240, 262, 96, 138, 178, 362), 10, INK)
    s.fill(smooth([(146, 340), (100, 300), (64, 246), (88, 238), (124, 268), (170, 282)]), dark(main, 0.12))
    pot = smooth([(240, 222), (322, 238), (366, 304), (330, 374), (240, 388), (150, 374), (114, 304), (158, 238)])
    s.fill(box(190, 374, 290, GROUND, 6), dark(main, 0.3))
    s.body(pot, main)
    dots = [oval(134 + col * 36 + row % 2 * 18, 270 + row * 24, 7) for row in range(4) for col in range(7)]
    for dot in dots:
        s.within(pot, dot, light(main, 0.22))
    s.fill(taper(240, 206, 230, 50, 66, 10), light(main, 0.12))
    s.fill(oval(240, 196, 16, 13), accent)


def moka_pot(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(316, 190), (396, 196), (384, 306)], 20, accent)
    s.fill([(172, 172), (172, 224), (118, 172)], dark(main, 0.2))
    for top, bottom, upper, lower in ((162, 288, 86, 66), (306, GROUND, 72, 96)):
        half = taper(240, top, bottom, upper, lower, 5)
        s.fill(half, main)
        s.within(half, [(240, top), (290, top), (290, bottom), (240, bottom)], dark(main, 0.1))
        s.within(half, box(288, top, 400, bottom), dark(main, 0.24))
        s.within(half, box(100, top, 192, bottom), light(main, 0.45))
    s.fill(box(164, 282, 316, 312, 8), dark(main, 0.32))
    s.fill([(160, 164), (240, 136), (320, 164)], light(main, 0.2))
    s.fill(oval(240, 128, 15, 17), accent)
    s.fill(oval(206, 350, 8), CHART["brass"])


def coffee_grinder(s: Sheet, main: Colour, accent: Colour) -> None:
    s.body(box(136, 262, 344, GROUND - 12, 8), main)
    s.fill(box(124, 372, 356, GROUND, 8), dark(main, 0.22))
    s.fill(box(124, 250, 356, 272, 8), dark(main, 0.22))
    s.fill(box(170, 296, 310, 354, 6), light(main, 0.18))
    s.fill(oval(240, 325, 11), CHART["brass"])
    s.body(arc(240, 250, 84, 78, 180, 360), accent)
    s.fill(box(230, 146, 250, 182, 4), dark(accent, 0.35))
    s.line(bow((240, 150), (300, 148), (352, 122)), 11, dark(accent, 0.35))
    s.fill(taper(354, 66, 124, 13, 18, 9), dark(main, 0.35))
    s.line(arc(240, 250, 64, 58, 200, 245), 8, light(accent, 0.6))


def french_press(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(rounded([(306, 210), (396, 210), (388, 346), (306, 346)], 34), 17, accent)
    s.fill(box(152, 178, 318, 384, 12), rgb("e4f1f3"), 200)
    s.within(box(152, 178, 318, 384, 12), box(152, 246, 318, 384), COFFEE)
    s.fill(box(152, 246, 318, 258), light(COFFEE, 0.4))
    s.line([(235, 92), (235, 248)], 6, dark(STEEL, 0.2))
    s.fill(oval(235, 92, 17), accent)
    s.body(arc(235, 180, 88, 54, 180, 360), main)
    s.fill(box(144, 174, 326, 192, 7), dark(main, 0.12))
    for x in (164, 235, 306):
        s.fill(box(x - 8, 190, x + 8, 384), main)
    s.fill(box(144, 286, 326, 302), main)
    s.fill(box(140, 372, 330, GROUND, 9), dark(main, 0.12))
    s.line([(188, 206), (188, 272)], 8, WHITE, 150)


def glasses(s: Sheet, main: Colour, accent: Colour) -> None:
    for x, drink in ((156, accent), (324, COFFEE)):
        outer = rounded([(x - 74, 176), (x + 74, 176), (x + 54, GROUND), (x - 54, GROUND)], 26)
        s.fill(outer, light(main, 0.35), 170)
        inner = lathe(x, (190, 62), (250, 58), (318, 46), (360, 20))
        s.fill([(px, max(py, 210)) for px, py in inner], drink)
        s.within(inner, box(x - 70, 204, x + 70, 232), rgb("fff4e2"))
        s.within(inner, box(x + 18, 232, x + 70, 370), dark(drink, 0.12))
        s.line([(x - 52, 204), (x - 42, 330)], 8, WHITE, 190)
        s.line(arc(x, 178, 70, 7, 180, 360), 4, WHITE, 220)


def tea_caddy(s: Sheet, main: Colour, accent: Colour) -> None:
    s.body(box(152, 190, 328, GROUND, 14), main)
    s.body(box(146, 136, 334, 216, 16), light(main, 0.12))
    s.fill(box(146, 206, 334, 218, 5), dark(main, 0.25))
    s.fill(oval(240, 304, 58), accent)
    s.fill(leaf(240, 346, 76, -90, 0.36), LEAF)
    s.fill(leaf(240, 342, 52, -28), dark(LEAF, 0.14))
    s.fill(leaf(240, 342, 52, -152), light(LEAF, 0.18))
    s.line([(172, 236), (172, 366)], 8, light(main, 0.35))


def filter_papers(s: Sheet, main: Colour, accent: Colour) -> None:
    for shift, share in ((34, 0.16), (17, 0.08), (0, 0.0)):
        paper = [*arc(232 + shift, 168 - shift, 96, 34, 180, 360), (284 + shift, 330), (180 + shift, 330)]
        s.fill(paper, dark(main, share))
    s.stripes(arc(232, 168, 96, 34, 180, 360) + [(284, 330), (180, 330)], [[(318, 172), (276, 330)]], 8, dark(main, 0.14))
    s.body([(130, 236), (356, 236), (356, GROUND), (130, GROUND)], accent, 0.8)
    s.fill(arc(232, 236, 70, 52, 0, 180), main)
    s.fill(box(176, 322, 292, 334, 6), light(accent, 0.6))
    s.fill(box(196, 348, 272, 358, 5), light(accent, 0.4))


def espresso_machine(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(186, 180), (134, 70)], 13, dark(accent, 0.25))
    s.line([(142, 88), (130, 62)], 24, INK)
    s.body(box(246, 196, 370, 374, 10), main, 0.7)
    s.fill(box(96, 364, 388, GROUND, 12), accent)
    s.fill(box(110, 356, 246, 368, 4), dark(accent, 0.4))
    s.body(rounded([(136, 164), (388, 164), (388, 236), (150, 236)], 26), light(main, 0.06), 0.72)
    s.fill(box(164, 234, 226, 256, 5), accent)
    s.line([(184, 266), (82, 274)], 19, INK)
    s.fill(box(166, 254, 224, 278, 8), dark(accent, 0.25))
    s.fill(taper(195, 312, 358, 30, 22, 8), PAPER)
    s.line(oval(230, 330, 10, 11), 6, PAPER)
    s.line([(195, 282), (195, 314)], 5, COFFEE)
    s.fill(oval(308, 290, 31), accent)
    s.fill(oval(308, 290, 23), PAPER)
    s.line([(308, 290), (320, 277)], 5, main)
    s.line([(366, 220), (410, 240), (404, 322)], 8, accent)
    for x in (270, 304, 338):
        s.fill(taper(x, 142, 166, 17, 13, 4), PAPER)


# --- bags --------------------------------------------------------------------------------------------------------


def rolltop(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((196, 148), (206, 96), (274, 96), (284, 148)), 11, dark(main, 0.35))
    for side in (-1, 1):
        s.line(bow((240 + side * 92, 220), (240 + side * 136, 290), (240 + side * 96, 384)), 15, dark(main, 0.35))
    s.body(box(136, 176, 344, GROUND, 40), main)
    s.body(box(130, 140, 350, 204, 30), light(main, 0.12))
    s.line([(150, 172), (330, 172)], 4, dark(main, 0.2))
    s.body(box(166, 286, 314, 376, 18), dark(main, 0.14))
    s.line([(176, 306), (304, 306)], 5, accent)
    s.fill(box(229, 138, 251, 262, 4), accent)
    s.fill(box(222, 226, 258, 252, 6), INK)


def tote(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((186, 236), (180, 70), (310, 70), (304, 236)), 13, dark(accent, 0.25))
    bag = rounded([(134, 206), (346, 206), (360, GROUND), (120, GROUND)], 8)
    s.body(bag, main, 0.7)
    s.line(bow((176, 246), (170, 66), (300, 66), (294, 246)), 13, accent)
    s.line([(136, 222), (345, 222)], 3, dark(main, 0.16))
    s.fill(oval(236, 314, 42), accent)
    for angle in range(0, 360, 45):
        s.line(ray(236, 314, angle, 53, 63), 6, accent)


def duffel(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((166, 262), (176, 120), (304, 120), (314, 262)), 13, dark(main, 0.3))
    bag = box(72, 226, 408, GROUND, 66)
    s.body(bag, main, 0.72)
    s.within(bag, box(72, 200, 128, GROUND), dark(main, 0.24))
    s.within(bag, box(352, 200, 408, GROUND), dark(main, 0.3))
    s.line([(132, 240), (348, 240)], 5, accent)
    s.fill(oval(344, 240, 8), accent)
    for x in (170, 310):
        s.fill(box(x - 12, 226, x + 12, GROUND), dark(main, 0.24))
        s.fill(box(x - 15, 294, x + 15, 318, 4), accent)
    s.line(bow((166, 296), (166, 150), (314, 150), (314, 296)), 13, dark(main, 0.42))


def messenger(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((112, 250), (130, 40), (350, 40), (368, 250)), 18, dark(main, 0.35))
    s.body(box(96, 214, 384, GROUND, 22), dark(main, 0.12))
    s.body(rounded([(88, 198), (392, 198), (384, 334), (96, 334)], 26), light(main, 0.1))
    s.line([(110, 318), (370, 318)], 3, light(main, 0.35))
    for x in (160, 320):
        s.fill(box(x - 13, 286, x + 13, 364, 6), accent)
        s.fill(box(x - 18, 322, x + 18, 348, 6), STEEL)
    s.fill(box(206, 228, 274, 248, 5), accent)


def kids_backpack(s: Sheet, main: Colour, accent: Colour) -> None:
    for x in (164, 316):
        s.fill(oval(x, 164, 40), main)
        s.fill(oval(x, 164, 22), accent)
    s.line(arc(240, 140, 28, 26, 180, 360), 11, dark(main, 0.25))
    s.body(box(128, 142, 352, GROUND, 92), main, 0.7)
    for x in (198, 282):
        s.fill(oval(x, 226, 10, 13), INK)
        s.fill(oval(x - 3, 221, 3.5), WHITE)
        s.fill(oval(x + (x - 240) * 0.75, 256, 15, 10), accent)
    s.fill(oval(240, 252, 12, 9), INK)
    s.line(arc(240, 256, 22, 18, 30, 150), 5, INK)
    s.body(box(164, 298, 316, 380, 30), accent)
    s.line([(180, 318), (300, 318)], 5, light(accent, 0.55))
    s.fill(box(292, 314, 302, 340, 4), light(accent, 0.55))


def daypack(s: Sheet, main: Colour, accent: Colour) -> None:
    for side in (-1, 1):
        s.line(bow((240 + side * 80, 190), (240 + side * 150, 270), (240 + side * 96, 384)), 15, dark(main, 0.35))
    s.line(arc(240, 148, 32, 38, 180, 360), 11, accent)
    s.body(box(132, 144, 348, GROUND, 74), main, 0.7)
    s.line(bow((152, 250), (156, 172), (240, 172), (324, 172), (328, 250)), 4, light(main, 0.3))
    s.body(box(158, 268, 322, 376, 24), light(main, 0.1), 0.7)
    s.fill(rounded([(152, 262), (328, 262), (316, 312), (164, 312)], 14), dark(main, 0.16))
    s.fill(box(230, 290, 250, 342, 5), accent)
    s.fill(box(223, 316, 257, 330, 4), CHART["brass"])
    s.fill(oval(308, 200, 8), accent)
    s.line([(308, 204), (312, 230)], 7, accent)


def wallet(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(box(140, 140, 340, 250, 12), accent)
    s.fill(box(156, 154, 216, 164, 5), light(accent, 0.5))
    s.fill(box(128, 160, 330, 260, 12), PAPER)
    s.fill(box(146, 174, 176, 196, 5), CHART["brass"])
    s.fill(box(104, 188, 376, 352, 20), main)
    s.within(box(104, 188, 376, 352, 20), box(104, 296, 376, 352), dark(main, 0.1))
    s.line([(118, 202), (362, 202)], 2.5, light(main, 0.4))
    s.line([(118, 338), (362, 338)], 2.5, light(main, 0.4))
    s.fill(box(280, 244, 384, 296, 20), dark(main, 0.24))
    s.fill(oval(306, 270, 11), CHART["brass"])
    s.fill(oval(303, 267, 4), light(CHART["brass"], 0.6))


def wash_bag(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(240, 174), (240, 136), *arc(240, 104, 32, 32, 90, -170)], 10, dark(STEEL, 0.12))
    s.fill(box(214, 166, 266, 206, 8), dark(main, 0.35))
    bag = box(104, 196, 376, 380, 44)
    s.body(bag, main, 0.72)
    s.line(bow((126, 262), (126, 216), (190, 222), (240, 222), (290, 222), (350, 214), (350, 250)), 6, light(main, 0.5))
    s.body(box(142, 268, 338, 360, 14), dark(main, 0.16), 0.72)
    s.line([(156, 286), (324, 286)], 5, accent)
    s.fill(box(306, 282, 318, 312, 5), accent)
    s.fill(box(344, 244, 356, 280, 5), accent)


def hip_bag(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(oval(240, 226, 168, 92), 22, INK)
    s.fill(box(212, 118, 268, 152, 9), STEEL)
    s.fill(box(228, 126, 252, 144, 4), INK)
    pouch = smooth([(92, 262), (150, 230), (240, 222), (330, 230), (388, 262), (360, 340), (290, 368), (190, 368), (120, 340)])
    s.body(pouch, main, 0.7)
    s.line(bow((112, 270), (180, 252), (300, 252), (368, 270)), 6, light(main, 0.55))
    s.fill(box(352, 262, 364, 298, 5), accent)
    s.fill(rounded([(152, 296), (328, 296), (306, 352), (174, 352)], 16), dark(main, 0.14))
    s.line([(168, 308), (312, 308)], 5, accent)


def suitcase(s: Sheet, main: Colour, accent: Colour) -> None:
    for x in (202, 278):
        s.line([(x, 70), (x, 160)], 9, dark(STEEL, 0.1))
    s.line([(200, 68), (280, 68)], 18, INK)
    for x in (170, 310):
        s.fill(box(x - 16, 364, x + 16, GROUND, 10), INK)
    shell = box(138, 142, 342, 372, 30)
    s.body(shell, main, 0.72)
    s.stripes(shell, [[(x, 166), (x, 348)] for x in (172, 206, 240, 274, 308)], 7, dark(main, 0.13))
    s.stripes(shell, [[(x - 6, 166), (x - 6, 348)] for x in (172, 206, 240, 274, 308)], 4, light(main, 0.45))
    s.fill(box(210, 132, 270, 150, 8), INK)
    s.fill(box(222, 240, 258, 270, 7), accent)


def laptop_sleeve(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(box(106, 112, 374, 300, 14), STEEL)
    s.fill(box(118, 122, 362, 300, 8), light(STEEL, 0.4))
    s.fill(oval(240, 148, 9), dark(STEEL, 0.15))
    felt = box(84, 180, 396, 384, 16)
    s.fill(felt, main)
    s.within(felt, box(84, 330, 396, 384), dark(main, 0.08))
    specks(s, felt, light(main, 0.2), 1.6)
    s.line([(98, 194), (98, 372), (382, 372), (382, 194)], 3, dark(main, 0.25))
    s.fill(rounded([(196, 96), (284, 96), (284, 250), (240, 276), (196, 250)], 10), accent)
    s.line([(208, 246), (240, 264), (272, 246)], 3, light(accent, 0.4))
    s.fill(oval(240, 232, 10), dark(accent, 0.4))


def net_bag(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((150, 236), (176, 40), (304, 40), (330, 236)), 11, dark(main, 0.2))
    bag = smooth([(146, 214), (240, 232), (334, 214), (366, 300), (330, 372), (240, 390), (150, 372), (114, 300)])
    s.fill(bag, light(main, 0.5), 150)
    fruit = ((176, 334, accent), (248, 346, CHART["red"]), (312, 328, accent), (210, 274, LEAF), (284, 270, accent))
    for x, y, colour in fruit:
        s.within(bag, oval(x, y, 42), colour)
        s.within(bag, oval(x - 14, y - 14, 9), light(colour, 0.5))
    threads = [bow((40 + i * 40, 190), (110 + i * 36, 300), (80 + i * 40 + 120, 400)) for i in range(-3, 9)]
    threads += [bow((440 - i * 40, 190), (370 - i * 36, 300), (280 - i * 40, 400)) for i in range(-3, 9)]
    s.stripes(bag, threads, 4.5, main)
    s.line(bow((146, 214), (200, 238), (280, 238), (334, 214)), 12, main)
    s.line(bow((150, 218), (164, 60), (292, 60), (326, 218)), 11, main)


# --- desk --------------------------------------------------------------------------------------------------------


def notebook(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill([(262, 380), (282, 380), (282, 428), (272, 416), (262, 428)], accent)
    s.fill(box(140, 100, 356, 388, 14), dark(main, 0.25))
    s.fill(box(140, 106, 350, 382, 8), PAPER)
    s.stripes(box(140, 106, 350, 382, 8), [[(344, 110), (344, 380)]], 3, dark(PAPER, 0.1))
    s.fill(box(124, 92, 340, 380, 14), main)
    s.within(box(124, 92, 340, 380, 14), box(124, 92, 152, 380), dark(main, 0.16))
    s.fill(box(186, 146, 284, 204, 6), PAPER)
    s.line([(202, 166), (268, 166)], 4, dark(PAPER, 0.25))
    s.line([(202, 184), (246, 184)], 4, dark(PAPER, 0.25))
    s.fill(box(310, 92, 322, 380), accent)


def fountain_pen(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((28, 268), (60, 330), (90, 240), (120, 330), (160, 320), (196, 330)), 5, accent)
    s.fill([(38, 240), (112, 222), (112, 258)], STEEL)
    s.line([(44, 240), (92, 240)], 2, INK)
    s.fill(oval(94, 240, 4), INK)
    s.fill(rounded([(106, 222), (162, 218), (162, 262), (106, 258)], 6), INK)
    barrel = rounded([(158, 214), (452, 220), (452, 260), (158, 266)], 16)
    s.fill(barrel, main)
    s.within(barrel, box(158, 246, 460, 280), dark(main, 0.18))
    s.fill(box(158, 214, 172, 266, 3), dark(main, 0.3))
    s.fill(box(286, 216, 298, 264, 2), dark(main, 0.3))
    s.line([(190, 229), (276, 230)], 6, light(main, 0.55))
    s.line([(312, 224), (410, 226)], 9, light(main, 0.35))
    s.fill(oval(414, 226, 9), light(main, 0.35))


def _pencil(s: Sheet, x: float, top: float, bottom: float, colour: Colour) -> None:
    s.fill([(x - 13, top + 34), (x, top), (x + 13, top + 34)], CHART["birch"])
    s.fill([(x - 5, top + 13), (x, top), (x + 5, top + 13)], INK)
    s.fill(box(x - 13, top + 32, x + 13, bottom), colour)
    s.fill(box(x - 5, top + 32, x + 5, bottom), light(colour, 0.25))
    s.fill(box(x + 5, top + 32, x + 13, bottom), dark(colour, 0.12))


def organiser(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(box(126, 150, 206, 330, 4), PAPER)
    s.fill(box(142, 166, 220, 330, 4), accent)
    s.line([(158, 188), (204, 188)], 4, light(accent, 0.6))
    for x, top, colour in ((250, 150, CHART["coral"]), (284, 124, CHART["teal"])):
        _pencil(s, x, top, 320, colour)
    s.fill(box(316, 132, 344, 320, 3), CHART["yellow"])
    s.stripes(box(316, 132, 344, 320, 3), [[(316, y), (328, y)] for y in range(144, 280, 14)], 3, INK)
    s.fill(box(96, 244, 232, 310, 6), dark(main, 0.2))
    s.body(box(88, 264, 392, GROUND, 12), main, 0.76)
    s.line([(232, 272), (232, 384)], 4, dark(main, 0.2))
    s.stripes(box(88, 264, 392, GROUND, 12), [bow((88, y), (180, y - 10), (300, y + 12), (392, y)) for y in (300, 336, 370)], 2.5, dark(main, 0.1))


def pencils(s: Sheet, main: Colour, accent: Colour) -> None:
    for i, top in enumerate((126, 104, 132, 98, 120, 110)):
        _pencil(s, 155 + i * 34, top, 320, main)
    s.body(box(124, 262, 356, GROUND, 8), accent, 0.74)
    s.fill(arc(240, 262, 46, 34, 0, 180), dark(accent, 0.3))
    for i in (2, 3):
        s.within(arc(240, 262, 46, 34, 0, 180), box(142 + i * 34, 250, 168 + i * 34, 300), main)
    s.fill(box(170, 326, 310, 340, 7), PAPER)
    s.fill(box(200, 354, 280, 363, 4), light(accent, 0.45))


def desk_lamp(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill([(292, 238), (372, 168), (452, 392), (250, 392)], GLOW, 120)
    s.line([(164, 376), (126, 240)], 12, accent)
    s.line([(126, 240), (284, 132)], 12, accent)
    s.fill(oval(126, 240, 17), dark(main, 0.2))
    s.body(rounded([(92, 372), (236, 372), (252, GROUND), (76, GROUND)], 8), main)
    s.fill(oval(334, 206, 34), rgb("fff3c4"))
    head = [(282, 250), *bow((282, 250), (226, 168), (262, 108), (322, 106)), *bow((322, 106), (378, 116), (388, 156))]
    s.fill(head, main)
    s.within(head, [(282, 250), (388, 156), (366, 128), (268, 222)], dark(main, 0.14))
    s.line(bow((262, 188), (254, 150), (290, 126)), 8, light(main, 0.5))
    s.fill(oval(276, 128, 15), dark(main, 0.2))


def desk_pad(s: Sheet, main: Colour, accent: Colour) -> None:
    pad = box(44, 140, 436, 340, 18)
    s.fill(pad, main)
    specks(s, pad, light(main, 0.16), 1.4)
    s.line([(58, 154), (422, 154)], 2.5, light(main, 0.3))
    s.line([(58, 326), (422, 326)], 2.5, light(main, 0.3))
    s.fill(box(82, 190, 312, 294, 12), PAPER)
    for row in range(3):
        for col in range(8):
            s.fill(box(94 + col * 26, 202 + row * 26, 115 + col * 26, 223 + row * 26, 4), dark(PAPER, 0.14))
    s.fill(box(146, 280, 250, 288, 3), dark(PAPER, 0.14))
    s.fill(box(94, 202, 115, 223, 4), accent)
    s.fill(box(342, 200, 396, 284, 27), PAPER)
    s.line([(369, 214), (369, 234)], 6, accent)


def writing_chair(s: Sheet, main: Colour, accent: Colour) -> None:
    for x, foot in ((178, 156), (308, 330)):
        s.line([(x, 290), (foot, 378)], 11, dark(main, 0.28))
    for x, foot in ((150, 116), (334, 370)):
        s.line([(x, 280), (foot, 386)], 14, main)
    for x, top in ((164, 168), (320, 168)):
        s.line([(x, 280), (x + (x - 242) * 0.14, top)], 12, dark(main, 0.12))
    s.body(smooth([(132, 132), (242, 114), (352, 132), (350, 184), (242, 172), (134, 184)]), main)
    s.body(smooth([(122, 262), (242, 242), (362, 262), (366, 286), (330, 300), (242, 304), (154, 300), (118, 286)]), accent)
    s.fill(box(132, 296, 352, 308, 6), dark(main, 0.12))


def tape_dispenser(s: Sheet, main: Colour, accent: Colour) -> None:
    body = [(84, GROUND), *bow((84, 360), (110, 316), (140, 316), (160, 250)), (330, 250), *bow((340, 300), (400, 320), (410, 286))]
    body += [(424, 282), (430, GROUND)]
    s.fill(oval(238, 246, 92), accent)
    s.fill(oval(238, 246, 76), light(accent, 0.25))
    s.fill(oval(238, 246, 50), dark(accent, 0.3))
    s.fill(oval(238, 246, 34), light(main, 0.35))
    s.line([(320, 206), (414, 280)], 5, light(accent, 0.4))
    s.body(rounded(body, 5), main, 0.7)
    s.fill(oval(238, 262, 15), STEEL)
    s.fill([(404, 286), (410, 270), (416, 282), (422, 268), (428, 286)], STEEL)
    s.line([(130, 352), (300, 352)], 8, light(main, 0.25))


def scissors(s: Sheet, main: Colour, accent: Colour) -> None:
    for side in (-1, 1):
        colour = dark(main, 0.14) if side > 0 else main
        blade = [(240 - side * 16, 272), (240 + side * 52, 40)]
        blade += bow((240 + side * 52, 40), (240 + side * 64, 150), (240 + side * 20, 276))
        s.fill(blade, accent if side > 0 else light(accent, 0.4))
        s.line([(240 - side * 4, 258), (240 + side * -34, 318)], 26, colour)
        ring = oval(240 - side * 58, 362, 40, 52)
        s.line([*ring, ring[0]], 22, colour)
    s.fill(oval(240, 250, 10), INK)
    s.fill(oval(238, 248, 4), STEEL)


def alarm_clock(s: Sheet, main: Colour, accent: Colour) -> None:
    for side in (-1, 1):
        s.line([(240 + side * 78, 352), (240 + side * 104, 386)], 15, dark(main, 0.3))
        s.line([(240 + side * 62, 170), (240 + side * 84, 120)], 9, dark(accent, 0.4))
        bell = turned(arc(0, 0, 52, 50, 180, 360), side * 32, 240 + side * 74, 158)
        s.fill(bell, accent if side < 0 else dark(accent, 0.12))
    s.line(arc(240, 128, 34, 32, 180, 360), 9, dark(main, 0.3))
    s.fill(box(232, 122, 248, 160, 5), INK)
    s.body(oval(240, 272, 118), main)
    s.fill(oval(240, 272, 94), PAPER)
    for hour in range(12):
        s.line(ray(240, 272, hour * 30, 74 if hour % 3 else 66, 82), 6, INK)
    s.line([(240, 272), (202, 244)], 10, INK)
    s.line([(240, 272), (284, 222)], 7, INK)
    s.fill(oval(240, 272, 10), CHART["red"])


def letter_tray(s: Sheet, main: Colour, accent: Colour) -> None:
    for x in (96, 384):
        s.line([(x, 190), (x, 376)], 10, dark(main, 0.2))
    for top, sheets in ((148, 3), (232, 2), (316, 1)):
        s.fill([(122, top), (358, top), (396, top + 56), (84, top + 56)], dark(main, 0.3))
        for k in range(sheets):
            y, colour = top - k * 9, light(accent, 0.3) if k == 1 else PAPER
            s.fill([(132 + k * 3, y + 8), (350 - k * 5, y + 8), (378 - k * 3, y + 50), (104 + k * 5, y + 50)], colour)
            s.line([(104 + k * 5, y + 50), (378 - k * 3, y + 50)], 2, dark(colour, 0.12))
        s.body(box(76, top + 46, 404, GROUND if top == 316 else top + 74, 7), main, 0.72)
        slots = [[(x, top + 58), (x, top + 64)] for x in range(104, 390, 17)]
        s.stripes(box(76, top + 46, 404, top + 76), slots, 7, dark(main, 0.22))


def planner(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(box(118, 100, 370, 398, 6), dark(PAPER, 0.2))
    s.fill(box(110, 90, 362, 390, 6), PAPER)
    s.fill(box(110, 90, 362, 140, 6), main)
    s.fill(box(110, 126, 362, 140), main)
    s.fill(box(132, 107, 236, 121, 7), PAPER)
    for row in range(7):
        y = 172 + row * 30
        s.line([(132, y + 14), (340, y + 14)], 2.5, dark(PAPER, 0.16))
        s.fill(oval(142, y, 7), accent if row in (0, 1, 3) else dark(PAPER, 0.14))
        s.fill(box(160, y - 4, 160 + (130, 84, 110, 60, 96, 0, 40)[row], y + 4, 4) if row != 5 else oval(170, y, 4), light(main, 0.35))
    s.line([(404, 130), (404, 330)], 16, accent)
    s.fill([(396, 330), (412, 330), (404, 358)], INK)


# --- outdoor -----------------------------------------------------------------------------------------------------


def tent(s: Sheet, main: Colour, accent: Colour) -> None:
    for x, end in ((96, 38), (384, 442)):
        s.line([(x, 320), (end, 390)], 3, INK)
    s.line([(240, 150), (226, 122)], 7, INK)
    s.line([(240, 150), (256, 122)], 7, INK)
    dome = [(56, GROUND), *bow((56, GROUND), (120, 250), (240, 138)), *bow((240, 138), (360, 250), (424, GROUND))]
    s.fill(dome, main)
    s.within(dome, [(240, 138), (424, GROUND), (330, GROUND)], dark(main, 0.2))
    s.within(dome, [(240, 138), (56, GROUND), (150, GROUND)], light(main, 0.18))
    s.fill([(240, 196), (308, GROUND), (172, GROUND)], dark(main, 0.6))
    s.fill([(240, 196), *bow((240, 196), (232, 330), (168, GROUND)), (150, GROUND)], accent)
    s.fill([(240, 196), *bow((240, 196), (248, 330), (312, GROUND)), (330, GROUND)], dark(accent, 0.12))
    s.line([(240, 150), (240, 196)], 4, accent)


def sleeping_bag(s: Sheet, main: Colour, accent: Colour) -> None:
    bag = lathe(240, (66, 20), (82, 62), (130, 88), (190, 98), (290, 82), (380, 64), (424, 50), (438, 20))
    s.body(bag, main, 0.68)
    s.stripes(bag, [bow((120, y), (240, y + 26), (360, y)) for y in range(204, 430, 36)], 4, dark(main, 0.2))
    s.fill(lathe(240, (92, 16), (104, 44), (146, 58), (188, 44), (198, 16)), accent)
    s.fill(lathe(240, (116, 12), (126, 36), (156, 42), (186, 30), (194, 10)), dark(accent, 0.14))
    s.line(bow((256, 196), (300, 240), (296, 330)), 5, accent)
    s.fill(oval(296, 332, 7), accent)


def flask(s: Sheet, main: Colour, accent: Colour) -> None:
    s.body(rounded([(176, 204), (304, 204), (312, 236), (312, GROUND), (168, GROUND), (168, 236)], 16), main)
    s.fill(box(168, 360, 312, 372), light(main, 0.3))
    s.fill(box(186, 192, 294, 210, 5), dark(STEEL, 0.3))
    s.body(rounded([(188, 92), (292, 92), (300, 194), (180, 194)], 16), accent)
    s.line([(200, 118), (197, 174)], 9, light(accent, 0.65))
    s.line([(188, 248), (188, 342)], 10, light(main, 0.4))
    s.fill([(240, 268), (276, 326), (204, 326)], light(main, 0.55))
    s.fill([(262, 288), (290, 326), (234, 326)], light(main, 0.75))


def lantern(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(oval(240, 252, 104), GLOW, 110)
    s.line(arc(240, 206, 80, 136, 178, 362), 6, dark(STEEL, 0.35))
    for x in (150, 330):
        s.line(bow((240 + (x - 240) * 0.7, 176), (x, 190), (x, 300), (240 + (x - 240) * 0.8, 346)), 12, dark(main, 0.16))
    globe = lathe(240, (192, 40), (226, 58), (266, 62), (304, 44), (316, 38))
    s.fill(globe, rgb("fff3cd"), 220)
    s.fill(lathe(240, (214, 0), (250, 15), (276, 21), (296, 10), (300, 0)), FLAME)
    s.fill(lathe(240, (250, 0), (274, 9), (290, 8), (298, 0)), rgb("fff0a8"))
    s.line([(204, 226), (198, 272)], 7, WHITE, 200)
    s.body(taper(240, 306, 336, 42, 60, 6), main)
    s.body(rounded([(156, 334), (324, 334), (336, GROUND), (144, GROUND)], 16), main)
    s.fill(box(146, 376, 334, 386), dark(main, 0.25))
    s.body(taper(240, 128, 190, 38, 66, 8), main)
    s.fill(taper(240, 112, 132, 54, 46, 6), dark(main, 0.2))
    s.fill(oval(276, 356, 9), accent)


def camp_chair(s: Sheet, main: Colour, accent: Colour) -> None:
    for near, far in ((142, 338), (338, 142)):
        s.line([(near, 282), (far, 380)], 14, accent if near < far else dark(accent, 0.16))
    for x in (138, 342):
        s.line([(x, 96), (x, 276)], 14, accent if x < 240 else dark(accent, 0.16))
        s.line([(x - 24, 384), (x + 24, 384)], 15, dark(accent, 0.2))
        s.line([(x - 22, 214), (x + 22, 214)], 18, dark(accent, 0.2))
    s.body([(126, 112), *bow((126, 112), (240, 122), (354, 112)), *bow((354, 184), (240, 198), (126, 184))], main, 0.7)
    s.body([(128, 262), *bow((128, 262), (240, 284), (352, 262)), *bow((352, 288), (240, 314), (128, 288))], main, 0.7)
    for x in (150, 330):
        s.line([(x, 122), (x, 178)], 3, dark(main, 0.25))
    s.fill(oval(240, 332, 8), CHART["brass"])


def hatchet(s: Sheet, main: Colour, accent: Colour) -> None:
    handle = [*bow((232, 92), (232, 230), (214, 300), (206, 410)), (254, 420), *bow((254, 420), (250, 300), (268, 230), (266, 92))]
    s.fill(handle, main)
    s.within(handle, [*bow((250, 92), (252, 230), (236, 300), (232, 420)), (300, 420), (300, 92)], dark(main, 0.1))
    s.within(handle, box(190, 362, 280, 430), accent)
    head = [(290, 112), (290, 172), (226, 172), *bow((206, 174), (160, 200), (110, 232)), *bow((110, 232), (76, 160), (104, 84)), (226, 108)]
    s.fill(head, STEEL)
    s.within(head, [*bow((136, 250), (100, 160), (132, 70)), (60, 70), (60, 250)], light(STEEL, 0.55))
    s.within(head, box(226, 100, 300, 180), dark(STEEL, 0.25))


def water_bottle(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(arc(240, 104, 32, 34, 180, 360), 12, dark(accent, 0.2))
    s.body(lathe(240, (152, 44), (180, 48), (204, 74), (232, 84), (300, 84), (380, 84), (GROUND, 76)), main)
    s.body(box(190, 100, 290, 156, 12), accent)
    s.stripes(box(190, 100, 290, 156, 12), [[(x, 112), (x, 146)] for x in range(204, 290, 14)], 4, dark(accent, 0.3))
    s.line([(176, 242), (176, 350)], 11, light(main, 0.45))
    for y in (290, 312, 334):
        s.line(bow((206, y), (222, y - 22), (238, y + 22), (254, y - 22), (276, y)), 7, light(main, 0.7))


def blanket(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line(bow((186, 268), (190, 150), (290, 150), (294, 268)), 14, accent)
    roll = box(66, 246, 414, GROUND, 68)
    s.fill(roll, light(main, 0.72))
    s.stripes(roll, [[(x, 240), (x, 400)] for x in range(86, 420, 50)], 22, main, 130)
    s.stripes(roll, [[(60, y), (420, y)] for y in (268, 320, 372)], 22, main, 130)
    s.within(roll, box(60, 360, 420, 400), dark(main, 0.4), 50)
    s.fill(oval(370, 320, 50, 71), light(main, 0.55))
    coil = [(370 + t * 0.42 * math.cos(t / 5.2), 320 + t * 0.64 * math.sin(t / 5.2)) for t in range(8, 92)]
    s.line(coil, 7, main)
    for x in (166, 296):
        s.fill(box(x, 244, x + 22, GROUND, 3), accent)
        s.fill(box(x - 4, 304, x + 26, 332, 5), CHART["brass"])
        s.fill(box(x + 5, 312, x + 17, 324), accent)


def gas_stove(s: Sheet, main: Colour, accent: Colour) -> None:
    for i, x in enumerate((186, 213, 240, 267, 294)):
        tall = (56, 74, 84, 74, 56)[i]
        s.fill(lathe(x, (196 - tall, 0), (180, 11), (196, 9), (204, 0)), rgb("4f8fe0"))
        s.fill(lathe(x, (200 - tall * 0.5, 0), (190, 6), (200, 4)), rgb("bfe0ff"))
    for side in (-1, 1):
        s.line([(240 + side * 20, 246), (240 + side * 116, 214), (240 + side * 112, 166)], 10, dark(main, 0.3))
        s.line([(240 + side * 112, 168), (240 + side * 74, 168)], 8, dark(main, 0.3))
    s.body(taper(240, 196, 222, 76, 52, 6), main)
    s.fill(box(222, 220, 258, 276, 5), dark(main, 0.2))
    s.line([(256, 258), (330, 258)], 7, dark(main, 0.3))
    s.fill(box(322, 244, 350, 272, 7), CHART["red"])
    s.body([*arc(240, 306, 104, 40, 180, 360), *reversed(arc(240, 372, 104, 20, 0, 180)[::-1])], accent)
    s.fill(taper(240, 264, 280, 30, 40, 4), dark(accent, 0.3))
    s.fill(box(136, 318, 344, 350), light(accent, 0.75))
    s.fill(lathe(240, (320, 0), (334, 8), (343, 8), (348, 0)), accent)


def compass(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(oval(240, 138, 92), dark(main, 0.18))
    s.fill(oval(240, 138, 74), rgb("cfe4ee"))
    s.within(oval(240, 138, 74), [(200, 40), (226, 40), (160, 240), (134, 240)], WHITE, 170)
    s.line([(240, 66), (240, 196)], 2, dark(main, 0.3))
    s.fill(box(210, 204, 270, 228, 8), dark(main, 0.35))
    s.fill(oval(240, 316, 104), main)
    s.fill(oval(240, 316, 82), PAPER)
    for i in range(24):
        s.line(ray(240, 316, i * 15, 72 if i % 6 else 62, 77), 2.5 if i % 6 else 5, INK)
    s.fill([(268, 258), (256, 324), (226, 308)], accent)
    s.fill([(212, 374), (256, 324), (226, 308)], dark(STEEL, 0.35))
    s.fill(oval(241, 316, 7), main)


def hammock(s: Sheet, main: Colour, accent: Colour) -> None:
    for x, shade in ((62, 0.0), (418, 0.12)):
        s.fill([(x - 18, 40), (x + 18, 40), (x + 24, GROUND + 6), (x - 24, GROUND + 6)], dark(accent, shade))
        s.fill(oval(x, 62, 60, 50), dark(LEAF, shade))
        s.fill(oval(x + 22, 40, 40, 34), light(LEAF, 0.16))
        s.line([(x - 19, 176), (x + 19, 176)], 7, PAPER)
    for y in (196, 208, 220):
        s.line([(72, 176), (126, y)], 3, PAPER)
        s.line([(408, 176), (354, y)], 3, PAPER)
    cloth = [*bow((120, 190), (180, 250), (300, 250), (360, 190)), *bow((366, 226), (300, 400), (180, 400), (114, 226))]
    s.fill(cloth, main)
    waves = [bow((110, 200 + k), (180, 280 + k * 1.9), (300, 280 + k * 1.9), (370, 200 + k)) for k in (10, 30)]
    s.stripes(cloth, waves, 9, light(main, 0.6))
    for i in range(11):
        x = 140 + i * 20
        y = 226 + 122 * (1 - ((x - 240) / 126) ** 2)
        s.line([(x, y), (x, y + 16)], 3.5, light(main, 0.6))
    s.fill(smooth([(138, 204), (170, 206), (196, 236), (172, 250), (140, 226)]), PAPER)


def umbrella(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(240, 84), (240, 350)], 8, dark(STEEL, 0.35))
    s.line([(240, 330), *arc(212, 352, 28, 34, 0, 180)], 14, accent)
    s.line([(240, 76), (240, 60)], 8, INK)
    scallops = [point for x in (369, 283, 197, 111) for point in arc(x, 232, 43, 24, 0, -180)]
    canopy = [*arc(240, 232, 172, 156, 180, 360), *scallops]
    s.fill(canopy, main)
    s.within(canopy, [(240, 76), *bow((240, 76), (306, 120), (326, 240)), (420, 240), (420, 76)], dark(main, 0.14))
    s.within(canopy, [(240, 76), *bow((240, 76), (174, 120), (154, 240)), (60, 240), (60, 76)], light(main, 0.3))
    s.stripes(canopy, [[(240, 76), (240, 240)]], 3, dark(main, 0.16))


# --- home and light ----------------------------------------------------------------------------------------------


def table_lamp(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(oval(240, 178, 148), GLOW, 120)
    s.fill(box(231, 210, 249, 260), CHART["brass"])
    s.body(lathe(240, (250, 18), (274, 52), (316, 80), (356, 72), (386, 44), (GROUND, 40)), main)
    s.line(arc(240, 318, 60, 46, 170, 225), 9, light(main, 0.7))
    shade = rounded([(186, 86), (294, 86), (354, 226), (126, 226)], 8)
    s.body(shade, accent, 0.66)
    s.within(shade, box(100, 210, 380, 230), light(accent, 0.4))


def pendant(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill([(96, 268), (384, 268), (452, 480), (28, 480)], GLOW, 110)
    s.line([(240, -10), (240, 110)], 6, INK)
    s.fill(box(222, 92, 258, 128, 8), accent)
    s.body(arc(240, 268, 154, 150, 180, 360), main)
    s.fill(oval(240, 268, 154, 24), PAPER)
    s.fill(oval(240, 272, 128, 16), rgb("fff0bf"))
    s.fill(arc(240, 270, 34, 30, 0, 180), WHITE)
    s.line(arc(240, 264, 126, 118, 196, 236), 10, light(main, 0.4))


def floor_lamp(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(oval(240, 112, 112), GLOW, 120)
    s.line([(240, 170), (252, 382)], 10, dark(main, 0.28))
    s.line([(236, 170), (156, 386)], 11, main)
    s.line([(244, 170), (328, 386)], 11, dark(main, 0.1))
    s.line([(188, 300), (292, 300)], 7, dark(main, 0.2))
    s.fill(box(222, 152, 258, 180, 6), CHART["brass"])
    s.line(bow((250, 340), (290, 400), (420, 384)), 4, INK)
    s.body(rounded([(166, 48), (314, 48), (328, 154), (152, 154)], 8), accent, 0.68)
    s.fill(box(153, 143, 327, 154, 4), dark(accent, 0.16))


def vase(s: Sheet, main: Colour, accent: Colour) -> None:
    for end, bend in (((150, 74), (220, 150)), ((262, 44), (244, 130)), ((342, 96), (262, 150))):
        stem = bow((240, 230), bend, end)
        s.line(stem, 5, dark(accent, 0.3))
        for i, (x, y) in enumerate(stem[12::5]):
            s.fill(leaf(x, y, 42, -150 if i % 2 else -20, 0.3), light(accent, 0.12) if i % 2 else accent)
        s.fill(leaf(*stem[-1], 36, -90, 0.3), accent)
    body = lathe(240, (204, 34), (226, 26), (256, 44), (310, 82), (352, 76), (384, 50), (GROUND, 46))
    s.body(body, main)
    ribs = [lathe(240, *((y, half * k) for y, half in ((204, 34), (226, 26), (256, 44), (310, 82), (352, 76), (384, 50)))) for k in (0.25, 0.55, 0.82)]
    s.stripes(body, [rib[: len(rib) // 2] for rib in ribs] + [rib[len(rib) // 2 :] for rib in ribs], 3, dark(main, 0.16))
    s.fill(oval(240, 204, 34, 8), dark(main, 0.4))


def candle(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(oval(240, 150, 110, 100), GLOW, 100)
    glass = box(138, 190, 342, GROUND, 22)
    s.fill(glass, light(main, 0.3), 190)
    s.within(glass, box(138, 236, 342, GROUND), main)
    s.within(glass, box(280, 190, 342, GROUND), dark(main, 0.2), 120)
    s.fill(oval(240, 238, 100, 15), accent)
    s.line([(240, 238), (240, 198)], 5, INK)
    s.fill(lathe(240, (112, 0), (160, 17), (186, 23), (208, 13), (214, 0)), FLAME)
    s.fill(lathe(240, (156, 0), (186, 10), (206, 8), (212, 0)), rgb("fff0a8"))
    s.fill(box(176, 282, 304, 364, 6), PAPER)
    for angle in (-90, -42, -138, 4, 176):
        s.fill(leaf(240, 340, 44 if angle == -90 else 36, angle, 0.3), LEAF if angle % 4 else dark(LEAF, 0.1))
    s.line([(160, 214), (160, 360)], 8, light(main, 0.6))


def armchair(s: Sheet, main: Colour, accent: Colour) -> None:
    for x, foot in ((140, 126), (340, 354)):
        s.line([(x, 350), (foot, 388)], 14, accent)
    s.body(rounded([(136, 104), (344, 104), (352, 330), (128, 330)], 58), main, 0.7)
    for y in (160, 212):
        for x in (196, 240, 284):
            s.fill(oval(x + (22 if y == 212 else 0) - 11, y, 5), dark(main, 0.3))
    s.fill(rounded([(108, 270), (372, 270), (366, 360), (114, 360)], 14), dark(main, 0.24))
    s.body(box(132, 250, 348, 310, 24), light(main, 0.16), 0.7)
    s.body(box(84, 212, 146, 358, 30), light(main, 0.07), 0.7)
    s.body(box(334, 212, 396, 358, 30), dark(main, 0.08), 0.6)
    s.fill(rounded([(258, 190), (322, 202), (310, 262), (246, 252)], 14), CHART["mustard"])


def cushion(s: Sheet, main: Colour, accent: Colour) -> None:
    corners = [(98, 98), (240, 84), (382, 98), (396, 240), (382, 382), (240, 396), (98, 382), (84, 240)]
    pillow = smooth([(x * 1.0, y * 1.0) for x, y in corners])
    s.fill(pillow, main)
    cords = [bow((x, 70), (240 + (x - 240) * 1.16, 240), (x, 410)) for x in range(106, 390, 27)]
    s.stripes(pillow, cords, 9, dark(main, 0.13))
    s.within(pillow, [*bow((330, 60), (366, 240), (330, 420)), (420, 420), (420, 60)], dark(main, 0.5), 36)
    s.line([*pillow, pillow[0]], 9, dark(main, 0.28))
    s.fill(rounded([(352, 392), (384, 378), (394, 412), (366, 420)], 4), accent)


def plant_pot(s: Sheet, main: Colour, accent: Colour) -> None:
    for angle, length in ((-90, 190), (-66, 176), (-114, 176), (-42, 150), (-138, 150), (-20, 116), (-160, 116)):
        colour = accent if angle % 4 else light(accent, 0.14)
        s.fill(leaf(240, 272, length, angle, 0.17), colour)
        s.line(ray(240, 272, angle, 0, length * 0.8), 3, dark(accent, 0.2))
    s.body(taper(240, 290, GROUND - 8, 82, 62, 6), main)
    s.body(box(146, 256, 334, 296, 8), light(main, 0.1))
    s.fill(rounded([(148, 374), (332, 374), (318, GROUND), (162, GROUND)], 7), dark(main, 0.14))
    s.line([(174, 310), (182, 360)], 8, light(main, 0.3))


def mirror(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(240, 48), (178, 112)], 4, dark(main, 0.4))
    s.line([(240, 48), (302, 112)], 4, dark(main, 0.4))
    s.fill(oval(240, 46, 9), dark(main, 0.4))
    s.fill(oval(240, 244, 166), main)
    glass = oval(240, 244, 150)
    s.fill(glass, accent)
    s.within(glass, [(60, 330), (270, 60), (330, 60), (90, 400)], light(accent, 0.5))
    s.within(glass, [(130, 420), (370, 100), (392, 120), (150, 440)], light(accent, 0.5))
    s.line(arc(240, 244, 158, 158, 190, 250), 5, light(main, 0.5))


def wall_clock(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(oval(240, 240, 164), dark(main, 0.28))
    s.fill(oval(240, 240, 152), main)
    grain = [bow((80, y), (200, y - 16), (280, y + 18), (400, y)) for y in range(112, 400, 64)]
    s.stripes(oval(240, 240, 152), grain, 3, dark(main, 0.08))
    for mark in range(24):
        s.line(ray(240, 240, mark * 15, 126 if mark % 2 else 112, 134), 3.5 if mark % 2 else 8, INK)
    s.line([(240, 240), (182, 202)], 12, INK)
    s.line([(240, 240), (304, 154)], 9, INK)
    s.line([(240, 240), (240, 352)], 4, accent)
    s.fill(oval(240, 240, 11), accent)


def basket(s: Sheet, main: Colour, accent: Colour) -> None:
    s.fill(smooth([(150, 220), (170, 150), (230, 132), (300, 146), (334, 176), (330, 230), (240, 250)]), accent)
    s.line(bow((196, 220), (206, 170), (262, 140)), 6, light(accent, 0.4))
    s.line(bow((250, 226), (262, 180), (318, 164)), 6, light(accent, 0.4))
    for side in (-1, 1):
        s.line(oval(240 + side * 138, 232, 22, 30), 13, dark(main, 0.3))
    body = smooth([(110, 208), (240, 216), (370, 208), (372, 300), (340, 382), (240, 390), (140, 382), (108, 300)])
    s.body(body, main, 0.7)
    for row in range(8):
        y = 230 + row * 22
        stitches = [bow((x, y), (x + 11, y + 12), (x + 22, y)) for x in range(90 + row % 2 * 14, 390, 28)]
        s.stripes(body, stitches, 4, dark(main, 0.24))
    s.line(bow((114, 210), (240, 226), (366, 210)), 17, dark(main, 0.16))


def stool(s: Sheet, main: Colour, accent: Colour) -> None:
    s.line([(240, 206), (246, 372)], 17, dark(main, 0.3))
    s.line([(170, 206), (128, 382)], 20, dark(main, 0.08))
    s.line([(310, 206), (352, 382)], 20, dark(main, 0.16))
    s.fill(oval(240, 204, 142, 34), dark(main, 0.26))
    s.fill(oval(240, 188, 142, 34), main)
    s.within(oval(240, 188, 142, 34), oval(250, 190, 104, 20), light(main, 0.22))
    for x in (162, 318, 240):
        s.fill(oval(x, 176 if x == 240 else 192, 12, 5), dark(main, 0.3))
    s.line([(150, 312), (330, 312)], 11, accent)


# --- what is drawn for which product -----------------------------------------------------------------------------

Drawing: TypeAlias = Callable[[Sheet, Colour, Colour], None]

KINDS: dict[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        kettle, frying_pan, saucepan, board, knife, mixing_bowl, tea_towels, rolling_pin, pepper_mill, storage_jar,
        casserole, apron, mug, camp_mug, dripper, gooseneck, teapot, moka_pot, coffee_grinder, french_press, glasses,
        tea_caddy, filter_papers, espresso_machine, rolltop, tote, duffel, messenger, kids_backpack, daypack, wallet,
        wash_bag, hip_bag, suitcase, laptop_sleeve, net_bag, notebook, fountain_pen, organiser, pencils, desk_lamp,
        desk_pad, writing_chair, tape_dispenser, scissors, alarm_clock, letter_tray, planner, tent, sleeping_bag,
        flask, lantern, camp_chair, hatchet, water_bottle, blanket, gas_stove, compass, hammock, umbrella, table_lamp,
        pendant, floor_lamp, vase, candle, armchair, cushion, plant_pot, mirror, wall_clock, basket, stool,
    )
}  # fmt: skip

# Objects seen from above or hanging, with the angle they are turned by; all others stand on the ground.
FLAT: dict[str, float] = {
    "frying_pan": 38, "board": 14, "knife": 38, "tea_towels": 8, "rolling_pin": 34, "apron": 0, "wallet": 10,
    "wash_bag": 0, "hip_bag": 0, "laptop_sleeve": 8, "notebook": 9, "fountain_pen": 32, "desk_pad": 8,
    "scissors": -28, "planner": -6, "sleeping_bag": -24, "hatchet": -22, "compass": 0, "pendant": 0, "cushion": 0,
    "mirror": 0, "wall_clock": 0, "umbrella": 14,
}  # fmt: skip

# SKU -> what to draw, and the second colour (the first one comes from the title).
LOOKS: dict[str, tuple[str, str]] = {
    "KIT-0001": ("kettle", "beech"), "KIT-0002": ("frying_pan", "yellow"), "KIT-0003": ("saucepan", "charcoal"),
    "KIT-0004": ("board", "red"), "KIT-0005": ("knife", "steel"), "KIT-0006": ("mixing_bowl", "beech"),
    "KIT-0007": ("tea_towels", "cream"), "KIT-0008": ("rolling_pin", "tan"), "KIT-0009": ("pepper_mill", "steel"),
    "KIT-0010": ("storage_jar", "ochre"), "KIT-0011": ("casserole", "brass"), "KIT-0012": ("apron", "cream"),
    "COF-0001": ("mug", "walnut"), "COF-0002": ("camp_mug", "black"), "COF-0003": ("dripper", "petrol blue"),
    "COF-0004": ("gooseneck", "oak"), "COF-0005": ("teapot", "brass"), "COF-0006": ("moka_pot", "black"),
    "COF-0007": ("coffee_grinder", "steel"), "COF-0008": ("french_press", "black"), "COF-0009": ("glasses", "ochre"),
    "COF-0010": ("tea_caddy", "cream"), "COF-0011": ("filter_papers", "terracotta"),
    "COF-0012": ("espresso_machine", "steel"),
    "BAG-0001": ("rolltop", "orange"), "BAG-0002": ("tote", "terracotta"), "BAG-0003": ("duffel", "brass"),
    "BAG-0004": ("messenger", "cognac"), "BAG-0005": ("kids_backpack", "coral"), "BAG-0006": ("daypack", "tan"),
    "BAG-0007": ("wallet", "teal"), "BAG-0008": ("wash_bag", "sunflower"), "BAG-0009": ("hip_bag", "cream"),
    "BAG-0010": ("suitcase", "navy"), "BAG-0011": ("laptop_sleeve", "cognac"), "BAG-0012": ("net_bag", "orange"),
    "DSK-0001": ("notebook", "navy"), "DSK-0002": ("fountain_pen", "blue"), "DSK-0003": ("organiser", "navy"),
    "DSK-0004": ("pencils", "petrol blue"), "DSK-0005": ("desk_lamp", "brass"), "DSK-0006": ("desk_pad", "coral"),
    "DSK-0007": ("writing_chair", "grey"), "DSK-0008": ("tape_dispenser", "ochre"), "DSK-0009": ("scissors", "steel"),
    "DSK-0010": ("alarm_clock", "brass"), "DSK-0011": ("letter_tray", "sky blue"), "DSK-0012": ("planner", "coral"),
    "OUT-0001": ("tent", "sunflower"), "OUT-0002": ("sleeping_bag", "sand"), "OUT-0003": ("flask", "steel"),
    "OUT-0004": ("lantern", "brass"), "OUT-0005": ("camp_chair", "oak"), "OUT-0006": ("hatchet", "red"),
    "OUT-0007": ("water_bottle", "charcoal"), "OUT-0008": ("blanket", "cognac"), "OUT-0009": ("gas_stove", "orange"),
    "OUT-0010": ("compass", "red"), "OUT-0011": ("hammock", "tan"), "OUT-0012": ("umbrella", "oak"),
    "HOM-0001": ("table_lamp", "sand"), "HOM-0002": ("pendant", "black"), "HOM-0003": ("floor_lamp", "natural"),
    "HOM-0004": ("vase", "sage"), "HOM-0005": ("candle", "cream"), "HOM-0006": ("armchair", "oak"),
    "HOM-0007": ("cushion", "mustard"), "HOM-0008": ("plant_pot", "forest green"), "HOM-0009": ("mirror", "ice blue"),
    "HOM-0010": ("wall_clock", "red"), "HOM-0011": ("basket", "rose"), "HOM-0012": ("stool", "tan"),
}  # fmt: skip

# The hue of each category's backgrounds, in degrees; categories beyond these are spread around the circle.
HUES = {"Kitchen": 44, "Coffee & Tea": 20, "Bags": 262, "Desk": 208, "Outdoor": 140, "Home & Light": 342}


# --- from product to file ----------------------------------------------------------------------------------------


def pastel(hue: float, lightness: float, saturation: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 360 / 360, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def title_colour(title: str) -> Colour:
    found = COLOUR_WORD.findall(title)
    if not found:
        raise SystemExit(f"The title {title!r} names no colour of the CHART")
    return CHART[found[-1].lower()]


def background(hue: float, number: int, standing: bool) -> tuple[Image.Image, Colour]:
    """The wall with one of three motifs, and the wall's colour."""
    hue += (number * 5 % 4 - 1.5) * 5
    lightness = 0.85 + number * 7 % 5 * 0.012
    wall = pastel(hue, lightness, 0.62)
    sheet = Sheet()
    sheet.fill(box(0, 0, SIZE, SIZE), wall)
    if number % 3 == 0:
        sheet.fill(oval(240, 240, 204), light(wall, 0.42))
    elif number % 3 == 1:
        sheet.fill([*arc(240, 230, 178, 186, 180, 360), (418, SIZE), (62, SIZE)], light(wall, 0.42))
    else:
        sheet.fill(box(34, 34, SIZE - 34, SIZE - 34, 60), light(wall, 0.42))
    if standing:
        sheet.fill(box(0, 366, SIZE, SIZE), pastel(hue, lightness - 0.055, 0.5))
    return sheet.layer, wall


def shadow(layer: Image.Image, wall: Colour, standing: bool) -> Image.Image:
    """A patch of shade where a standing object meets the ground, or the shifted outline of a flat one."""
    shade = Sheet()
    outline = layer.getchannel("A").point([0] * 160 + [255] * 96)
    if standing:
        bottom = (outline.getbbox() or (0, 0, 0, 0))[3]
        foot = outline.crop((0, bottom - 30 * SCALE, outline.width, bottom)).getbbox() or (0, 0, 0, 0)
        middle, half = (foot[0] + foot[2]) / 2 / SCALE, (foot[2] - foot[0]) / 2 / SCALE
        shade.fill(oval(middle + 10, bottom / SCALE - 4, half + 16, 13), dark(wall, 0.2))
    else:
        moved = Image.new("L", outline.size, 0)
        moved.paste(outline, (9 * SCALE, 11 * SCALE))
        shade.paint(moved, dark(wall, 0.18), 255)
    return shade.layer


def draw(product: dict[str, Any], hue: float, number: int) -> Image.Image:
    kind, accent = LOOKS[product["sku"]]
    sheet = Sheet()
    KINDS[kind](sheet, title_colour(product["title"]), CHART[accent])
    layer = sheet.layer
    if FLAT.get(kind):
        layer = layer.rotate(FLAT[kind], Image.Resampling.BICUBIC)
    picture, wall = background(hue, number, kind not in FLAT)
    picture.alpha_composite(shadow(layer, wall, kind not in FLAT))
    picture.alpha_composite(layer)
    return picture.convert("RGB").reduce(SCALE)


def few_colours(picture: Image.Image) -> Image.Image:
    """The picture in its COLOURS most frequent colours that differ visibly, without dithering."""
    counted = [(count, colour) for count, colour in picture.getcolors(SIZE * SIZE) or [] if isinstance(colour, tuple)]
    chosen: list[tuple[int, ...]] = []
    for _, colour in sorted(counted, key=lambda pair: (-pair[0], pair[1])):
        if all(math.dist(colour, other) >= NEAR for other in chosen):
            chosen.append(colour)
        if len(chosen) == COLOURS:
            break
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def main() -> int:
    catalogue = json.loads((DEMO / "catalogue.json").read_text(encoding="utf-8"))
    pictures = DEMO / "pictures"
    pictures.mkdir(exist_ok=True)
    sizes: dict[str, int] = {}
    for number, product in enumerate(catalogue["products"]):
        target = pictures / product["photo"]
        few_colours(draw(product, HUES[product["categories"][0]], number)).save(target, optimize=True)
        sizes[target.name] = target.stat().st_size
    largest = max(sizes, key=lambda name: sizes[name])
    print(f"{len(sizes)} pictures, {sum(sizes.values())} bytes, largest {largest} with {sizes[largest]}")
    return 0 if sizes[largest] < MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
