"""What a deployment may set, all of it by environment variables that begin with SONLA_."""

import json
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+asyncpg"
PREFIX = "SONLA_"


class SettingsError(Exception):
    """A setting that cannot be used, in one line that says which and why."""


def asyncpg_url(database_url: str) -> str:
    """The same address as asyncpg itself reads it, without SQLAlchemy's name of the driver."""
    url = make_url(database_url).set(drivername="postgresql")
    return _renamed(url, "ssl", "sslmode").render_as_string(hide_password=False)


def _sqlalchemy_url(given: str) -> str:
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        # `from None`: the parser quotes the address, and with it the password.
        raise ValueError(
            "is not an address like postgresql://user:password@host:5432/name"
        ) from None
    if url.drivername not in {"postgresql", "postgres", DRIVER}:
        raise ValueError(f"must begin with postgresql://, not with {url.drivername}://")
    if not url.database:
        raise ValueError("names no database: postgresql://user:password@host:5432/name")
    url = _renamed(url.set(drivername=DRIVER), "sslmode", "ssl")
    return url.render_as_string(hide_password=False)


def _renamed(url: URL, old: str, new: str) -> URL:
    """TLS is called `sslmode` by libpq and asyncpg's addresses, `ssl` by asyncpg's arguments."""
    query = {new if name == old else name: value for name, value in url.query.items()}
    return url.set(query=query)


def _split(given: Any) -> Any:
    if isinstance(given, str):
        return [name.strip() for name in given.split(",") if name.strip()]
    return given


# Lists are written as a person types them: separated by commas.
Names = Annotated[list[str], NoDecode, BeforeValidator(_split)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class CountryLabel(NamedTuple):
    """What a country is called here, where that is not what CLDR calls it."""

    en: str
    vi: str


def _decoded(given: Any) -> Any:
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise ValueError('is not JSON like {"TW": {"en": "…", "vi": "…"}}') from None


CountryLabels = Annotated[
    dict[Annotated[str, Field(pattern="^[A-Z]{2}$")], CountryLabel],
    NoDecode,
    BeforeValidator(_decoded),
]


class Settings(BaseSettings):
    """The settings of one process; `Settings.read()` takes them from the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    # Addresses carry passwords: never shown.
    database_url: str | None = Field(default=None, repr=False)
    read_database_url: str | None = Field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_read: bool = False
    data_dir: Path | None = None
    pg_bin: Path | None = None
    pool_size: int = Field(default=8, ge=1, le=1000)
    cors_origins: Names = []
    trusted_proxies: Names = []
    rate_limit: int = Field(default=60_000, ge=0)
    stranger_rate_limit: int = Field(default=20_000, ge=0)
    wrong_key_limit: int = Field(default=20, ge=1)
    redis_url: str | None = Field(default=None, repr=False)
    log_level: LogLevel = "INFO"
    workers: int = Field(default=1, ge=1, le=256)
    report_due_working_days: int = Field(default=15, ge=0, le=366)
    due_soon_working_days: int = Field(default=5, ge=0, le=366)
    country_labels: CountryLabels = {}

    @classmethod
    def read(cls, **given: Any) -> Self:
        """The settings of the environment, or SettingsError; what is `given` goes before it."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise SettingsError("; ".join(_line(one) for one in error.errors())) from None

    @field_validator("database_url", "read_database_url")
    @classmethod
    def _is_postgresql(cls, given: str | None) -> str | None:
        return None if given is None else _sqlalchemy_url(given)

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, given: str | None) -> str | None:
        if given and not given.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("is not an address like redis://:password@host:6379/0")
        if given and not find_spec("redis"):
            raise ValueError("needs the package redis: pip install -r requirements/redis.txt")
        return given

    @field_validator("data_dir", "pg_bin")
    @classmethod
    def _is_absolute(cls, given: Path | None) -> Path | None:
        try:
            return None if given is None else given.expanduser().absolute()
        except RuntimeError as error:
            raise ValueError(str(error)) from None

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: list[str]) -> list[str]:
        for address in given:
            ip_network(address)
        return given

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, given: list[str]) -> list[str]:
        for origin in given:
            scheme, _, rest = origin.partition("://")
            if origin != "*" and (scheme not in {"http", "https"} or not rest or "/" in rest):
                raise ValueError(f"{origin!r} is not an origin like https://example.org")
        return given

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, given: Any) -> Any:
        return given.upper() if isinstance(given, str) else given

    @model_validator(mode="after")
    def _reads_belong_to_writes(self) -> Self:
        if self.read_database_url and not self.database_url:
            raise ValueError("SONLA_READ_DATABASE_URL needs SONLA_DATABASE_URL beside it")
        return self


def _line(error: Any) -> str:
    what = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
    if not error["loc"]:
        return what
    name = str(error["loc"][0])
    given = "" if name.endswith("_url") else f" (given: {error['input']!r})"
    return f"{PREFIX}{name.upper()}: {what}{given}"
