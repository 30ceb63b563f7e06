"""webstore-kit: a store back end with a REST API that any front end can use.

What is named here is public; everything else may change from one version to the next.
"""

from webstore_kit.app import create_app
from webstore_kit.core.errors import DatabaseNotReady, SettingsError, StoreError, WebstoreError
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.customers.auth import bearer_user
from webstore_kit.http.operation import Call, Operation, Work

__version__ = "0.1.0"

__all__ = [
    "Call",
    "DatabaseNotReady",
    "Operation",
    "Settings",
    "SettingsError",
    "Store",
    "StoreError",
    "WebstoreError",
    "Work",
    "__version__",
    "bearer_user",
    "create_app",
]
