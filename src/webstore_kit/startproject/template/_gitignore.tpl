__pycache__/
*.egg-info/
.pytest_cache/
.venv/
build/
wheels/

# The store itself.
secret.key
store.sqlite3*
media/
mails/
