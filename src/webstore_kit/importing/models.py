"""The tables of imports: the runs there were, what each changed, and what each refused."""

from enum import StrEnum

from peewee import SQL, BigIntegerField, CharField, ForeignKeyField, IntegerField, TextField

from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, UtcDateTimeField


class State(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    """It is at work, or was stopped and goes on with the same command."""
    DONE = "done"
    FAILED = "failed"
    """The file could not be read to its end."""
    UNDOING = "undoing"
    """It is being put back, or that was stopped."""
    UNDONE = "undone"
    """What it changed was put back."""


class ImportRun(BaseModel):
    """One file that is or was imported.

    It belongs to whoever last wrote `owner`: of two processes that import the same file, the one that came later goes
    on, and the other finds that the run is no longer its own. `position` is how many outcomes of the reader (products
    and refusals) are dealt with; it moves in the same transaction as what they change.
    """

    id = IdField()
    state = CharField(max_length=20)
    owner = CharField(max_length=32)
    name = TextField()
    """The file, as the command named it."""
    digest = CharField(max_length=64)
    """SHA-256 of the file as it lies there."""
    options = TextField()
    """JSON of the options that decide what the file does; the same file with the same options is the same import."""
    who = TextField()
    """The user of the machine who gave the command."""
    format = CharField(max_length=40)
    position = BigIntegerField(default=0)
    created = BigIntegerField(default=0)
    updated = BigIntegerField(default=0)
    unchanged = BigIntegerField(default=0)
    refused = BigIntegerField(default=0)
    deactivated = BigIntegerField(default=0)
    time_started = UtcDateTimeField()
    time_finished = UtcDateTimeField(null=True)
    time_undone = UtcDateTimeField(null=True)

    class Meta:
        table_name = "import_runs"


ImportRun.add_index(ImportRun.digest, ImportRun.id, name="import_runs_digest")


class Kind(StrEnum):
    """What a change was made to."""

    PRODUCT = "product"
    BRAND = "brand"
    CATEGORY = "category"


class ImportChange(BaseModel):
    """What a run did to one thing, so that it can be put back. The thing is named by value, as it may be gone."""

    id = IdField()
    run = ForeignKeyField(ImportRun, on_delete="CASCADE", index=False)
    kind = CharField(max_length=20)
    item_id = BigIntegerField()
    before = TextField(null=True)
    """JSON of the fields that changed, as they were; null of what the run made."""
    after = TextField()
    """JSON of the same fields as the run left them; of what it made, a digest of all of them."""
    time_undone = UtcDateTimeField(null=True)

    class Meta:
        table_name = "import_changes"


ImportChange.add_index(ImportChange.run, ImportChange.id, name="import_changes_run")
ImportChange.add_index(
    ImportChange.item_id,
    name="import_changes_taken_out",
    where=SQL('after = \'{"is_active": false, "was_missing": true}\''),
)


class ImportRefusal(BaseModel):
    """A row that a run could not take, and why."""

    id = IdField()
    run = ForeignKeyField(ImportRun, on_delete="CASCADE", index=False)
    place = BigIntegerField()
    """Which outcome of the reader it was, counted from 0: a line of JSON may have many."""
    line = IntegerField()
    column_name = TextField()
    value = TextField()
    reason = TextField()
    fix = TextField()

    class Meta:
        table_name = "import_refusals"


ImportRefusal.add_index(ImportRefusal.run, ImportRefusal.place, ImportRefusal.id, name="import_refusals_run_place")

MODELS = [ImportRun, ImportChange, ImportRefusal]
