# The settings of this store. A variable such as WEBSTORE_BASE_URL takes the place of a line.

# What the shop adds: the name `extension` in shop.py.
extensions = ["shop:extension"]

# The public address, for absolute links; else it is taken from each request.
# base_url = "https://shop.example.com"

# Origins whose pages may call the API.
# cors_origins = ["https://www.example.com"]

# Proxies in front of the store, whose X-Forwarded-* headers are believed.
# trusted_proxies = ["127.0.0.1"]

# The database: a file in this folder, or PostgreSQL.
# database_url = "postgresql://shop@localhost/shop"
