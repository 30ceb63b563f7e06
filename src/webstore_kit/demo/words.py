"""The words of the generated catalogue: shelves with what stands on them, brands, and what texts are made of.

To change them changes every generated catalogue, so `generator.EDITION` goes up with them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf of the third level: what its SKUs begin with, its titles from the widest, things, materials, prices."""

    code: str
    titles: tuple[str, str, str]
    things: tuple[str, ...]
    materials: tuple[str, ...]
    cheapest: int
    dearest: int


STEEL = ("Steel", "Brushed Steel", "Enamel", "Copper", "Cast Iron", "Aluminium")
CLAY = ("Stoneware", "Porcelain", "Bone China", "Terracotta", "Earthenware", "Glazed Clay")
GLASS = ("Glass", "Crystal", "Smoked Glass", "Recycled Glass", "Ribbed Glass")
WOOD = ("Oak", "Walnut", "Beech", "Ash", "Bamboo", "Cherry")
CLOTH = ("Wool", "Linen", "Cotton", "Merino", "Alpaca", "Hemp")
OUTDOOR = ("Canvas", "Ripstop", "Titanium", "Waxed Cotton", "Recycled Nylon")
PAPER = ("Paper", "Leather", "Cork", "Brass", "Felt", "Card")

SHELVES = (
    Shelf("KET", ("Kitchen", "Coffee & Tea", "Kettles"), ("Kettle", "Gooseneck Kettle", "Teapot"), STEEL, 24, 149),
    Shelf("MUG", ("Kitchen", "Coffee & Tea", "Mugs & Cups"), ("Mug", "Espresso Cup", "Tumbler"), CLAY, 6, 38),
    Shelf("COF", ("Kitchen", "Coffee & Tea", "Coffee Makers"), ("French Press", "Dripper", "Grinder"), STEEL, 19, 259),
    Shelf("POT", ("Kitchen", "Cookware", "Pots"), ("Saucepan", "Stockpot", "Casserole"), STEEL, 29, 239),
    Shelf("PAN", ("Kitchen", "Cookware", "Frying Pans"), ("Frying Pan", "Wok", "Crepe Pan"), STEEL, 22, 189),
    Shelf("BAK", ("Kitchen", "Cookware", "Baking"), ("Cake Tin", "Loaf Tin", "Rolling Pin"), STEEL, 9, 64),
    Shelf("PLA", ("Kitchen", "Tableware", "Plates & Bowls"), ("Plate", "Bowl", "Platter"), CLAY, 8, 79),
    Shelf("GLA", ("Kitchen", "Tableware", "Glasses"), ("Wine Glass", "Water Glass", "Carafe"), GLASS, 6, 69),
    Shelf("CUT", ("Kitchen", "Tableware", "Cutlery"), ("Fork", "Bread Knife", "Serving Spoon"), STEEL, 5, 99),
    Shelf("TAL", ("Home", "Light", "Table Lamps"), ("Desk Lamp", "Bedside Lamp", "Reading Lamp"), WOOD, 29, 249),
    Shelf("FLO", ("Home", "Light", "Floor Lamps"), ("Floor Lamp", "Arc Lamp", "Tripod Lamp"), WOOD, 79, 499),
    Shelf("CAN", ("Home", "Light", "Candles"), ("Candle", "Candle Holder", "Lantern"), GLASS, 5, 59),
    Shelf("BLA", ("Home", "Textiles", "Blankets"), ("Blanket", "Throw", "Bedspread"), CLOTH, 35, 229),
    Shelf("CUS", ("Home", "Textiles", "Cushions"), ("Cushion", "Floor Cushion", "Bolster"), CLOTH, 15, 89),
    Shelf("TOW", ("Home", "Textiles", "Towels"), ("Bath Towel", "Tea Towel", "Hand Towel"), CLOTH, 7, 49),
    Shelf("CHA", ("Home", "Furniture", "Chairs"), ("Chair", "Stool", "Rocking Chair"), WOOD, 59, 699),
    Shelf("TAB", ("Home", "Furniture", "Tables"), ("Side Table", "Coffee Table", "Dining Table"), WOOD, 89, 1499),
    Shelf("TEN", ("Outdoor", "Camping", "Tents"), ("Tent", "Tarp", "Awning"), OUTDOOR, 69, 899),
    Shelf("SLE", ("Outdoor", "Camping", "Sleeping Bags"), ("Sleeping Bag", "Sleeping Mat", "Bivvy"), OUTDOOR, 39, 449),
    Shelf("STO", ("Outdoor", "Camping", "Stoves"), ("Camping Stove", "Cook Set", "Fire Bowl"), OUTDOOR, 25, 219),
    Shelf("GAR", ("Outdoor", "Garden", "Garden Tools"), ("Trowel", "Secateurs", "Watering Can"), STEEL, 9, 89),
    Shelf("PLT", ("Outdoor", "Garden", "Planters"), ("Planter", "Hanging Pot", "Raised Bed"), CLAY, 9, 159),
    Shelf("NOT", ("Office", "Desk", "Notebooks"), ("Notebook", "Sketchbook", "Diary"), PAPER, 5, 45),
    Shelf("PEN", ("Office", "Desk", "Pens"), ("Fountain Pen", "Pencil Case", "Rollerball"), PAPER, 4, 189),
    Shelf("ORG", ("Office", "Desk", "Organizers"), ("Desk Tray", "Bookend", "Letter Rack"), WOOD, 12, 99),
    Shelf("BAG", ("Office", "Bags", "Backpacks"), ("Backpack", "Messenger Bag", "Tote"), OUTDOOR, 35, 289),
)
"""The 26 shelves of the third level; with the two levels above them there are 40."""

