"""The settings of a store: from arguments, WEBSTORE_* variables and webstore.toml, in that order of precedence."""

import ipaddress
import os
import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from webstore_kit.core.errors import SettingsError

SECRET_FILE = "secret.key"
SETTINGS_FILE = "webstore.toml"
PREFIX = "WEBSTORE_"
SHORTEST_SECRET = 16
NO_SECRET = (
    f"secret_key is not set and there is no file {SECRET_FILE} in the store's folder: "
    f"run `webstore init`, or set {PREFIX}SECRET_KEY to 50 random characters."
)


def _comma_list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _database_url(value: str) -> str:
    if value.partition("://")[0].lower() not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://shop.example.com or https://example.com/shop")
    return value.rstrip("/")


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value != "*" and (parts.scheme not in ("http", "https") or value != f"{parts.scheme}://{parts.netloc}"):
        raise ValueError("must be origins such as https://shop.example.com, without a path, or *")
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise ValueError("must be IP addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from None


def _host(value: str) -> str:
    with suppress(ValueError):
        return str(ipaddress.ip_network(value, strict=False))
    # What looks like a network but is none would match no host, and so silently do nothing.
    if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", value):
        raise ValueError("must be names of hosts, IP addresses or networks such as nas.local or 192.168.1.0/24")
    return value.lower()


def _place(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", value):
        raise ValueError("must be places such as shop:extension, a module and the name of the Extension in it")
    return value


def _metadata_key(value: str) -> str:
    if not re.fullmatch(r"(?:product|preview|customer|order)\.[^,]+", value):
        raise ValueError("must be names such as product.colour, beginning with product, preview, customer or order")
    return value


def _sorted(values: list[int]) -> list[int]:
    return sorted(set(values))


def _prefix(value: str) -> str:
    # It must not end in a digit, or "1" before 23 and "12" before 3 would be the same number.
    if not re.fullmatch(r"(?:[A-Za-z0-9#/._-]{0,19}[A-Za-z#/._-])?", value):
        raise ValueError("must be up to 20 of A-Z, a-z, 0-9, #/._- and not end in a digit")
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, 50 random ones are good")
    return value


Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], NoDecode, BeforeValidator(_comma_list)]
Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], NoDecode, BeforeValidator(_comma_list)]
Hosts = Annotated[list[Annotated[str, AfterValidator(_host)]], NoDecode, BeforeValidator(_comma_list)]
Places = Annotated[list[Annotated[str, AfterValidator(_place)]], NoDecode, BeforeValidator(_comma_list)]
Exposed = Annotated[list[Annotated[str, AfterValidator(_metadata_key)]], NoDecode, BeforeValidator(_comma_list)]
Width = Annotated[int, Field(ge=16, le=4096)]
Widths = Annotated[list[Width], NoDecode, BeforeValidator(_comma_list), Field(max_length=8), AfterValidator(_sorted)]


