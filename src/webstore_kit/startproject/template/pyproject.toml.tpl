[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{{ name }}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["webstore-kit[postgresql]"]

[dependency-groups]
test = ["pytest>=8.3"]

[tool.setuptools]
py-modules = ["shop"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
