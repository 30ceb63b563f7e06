"""The demo: a small catalogue with pictures, to try the store with, and made up ones of any size."""
