"""Extensions: what a shop, or a package that it installs, adds to the store."""
