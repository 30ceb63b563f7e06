"""Reading: how fast the catalogue is read, against bare apps that answer the same bytes. See ../README.md."""