class Settings(BaseSettings):
    """All settings of a store: arguments here, `WEBSTORE_<NAME>` in the environment, or keys in webstore.toml.

    Make them with `Settings.load()`, which raises SettingsError with one sentence a problem.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=False
    )

    directory: Path = Field(
        default_factory=Path.cwd,
        description="The store's folder: webstore.toml is read there, and relative paths start there.",
    )
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "sqlite:///store.sqlite3", description="sqlite:///FILE or any libpq URL (postgresql://...).", repr=False
    )
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        SecretStr(""),
        description="Signs the tokens. Without it the file secret.key in the folder is read; there is no default.",
    )
    base_url: Annotated[str, AfterValidator(_public_url)] | None = Field(
        None,
        description="The public address of the store, for absolute links; else taken from each request.",
        examples=["https://shop.example.com"],
    )
    media_dir: Path = Field(Path("media"), description="The folder of the product pictures, served at /media/.")
    storefront: Path | None = Field(
        None,
        description="A folder with a front end of static files, served at / in place of the page that lists the API.",
        examples=["storefront"],
    )
    cors_origins: Origins = Field(
        ["http://localhost:3000", "http://127.0.0.1:3000"],
        description="Origins whose pages may call the API: a list, or text with commas; * is everyone.",
    )
    trusted_proxies: Networks = Field(
        [], description="Addresses or networks of proxies whose X-Forwarded-* headers are believed."
    )
    max_body_size: int = Field(1_048_576, ge=1_024, description="The largest request body in bytes; above it is 413.")
    access_token_lifetime: timedelta = Field(
        timedelta(days=1),
        gt=timedelta(0),
        description='How long an access token is good: "P1D" is a day, "PT12H" or "12:00:00" twelve hours.',
        examples=["P1D"],
    )
    refresh_token_lifetime: timedelta = Field(
        timedelta(days=10), gt=timedelta(0), description="How long a refresh token is good.", examples=["P10D"]
    )
    order_number_prefix: Annotated[str, AfterValidator(_prefix)] = Field(
        "", description='Comes before the number of each new order: "W-" makes W-1001.'
    )
    order_number_start: int = Field(
        1001, ge=1, le=10**15, description="The number of the first order; a higher one is jumped to later, too."
    )
    cache_size: int = Field(
        33_554_432, ge=0, description="Bytes of public answers that each process keeps; 0 keeps none."
    )
    picture_max_size: int = Field(
        20_971_520, ge=1_024, le=1_073_741_824, description="The largest picture that an import takes, in bytes."
    )
    picture_max_pixels: int = Field(
        50_000_000, ge=1_000, le=170_000_000, description="The most pixels, width times height, of such a picture."
    )
    picture_private_hosts: Hosts = Field(
        [],
        description="Hosts or networks that an import may fetch pictures from though they are private, such as a NAS.",
    )
    thumbnail_widths: Widths = Field(
        [320, 800], description="The widths in pixels of the thumbnails that an import makes of each picture."
    )
    extensions: Places = Field(
        [],
        description="Extensions of the shop, as module:name; modules are looked for in the store's folder, too.",
        examples=[["shop:extension"]],
    )
    extension: dict[str, dict[str, Any]] = Field(
        {}, description="The settings of each extension, as a table [extension.NAME] of its own.", examples=[{}]
    )
    exposed_metadata: Exposed = Field(
        [],
        description="What of the metadata the API shows: product.KEY, preview.KEY, customer.KEY or order.KEY.",
    )
    threads: int = Field(4, ge=1, le=64, description="Threads a process for reads, and for writes on PostgreSQL.")

    @field_validator("storefront")
    @classmethod
    def _keeps_the_secret(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        directory = Path(info.data.get("directory", ".")).resolve()
        if value is not None and directory.is_relative_to((directory / value).resolve()):
            raise ValueError("must not be the store's folder, nor one that it is in: all files in it are served")
        return value

    @model_validator(mode="after")
    def _folders_inside_directory(self) -> "Settings":
        # Frozen models are filled in here only; a relative folder is one of the store's folder.
        object.__setattr__(self, "directory", self.directory.absolute())
        object.__setattr__(self, "media_dir", self.directory / self.media_dir)
        if self.storefront is not None:
            object.__setattr__(self, "storefront", self.directory / self.storefront)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then webstore.toml in the folder that the former two name."""
        directory = init_settings().get("directory") or env_settings().get("directory") or Path.cwd()
        return init_settings, env_settings, _SettingsFile(settings_cls, Path(directory) / SETTINGS_FILE)

    @classmethod
    def load(cls, **arguments: Any) -> "Settings":
        """The settings, complete and right; raises SettingsError that names each wrong one and where it came from."""
        settings = cls.read(**arguments)
        return settings if settings.secret_key.get_secret_value() else settings.with_secret_file()

    @classmethod
    def read(cls, **arguments: Any) -> "Settings":
        """The same, but with an empty secret where none is set, for what issues no tokens."""
        try:
            return cls(**arguments)
        except ValidationError as error:
            raise SettingsError(_problems(error, arguments)) from None
        except (ValueError, OSError) as error:  # webstore.toml is no TOML, or cannot be read
            raise SettingsError([f"{SETTINGS_FILE} cannot be read: {error}."]) from None

    def with_secret_file(self) -> "Settings":
        """These settings with the secret of the folder's secret.key; raises SettingsError where there is none."""
        try:
            secret = (self.directory / SECRET_FILE).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise SettingsError([NO_SECRET]) from None
        except (OSError, UnicodeDecodeError):
            raise SettingsError([f"{SECRET_FILE} in the store's folder cannot be read as text."]) from None
        if len(secret) < SHORTEST_SECRET:
            raise SettingsError([f"{SECRET_FILE} in the store's folder has under {SHORTEST_SECRET} characters."])
        return self.model_copy(update={"secret_key": SecretStr(secret)})


class _SettingsFile(TomlConfigSettingsSource):
    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        if "directory" in values:
            raise SettingsError([f"directory in {SETTINGS_FILE} is wrong: the folder is the one that the file is in."])
        return values


def _problems(error: ValidationError, arguments: dict[str, Any]) -> list[str]:
    return [_sentence(problem, arguments) for problem in error.errors(include_url=False, include_input=False)]


def _sentence(problem: Any, arguments: dict[str, Any]) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    variable = f"{PREFIX}{name.upper()}"
    if name in arguments:
        source = f"the argument {name}"
    elif variable in {key.upper() for key in os.environ}:
        source = f"the environment variable {variable}"
    else:
        source = f"{name} in {SETTINGS_FILE}"
    if problem["type"] == "extra_forbidden":
        return f"{source} is no setting: the settings are {', '.join(Settings.model_fields)}."
    return f"{source} is wrong: {problem['msg'].removeprefix('Value error, ')}."
