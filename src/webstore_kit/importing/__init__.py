"""The import of catalogues: reads files of many kinds, checks each row, and writes what changed."""
