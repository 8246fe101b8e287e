"""The settings: environment variables ``REPORTWATCH_…``, or keys of ``reportwatch.toml``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
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
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_HOURS = 10 * 365 * 24
HINTS = ("rest", "sitemap", "listing", "validators")
"""Ways to ask what changed, instead of fetching every page."""


class BadSetting(ValueError):
    """A setting that cannot be used; the message names it and says what is wanted.

    ``name`` is the field of ``Settings`` at fault and ``reason`` the rest of the message; both are
    empty if the message is not about one field.
    """

    def __init__(self, text: str, name: str = "", reason: str = "") -> None:
        super().__init__(text)
        self.name = name
        self.reason = reason


def _folder(value: object) -> object:
    if value == "":
        raise ValueError("must name a folder; leave it unset for ./data")
    return value


def _hints(value: str) -> str:
    if unknown := set(filter(None, value.split(","))) - {*HINTS, "none"}:
        raise ValueError(f"{sorted(unknown)[0]!r} is none of {', '.join(HINTS)}, or none")
    return value


def _web_address(value: str) -> str:
    if value:
        parts = urlsplit(value)
        is_ported = parts.port is None or parts.port > 0  # raises ValueError if it is no number
        is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if not (_is_web(value) and is_ported and is_plain):
            raise ValueError("must be an address such as http://127.0.0.1:8801")
    return value.rstrip("/")


def _origin(value: str) -> str:
    if urlsplit(value).path:
        raise ValueError("must be an origin without a path, such as http://127.0.0.1:8801")
    return value


def _ping(value: SecretStr) -> SecretStr:
    if value and not _is_web(value.get_secret_value()):
        raise ValueError("must be an address such as https://switch.example/ping")
    return value


def _smtp(value: SecretStr) -> SecretStr:
    if value:
        parse_smtp_url(value.get_secret_value())
    return value


def _mailbox(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


def _mailbox_or_none(value: str) -> str:
    return _mailbox(value) if value else value


def _plain_ascii(value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise ValueError("must be plain ASCII, such as an address or a URL")
    return value


def _canary(value: str) -> str:
    if value in ("", "off") or _ADDRESS.fullmatch(value) or _is_web(value):
        return value
    raise ValueError("must be an e-mail address, the address of a webhook, or off")


def _canary_read(value: SecretStr) -> SecretStr:
    place = urlsplit(value.get_secret_value())
    if place.scheme == "imap" and place.hostname not in _LOOPBACK:
        raise ValueError("must be imaps://, lest a password travels in clear")
    if value and place.scheme not in ("imap", "imaps", "http", "https", "file"):
        raise ValueError("must be imaps://USER:PASSWORD@HOST/MAILBOX, https://… or file:///…")
    return value


def _is_web(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


Port = Annotated[int, Field(ge=0, le=65535)]
AtLeastOne = Annotated[int, Field(ge=1)]
AnyNumber = Annotated[int, Field(ge=0)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Origin = Annotated[WebAddress, AfterValidator(_origin)]
UNSET = SecretStr("")


class Settings(BaseSettings):
    """Every setting of the project.

    The words below a field describe it to people, in Markdown: ``deployments/env.example`` and the
    table in ``docs/operations.md`` repeat them. What may hold a password is a SecretStr: no repr,
    log or traceback shows it. A key of ``reportwatch.toml`` that is no setting is refused: it would
    be a setting mistyped.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        toml_file=SETTINGS_FILE,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Annotated[Path, BeforeValidator(_folder)] = Path("data")
    """The home folder: database, locks, logs, secret, Prefect's own files. Mode 700."""
    database_url: SecretStr = UNSET
    """Empty: `reportwatch.sqlite` in the home folder. Else `sqlite:///PATH` or
    `postgresql://USER:PASSWORD@HOST/NAME`. Prefect keeps its own database.
    """
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)] = UNSET
    """`smtp[s]://[user:password@]host[:port]`. Empty: alerts are kept and sent once it is set."""
    mail_from: Annotated[str, AfterValidator(_mailbox)] = "reportwatch@localhost"
    """The sender of mails. Its domain is the domain of Message-IDs."""
    public_url: WebAddress = ""
    """The monitor's address as readers reach it. Without it mails carry no links."""
    contact: Annotated[str, AfterValidator(_plain_ascii)] = ""
    """An address or URL for publishers: it goes into the User-Agent. Never mailed. Please set it.
    """
    delay: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """Seconds between the starts of two requests to one host. A longer `Crawl-delay` of the site
    wins, up to 60 s. May be 0, for a mirror of your own.
    """
    workers: Annotated[int, Field(ge=1, le=32)] = 4
    """Looks under way at the same time, 1 to 32. The delay holds whatever this is."""
    gone_checks: AtLeastOne = 3
    """Misses, with no good look between them, before a report counts as removed; at least 1."""
    gone_hours: Annotated[float, Field(ge=0, le=MOST_HOURS)] = 48.0
    """Hours between the first of them and the last; may be 0."""
    mass_change: AtLeastOne = 20
    """More changes than this for one reader in one run become one message."""
    allow_private: bool = False
    """Fetch from private and loopback addresses too. Leave it off: a redirect could reach your own
    network.
    """
    operator: Annotated[str, AfterValidator(_mailbox_or_none)] = ""
    """Your address: mails about alarms go there, and readers are told to write there if no
    unsubscribe link can be made. Empty: alarms are shown, not mailed.
    """
    port: Port = 8080
    """The monitor's port. 0, or a busy one: a free one is taken, and said."""
    prefect_port: Port = 4200
    """The Prefect server's port; likewise."""
    secret: SecretStr = UNSET
    """Signs unsubscribe links. Empty: made at first use and kept in the home folder."""
    admin_password: SecretStr = UNSET
    """The operator's password, plain or an argon2 hash made by `reportwatch access hash`, in
    single quotes in a shell. Demanded if the monitor is bound to more than
    loopback.
    """
    reader_password: SecretStr = UNSET
    """A password that only reads, plain or a hash. Empty: there is none."""
    open_reading: bool = False
    """Whoever reaches the monitor may read it; changing anything still takes a password."""
    fresh_hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] = 48.0
    """The promise: hours after which a source that was not read well is stale. A source may set
    hours of its own.
    """
    via: Origin = ""
    """Ask this origin instead of the publisher's hosts: a mirror, a replay, a test."""
    hints: Annotated[str, AfterValidator(_hints)] = ",".join(HINTS)
    """The ways to ask what changed instead of fetching every page; `none`: every page is fetched.
    """
    daily_requests: AnyNumber = 2500
    """Requests that scheduled runs may send to one host in a day (UTC); 0: no limit."""
    daily_megabytes: AnyNumber = 1000
    """Megabytes they may fetch from one host in a day; 0: no limit."""
    robots_unreachable: Literal["allow", "forbid"] = "allow"
    """What a `robots.txt` that cannot be read (403, 5xx, no answer) means: `allow`, or `forbid`
    everything on the host.
    """
    deadman_url: Annotated[SecretStr, AfterValidator(_ping)] = UNSET
    """Asked after every scheduled check that finds nothing wrong: a service that alarms when it is
    not.
    """
    wayback_url: Origin = "https://web.archive.org"
    """The origin that `backfill` and Save Page Now ask: the Archive, or a mirror or replay of it.
    Links keep the Archive's own addresses.
    """
    wayback_save: bool = False
    """Ask the Archive's Save Page Now to keep what was published or changed. Needs the keys."""
    canary: Annotated[str, AfterValidator(_canary)] = ""
    """Where the hourly canary goes: a mail address, or a webhook's. `off`: none. Empty: under `up`
    to the monitor itself, else none.
    """
    canary_read: Annotated[SecretStr, AfterValidator(_canary_read)] = UNSET
    """Where a canary sent by mail is looked for: `imaps://USER:PASSWORD@HOST/MAILBOX`, an
    `https://` page that shows what arrived, or a `file://` folder of mails.
    """
    wayback_keys: Annotated[SecretStr, Field(validate_default=True)] = UNSET
    """`ACCESS:SECRET` of an account at the Archive, for Save Page Now."""

    @field_validator("wayback_keys")
    @classmethod
    def _key_pair(cls, value: SecretStr, field: ValidationInfo) -> SecretStr:
        if field.data.get("wayback_save") and not value:
            raise ValueError("must be set if REPORTWATCH_WAYBACK_SAVE is: ACCESS:SECRET")
        if value and not all(value.get_secret_value().partition(":")):
            raise ValueError("must be ACCESS:SECRET, as the Archive's account page shows them")
        return value

    @field_validator("reader_password")
    @classmethod
    def _reader(cls, value: SecretStr, field: ValidationInfo) -> SecretStr:
        if value and not field.data.get("admin_password"):
            raise ValueError("needs REPORTWATCH_ADMIN_PASSWORD, for those who operate")
        return value

    @property
    def database(self) -> str:
        """The database's URL; a SQLite file in the home folder unless set."""
        chosen = self.database_url.get_secret_value()
        return chosen or f"sqlite:///{(self.home / 'reportwatch.sqlite').absolute()}"

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
