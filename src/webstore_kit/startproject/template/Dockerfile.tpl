FROM python:3.13-slim

# Wheels that are in no index, such as one of webstore-kit that you have built, are taken from the folder wheels/.
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/app PIP_NO_CACHE_DIR=1 PIP_FIND_LINKS=/app/wheels

# All that the store keeps is in /data: the database, the secret, the pictures.
RUN useradd --create-home shop && install --directory --owner shop --mode 700 /data
WORKDIR /app
COPY . .
RUN pip install .

USER shop
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/api/product/brands/all/', timeout=5)"]
CMD ["sh", "-c", "cp webstore.toml /data/ && exec webstore serve --dir /data --host 0.0.0.0"]
