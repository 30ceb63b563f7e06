"""Tests of webstore-kit; they mirror the folders of src/webstore_kit."""