TITLE_BEGINNINGS = (
    *("Slim", "Large", "Small", "Classic", "Folding", "Stackable", "Double", "Tall", "Low", "Wide", "Everyday"),
    *("Light", "Heavy", "Round", "Square", "Oval", "Ribbed", "Smooth", "Matt", "Handmade", "Nordic", "Rustic"),
)
NAME_BEGINNINGS = (
    *("Tarn", "Orri", "Fenni", "Quill", "Hollo", "Brae", "Svan", "Elm", "Kesto", "Luma", "Mira", "Nord", "Ose", "Pell"),
    *("Ruda", "Sola", "Tiva", "Ulla", "Veri", "Wend", "Yara", "Zeno", "Alto", "Birk", "Cala", "Dova", "Ember", "Falk"),
)
NAME_ENDS = (
    *("vik", "moor", "mere", "dal", "by", "lund", "holm", "ster", "ley", "wick", "ford", "gard", "nes", "haven", "ton"),
    *("mark", "sund", "vale", "stad", "rook", "fell", "croft", "brook", "strand", "berg"),
)
BRAND_ENDS = ("& Søn", "Works", "Home", "Supply", "Studio", "Goods", "Co.")
BRANDS = tuple(
    f"{NAME_BEGINNINGS[number % 28]}{NAME_ENDS[number % 25]} {BRAND_ENDS[number % 7]}" for number in range(200)
)
"""The best known first."""
VARIANTS = (
    ("black", "white", "cream", "sage", "navy", "rust"),
    ("small", "medium", "large", "extra large"),
    ("set of 1", "set of 2", "set of 4", "set of 6"),
)
"""What the variants of one product differ in."""
ENDINGS = ("99", "99", "95", "90", "90", "50", "00")
"""The decimals of prices."""

OPENINGS = (
    "is made in small batches and finished by hand.",
    "has been in our workshop's range for more than twenty years.",
    "does one thing and does it well.",
    "was drawn for small rooms and busy days.",
    "is the heavier of two that we make, and the one we would keep.",
    "came out of a long argument about what is really needed.",
    "is repaired by us for as long as we exist.",
    "goes with everything else in the series.",
)
DETAILS = (
    "Edges are rounded, joints are tight, and there is nothing on it that can come off.",
    "It weighs less than it looks, because the walls are thin where they can be.",
    "The surface is not sealed, so it takes on colour with the years.",
    "All parts can be bought one by one, and changed without tools.",
    "The handle stays cool, and fits a large hand as well as a small one.",
    "Each piece differs a little from the next in grain and shade.",
    "It stands firmly on uneven ground, which we have tried with a full glass on it.",
    "The seams are sewn twice, and the corners have a patch of leather.",
    "Two of them stack, and four fit into the box that they come in.",
    "Nothing on it is glued: take it apart, and it sorts itself into three bins.",
)
CARES = (
    "Wash it by hand and let it dry standing up.",
    "A dry cloth is enough; now and then some oil does it good.",
    "Keep it out of the dishwasher, and out of the rain.",
    "It may get wet, but should not stay so.",
    "Wash at 30 degrees, and hang it up in the shade.",
    "There is nothing to look after, but for a brush once a year.",
)
DELIVERIES = (
    "Comes in a box of recycled card.",
    "Delivered in two parcels.",
    "Made to order: allow a few days more.",
    "Returned ones are cleaned, and sold again at a lower price.",
    "",
)
