"""The record that this store has adopted another, by which a second run knows that there is nothing to do."""

from peewee import TextField

from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, UtcDateTimeField


class Adoption(BaseModel):
    """One adoption."""

    id = IdField()
    source = TextField()
    """Where the data came from, without any password."""
    time_adopted = UtcDateTimeField()

    class Meta:
        table_name = "adoptions"


MODELS = [Adoption]
