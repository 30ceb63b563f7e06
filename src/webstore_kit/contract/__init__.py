"""The contract of the API as a test: sends each exchange to a server at a URL, and compares the answers."""
