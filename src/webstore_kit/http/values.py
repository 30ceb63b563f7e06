"""The values that answers are made of, as the document describes them."""

from typing import Annotated

from pydantic import Field

Id = Annotated[int, Field(json_schema_extra={"format": "int64"}, examples=[5])]
Count = Annotated[int, Field(ge=0, examples=[2])]
Flag = Annotated[bool, Field(examples=[True])]
Money = Annotated[
    str,
    Field(
        description="An amount with two decimals, in the currency of the shop.",
        pattern=r"^-?[0-9]+\.[0-9]{2}$",
        examples=["399.00"],
    ),
]
Time = Annotated[
    str,
    Field(
        description="A moment in UTC, as ISO 8601 writes it, with `Z`.",
        json_schema_extra={"format": "date-time"},
        examples=["2021-08-04T12:30:45.123456Z"],
    ),
]
Photo = Annotated[
    str,
    Field(
        description="The absolute address of a picture; of one that says so where the product has none.",
        json_schema_extra={"format": "uri"},
        examples=["http://127.0.0.1:8000/media/images/no_photo.jpg"],
    ),
]
CustomerToken = Annotated[
    str,
    Field(
        description="The text that stands for one visitor: whoever has it can see and change the cart, and buy.",
        examples=["0f1a3e5c-9d2b-4c47-8a6e-5b7d9c1e2f30"],
    ),
]
