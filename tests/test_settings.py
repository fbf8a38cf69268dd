from pathlib import Path

import pytest

from sonla_api.settings import Settings, SettingsError, asyncpg_url

ADDRESS = "postgresql://officer:s%40cret@db:5433/sonla"


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"SONLA_{name}", value)
    return Settings.read()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_an_address_is_taken_as_a_person_writes_it(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read(monkeypatch, DATABASE_URL=f"{scheme}://officer:s%40cret@db:5433/sonla")
    assert settings.database_url == "postgresql+asyncpg://officer:s%40cret@db:5433/sonla"
    assert asyncpg_url(settings.database_url) == ADDRESS


def test_tls_is_asked_for_in_the_words_of_each_library(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, DATABASE_URL=f"{ADDRESS}?sslmode=require")
    assert str(settings.database_url).endswith("/sonla?ssl=require")
    assert asyncpg_url(str(settings.database_url)).endswith("/sonla?sslmode=require")


def test_a_password_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, DATABASE_URL=ADDRESS, READ_DATABASE_URL=ADDRESS)
    assert "s%40cret" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ("mysql://u:geheim@db/sonla", "must begin with postgresql://, not with mysql://"),
        ("geheim", "is not an address like postgresql://user:password@host:5432/name"),
        ("postgresql://u:geheim@db:port/sonla", "is not an address like"),
        ("postgresql://u:geheim@db", "names no database"),
    ],
)
def test_a_wrong_address_is_one_line_without_it(
    given: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=refusal) as refused:
        read(monkeypatch, DATABASE_URL=given)
    assert str(refused.value).startswith("SONLA_DATABASE_URL: ")
    assert "geheim" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "given", "refusal"),
    [
        ("PORT", "80x", "SONLA_PORT: must be a valid integer.* \\(given: '80x'\\)"),
        ("PORT", "65536", "SONLA_PORT: must be less than or equal to 65535"),
        ("WORKERS", "0", "SONLA_WORKERS: must be greater than or equal to 1"),
        ("PUBLIC_READ", "perhaps", "SONLA_PUBLIC_READ: must be a valid boolean"),
        ("LOG_LEVEL", "loud", "SONLA_LOG_LEVEL: must be 'DEBUG', 'INFO'"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy", "SONLA_TRUSTED_PROXIES: 'proxy' does not appear"),
        ("CORS_ORIGINS", "example.org", "SONLA_CORS_ORIGINS: 'example.org' is not an origin"),
        ("CORS_ORIGINS", "https://a.vn/x", "SONLA_CORS_ORIGINS: 'https://a.vn/x' is not an origin"),
        ("CORS_ORIGINS", "https://", "SONLA_CORS_ORIGINS: 'https://' is not an origin"),
        ("DATA_DIR", "~nobody-here/x", "SONLA_DATA_DIR: Could not determine home directory"),
        ("READ_DATABASE_URL", ADDRESS, "SONLA_READ_DATABASE_URL needs SONLA_DATABASE_URL"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(
    name: str, given: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=refusal):
        read(monkeypatch, **{name: given})


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"SONLA_PORT: .*; SONLA_WORKERS: "):
        read(monkeypatch, PORT="x", WORKERS="x")


def test_values_are_read_as_a_person_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        PORT="",  # as if it were not set
        LOG_LEVEL="debug",
        CORS_ORIGINS="https://sonla.gov.vn, http://localhost:3000,",
        TRUSTED_PROXIES="10.0.0.0/8",
        DATA_DIR="~/sonla",
    )
    assert settings.port == 8000
    assert settings.log_level == "DEBUG"
    assert settings.cors_origins == ["https://sonla.gov.vn", "http://localhost:3000"]
    assert settings.trusted_proxies == ["10.0.0.0/8"]
    assert settings.data_dir == Path.home() / "sonla"


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONLA_PORT", "9000")
    monkeypatch.setenv("SONLA_CORS_ORIGINS", "https://a.vn")
    assert Settings.read(port=9001).port == 9001
    assert Settings.read(cors_origins=["*"]).cors_origins == ["*"]
    assert Settings.read(log_level="INFO").log_level == "INFO"


def test_a_log_level_that_is_no_word_is_refused() -> None:
    with pytest.raises(SettingsError, match="SONLA_LOG_LEVEL"):
        Settings.read(log_level=3)


@pytest.mark.parametrize("address", ["redis://:s3cret@cache:6379/0", "unix:///run/redis.sock"])
def test_the_address_of_redis_is_not_shown(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, REDIS_URL=address)
    assert settings.redis_url == address
    assert address not in repr(settings)


def test_a_redis_that_cannot_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="SONLA_REDIS_URL: is not an address like redis://"):
        read(monkeypatch, REDIS_URL="cache:6379")
    monkeypatch.setattr("sonla_api.settings.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="SONLA_REDIS_URL: needs the package redis"):
        read(monkeypatch, REDIS_URL="redis://cache")
