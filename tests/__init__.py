"""Tests of webstore-kit; they mirror the folders of src/webstore_kit."""

import getpass
import os
import tempfile
from pathlib import Path

# The PostgreSQL that the tests bring along keeps a lock in this folder. Without one it takes the one of all users, and
# where another user of the machine has run the tests before, may not.
_runtime = Path(tempfile.gettempdir()) / f"webstore-tests-{getpass.getuser()}"
_runtime.mkdir(mode=0o700, exist_ok=True)
(_runtime / "python_PostgresServer").mkdir(exist_ok=True)
os.environ["XDG_RUNTIME_DIR"] = str(_runtime)
