"""The settings: environment variables ``REPORTWATCH_…``, or keys of ``reportwatch.toml``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from alerts.smtp_url import parse_smtp_url

PREFIX = "REPORTWATCH_"
SETTINGS_FILE = Path("reportwatch.toml")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
MOST_HOURS = 10 * 365 * 24
HINTS = ("rest", "sitemap", "listing", "validators")
"""Ways to ask what changed, instead of fetching every page."""

Port = Annotated[int, Field(ge=0, le=65535)]


class BadSetting(ValueError):
    """A setting that cannot be used; the message names it and says what is wanted.

    ``name`` is the field of ``Settings`` at fault and ``reason`` the rest of the message; both are
    empty where the message is not about one field.
    """

    def __init__(self, text: str, name: str = "", reason: str = "") -> None:
        super().__init__(text)
        self.name = name
        self.reason = reason


class Settings(BaseSettings):
    """Every setting of the project; ``deployments/env.example`` documents them for people.

    A key of ``reportwatch.toml`` that is no setting is refused: it would be a setting mistyped.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=SETTINGS_FILE, extra="forbid", frozen=True
    )

    home: Path = Path("data")
    database_url: str = ""
    smtp_url: str = ""
    mail_from: str = "reportwatch@localhost"
    public_url: str = ""
    contact: str = ""
    delay: Annotated[float, Field(ge=0, le=3600)] = 5.0
    workers: Annotated[int, Field(ge=1, le=32)] = 4
    gone_checks: Annotated[int, Field(ge=1)] = 3
    gone_hours: Annotated[float, Field(ge=0, le=MOST_HOURS)] = 48.0
    mass_change: Annotated[int, Field(ge=1)] = 20
    allow_private: bool = False
    operator: str = ""
    port: Port = 8080
    prefect_port: Port = 4200
    secret: str = ""
    admin_password: str = ""
    reader_password: str = ""
    open_reading: bool = False
    fresh_hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] = 48.0
    via: str = ""
    hints: str = "rest,sitemap,listing,validators"
    daily_requests: Annotated[int, Field(ge=0)] = 2500
    daily_megabytes: Annotated[int, Field(ge=0)] = 1000
    robots_unreachable: Literal["allow", "forbid"] = "allow"
    deadman_url: str = ""
    wayback_url: str = "https://web.archive.org"
    wayback_save: bool = False
    canary: str = ""
    canary_read: str = ""
    wayback_keys: Annotated[str, Field(validate_default=True)] = ""

    @field_validator("home", mode="before")
    @classmethod
    def _folder(cls, value: object) -> object:
        if value == "":
            raise ValueError("must name a folder; leave it unset for ./data")
        return value

    @field_validator("hints")
    @classmethod
    def _kinds(cls, value: str) -> str:
        if unknown := set(filter(None, value.split(","))) - {*HINTS, "none"}:
            raise ValueError(f"{sorted(unknown)[0]!r} is none of {', '.join(HINTS)}, or none")
        return value

    @field_validator("wayback_keys")
    @classmethod
    def _key_pair(cls, value: str, field: ValidationInfo) -> str:
        if field.data.get("wayback_save") and not value:
            raise ValueError("must be set where REPORTWATCH_WAYBACK_SAVE is: ACCESS:SECRET")
        if value and not all(value.partition(":")):
            raise ValueError("must be ACCESS:SECRET, as the Archive's account page shows them")
        return value

    @field_validator("reader_password")
    @classmethod
    def _reader(cls, value: str, field: ValidationInfo) -> str:
        if value and not field.data.get("admin_password"):
            raise ValueError("needs REPORTWATCH_ADMIN_PASSWORD, for those who operate")
        return value

    @field_validator("via", "public_url", "wayback_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not _is_web_address(value):
            raise ValueError("must be an address such as http://127.0.0.1:8801")
        return value.rstrip("/")

    @field_validator("deadman_url")
    @classmethod
    def _ping(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("must be an address such as https://switch.example/ping")
        return value

    @field_validator("via", "wayback_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        if value and urlsplit(value).path:
            raise ValueError("must be an origin without a path, such as http://127.0.0.1:8801")
        return value

    @field_validator("canary")
    @classmethod
    def _canary(cls, value: str) -> str:
        if value in ("", "off") or _ADDRESS.fullmatch(value):
            return value
        if urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname:
            return value
        raise ValueError("must be an e-mail address, the address of a webhook, or off")

    @field_validator("canary_read")
    @classmethod
    def _canary_read(cls, value: str) -> str:
        place = urlsplit(value)
        if place.scheme == "imap" and place.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("must be imaps://, lest a password travels in clear")
        if value and place.scheme not in ("imap", "imaps", "http", "https", "file"):
            raise ValueError("must be imaps://USER:PASSWORD@HOST/MAILBOX, https://… or file:///…")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if value:
            parse_smtp_url(value)
        return value

    @field_validator("contact")
    @classmethod
    def _contact(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise ValueError("must be plain ASCII, such as an address or a URL")
        return value

    @field_validator("mail_from", "operator")
    @classmethod
    def _mailbox(cls, value: str, field: ValidationInfo) -> str:
        is_optional = field.field_name == "operator"
        if not (_ADDRESS.fullmatch(value) or (is_optional and not value)):
            raise ValueError("must be an e-mail address")
        return value

    @property
    def database(self) -> str:
        """The database's URL; a SQLite file in the home folder unless set."""
        return self.database_url or f"sqlite:///{(self.home / 'reportwatch.sqlite').absolute()}"

    @property
    def mail_domain(self) -> str:
        """The domain that our mail comes from, for Message-IDs."""
        return self.mail_from.rpartition("@")[2].rstrip(">") or "localhost"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over ``reportwatch.toml``."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def load_settings(**overrides: object) -> Settings:
    """Read the settings; raises BadSetting, which names the first one at fault."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _bad_setting(error) from None
    except (ValueError, OSError) as error:  # a settings file that is not TOML, or cannot be read
        raise BadSetting(f"{SETTINGS_FILE}: {error}") from None


def _bad_setting(error: ValidationError) -> BadSetting:
    fault = error.errors(include_url=False, include_input=False)[0]
    name = "_".join(map(str, fault["loc"]))
    if fault["type"] == "extra_forbidden":
        known = ", ".join(Settings.model_fields)
        return BadSetting(f"{SETTINGS_FILE}: there is no setting {name!r}; there are: {known}")
    reason = fault["msg"].removeprefix("Value error, ")
    return BadSetting(f"{PREFIX}{name.upper()}: {reason}", name, reason)


def _is_web_address(value: str) -> bool:
    parts = urlsplit(value)
    is_ported = parts.port is None or parts.port > 0  # raises ValueError for no number
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_ported and is_plain
