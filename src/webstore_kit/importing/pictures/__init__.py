"""The pictures of imported products: fetched, checked, stored with thumbnails, and given to the products."""
