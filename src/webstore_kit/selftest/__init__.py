"""The self-test: real servers that get killed while buyers buy, and the books that have to add up afterwards."""
