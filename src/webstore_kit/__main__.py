"""`python -m webstore_kit` is the command `webstore`."""

from webstore_kit.cli import main

main()
