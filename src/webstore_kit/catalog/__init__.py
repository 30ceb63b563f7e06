"""The catalogue: products, brands, categories, reviews, and the stock that products show."""
