# {{ name }}

A web store on webstore-kit. What this shop adds to it is in `shop.py`, its settings are in `webstore.toml`.

```sh
pip install -e . --group test
webstore serve    # makes the database, and serves on http://127.0.0.1:8000/
pytest            # each test has a fresh store
```

In a container, with all that the store keeps in a volume:

```sh
docker build -t {{ name }} .
docker run -p 8000:8000 -v {{ name }}-data:/data {{ name }}
```

After an update of webstore-kit, back up the volume, and bring the database up to the new version:

```sh
docker run --rm -v {{ name }}-data:/data {{ name }} webstore migrate --dir /data
```
