"""The headers of WooCommerce's product CSV, in English and in the languages that it is exported in."""

import re
from collections.abc import Sequence

from webstore_kit.importing.shop_columns import plain

NAMES = {
    "id": ("ID",),
    "type": ("Type", "Typ", "Tipo"),
    "sku": ("SKU", "Artikelnummer", "UGS", "COD"),
    "name": ("Name", "Nom", "Nombre", "Nome"),
    "published": ("Published", "Veröffentlicht", "Publié", "Publicado", "Pubblicato"),
    "short description": (
        "Short description",
        "Kurzbeschreibung",
        "Description courte",
        "Descripción corta",
        "Breve descrizione",
    ),
    "description": ("Description", "Beschreibung", "Descripción", "Descrizione"),
    "sale starts": (
        "Date sale price starts",
        "Datum, an dem Angebotspreis beginnt",
        "Date de début de promo",
        "Día en que empieza el precio rebajado",
        "Data di partenza del prezzo in saldo",
    ),
    "sale ends": (
        "Date sale price ends",
        "Datum, an dem Angebotspreis endet",
        "Date de fin de promo",
        "Día en que termina el precio rebajado",
        "Data in cui termina l'offerta",
        "Termine data del prezzo di vendita",
    ),
    "in stock": ("In stock?", "Vorrätig?", "En stock ?", "¿Existencias?", "¿En inventario?"),
    "stock": ("Stock", "Bestand", "Lager", "Inventario", "Magazzino"),
    "sale price": ("Sale price", "Angebotspreis", "Tarif promo", "Precio rebajado", "Prezzo in offerta"),
    "regular price": ("Regular price", "Regulärer Preis", "Tarif régulier", "Precio normal", "Prezzo di listino"),
    "categories": ("Categories", "Kategorien", "Catégories", "Categorías", "Categorie"),
    # "Immagini" is unverified.
    "images": ("Images", "Bilder", "Imágenes", "Immagine", "Immagini"),
    "parent": ("Parent", "Übergeordnetes Produkt", "Superior", "Genitore"),
    # "Marques" is unverified: the French exports that were seen say "Brands".
    "brands": ("Brands", "Marken", "Marques", "Marcas", "Marchi"),
}
"""What we read. English from class-wc-product-csv-exporter.php; German, French, Spanish and Italian as the headers
stand in exports that people published, or in programs that read these (several for each language). WooCommerce
translates its headers, and its translations change with the years: older spellings are kept beside newer ones.
"""
TELLTALES = ("sale starts", "sale ends", "in stock", "sale price", "regular price")
"""Columns that hardly any other file has."""
COMPANIONS = ("id", "type", "published", "short description", "images", "parent")
"""Columns that others have too, but that confirm a telltale."""

_NAME = tuple(
    re.compile(pattern)
    for pattern in (
        r"attribute (\d+) name",
        r"attribut (\d+) name",
        r"nom de l'attribut (\d+)",
        r"nombre del atributo (\d+)",
        r"nome dell'attributo (\d+)",
    )
)
_VALUE = tuple(
    re.compile(pattern)
    for pattern in (
        r"attribute (\d+) value\(s\)",
        r"attribut (\d+) wert\(e\)",
        r"valeur\(s\) de l'attribut (\d+)",
        r"valor\(es\) del atributo (\d+)",
        r"valore dell'attributo (\d+)",
    )
)


def attributes(header: Sequence[str]) -> list[tuple[str, str]]:
    """The headers of the name and of the value of each attribute, as their numbers order them."""
    names, values = _numbered(header, _NAME), _numbered(header, _VALUE)
    return [(names[number], values[number]) for number in sorted(names.keys() & values.keys())]


def _numbered(header: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for text in header:
        match = next((match for pattern in patterns if (match := pattern.fullmatch(plain(text)))), None)
        if match:
            found.setdefault(int(match[1]), text)
    return found
