"""The groups of commands of `webstore`, each a noun: they parse and print, and leave every decision to the services."""
