"""The settings: environment variables ``REPORTWATCH_…``, or keys of ``reportwatch.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from services.setting_kinds import (
    HINTS,
    MOST_HOURS,
    AnyNumber,
    AtLeastOne,
    Backups,
    Canary,
    CanaryRead,
    DaskAddress,
    Folder,
    Hints,
    LogOrigin,
    MailboxOrNone,
    Origin,
    Payloads,
    Ping,
    PlainAscii,
    Port,
    Proxies,
    Sender,
    Smtp,
    Timestamps,
    WebAddress,
    Witnesses,
)

PREFIX = "REPORTWATCH_"
SETTINGS_FILE = Path("reportwatch.toml")


class BadSetting(ValueError):
    """A setting that cannot be used; the message names it and says what is wanted.

    ``name`` is the field of ``Settings`` at fault and ``reason`` the rest of the message; both are
    empty if the message is not about one field.
    """

    def __init__(self, text: str, name: str = "", reason: str = "") -> None:
        super().__init__(text)
        self.name = name
        self.reason = reason


UNSET = SecretStr("")


class Settings(BaseSettings):
    """Every setting of the project.

    The words below a field describe it to people, in Markdown: ``deployments/env.example`` and the
    table in ``docs/operations/settings.md`` repeat them. What may hold a password is a SecretStr:
    no repr, log or traceback shows it. A key of ``reportwatch.toml`` that is no setting is refused:
    it would be a setting mistyped.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        toml_file=SETTINGS_FILE,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Folder = Path("data")
    """The home folder: database, locks, logs, secret, Prefect's own files. Mode 700."""
    database_url: SecretStr = UNSET
    """Empty: `reportwatch.sqlite` in the home folder. Else `sqlite:///PATH` or
    `postgresql://USER:PASSWORD@HOST/NAME`. Prefect keeps its own database.
    """
    copy_to: SecretStr = UNSET
    """Where `db copy` copies the database to, in place of an address on its command line."""
    payloads: Payloads = ""
    """Where the bytes of captured pages lie in the end. Empty: in the database. Else a folder, or
    `s3://BUCKET/PREFIX` (needs the extra `bucket`; its keys come from `AWS_…`, not from here).
    `reportwatch db payloads` moves those that lie elsewhere.
    """
    smtp_url: Smtp = UNSET
    """`smtp[s]://[user:password@]host[:port]`. Empty: alerts are kept and sent once it is set."""
    smtp_seconds: Annotated[int, Field(ge=5, le=600)] = 90
    """Seconds the dialogue with the mail server may take for one mail, 5 to 600. Then it is cut,
    and the mail is due again.
    """
    mail_from: Sender = "reportwatch@localhost"
    """The sender of mails, such as `Civic Desk <desk@example.org>`; without a name readers see
    "reportwatch". Its domain is the domain of Message-IDs.
    """
    public_url: WebAddress = ""
    """The monitor's address as readers reach it. Without it mails carry no links."""
    contact: PlainAscii = ""
    """An address or URL for publishers: it goes into the User-Agent. Never mailed. Please set it.
    """
    delay: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """Seconds between the starts of two requests to one host. A longer `Crawl-delay` of the site
    wins, up to 60 s. May be 0, for a mirror of your own.
    """
    workers: Annotated[int, Field(ge=1, le=32)] = 4
    """Looks under way at the same time, 1 to 32. The delay holds whatever this is."""
    spread: Annotated[int, Field(ge=0, le=32)] = 0
    """Further programs that read pages of a run which is asked for and has more than 100 of them, 0
    to 32. The delay holds over all of them, so it helps where pages take longer than it.
    """
    dask: DaskAddress = ""
    """Where those programs are: `tcp://HOST:PORT` of a Dask scheduler, or `local`. Empty: workers
    of Prefect.
    """
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
    operator: MailboxOrNone = ""
    """Your address: mails about alarms go there, and readers are told to write there if no
    unsubscribe link can be made. Empty: alarms are shown, not mailed.
    """
    port: Port = 8080
    """The monitor's port. 0, or a busy one: a free one is taken, and said."""
    prefect_port: Port = 4200
    """The Prefect server's port; likewise."""
    secret: SecretStr = UNSET
    """Signs links, and encrypts addresses and secrets of webhooks. Empty: made at first use and
    kept in the home folder. Several machines with one database need the same.
    """
    admin_password: SecretStr = UNSET
    """The operator's password, plain or an argon2 hash made by `reportwatch access hash`, in
    single quotes in a shell. Demanded if the monitor is bound to more than
    loopback.
    """
    reader_password: SecretStr = UNSET
    """A password that only reads, plain or a hash. Empty: there is none."""
    open_reading: bool = False
    """Whoever reaches the monitor may read it; changing anything still takes a password."""
    proxies: Proxies = ""
    """Addresses or networks of your reverse proxies, with commas. What they say of the client
    (`X-Forwarded-For`, `-Proto`) is believed, and nobody else. Set it if there is one: else all
    readers count as one client.
    """
    fresh_hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] = 48.0
    """The promise: hours after which a source that was not read well is stale. A source may set
    hours of its own.
    """
    via: Origin = ""
    """Ask this origin instead of the publisher's hosts: a mirror, a replay, a test."""
    hints: Hints = ",".join(HINTS)
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
    backups: Backups = "7,4,6"
    """How many daily, weekly and monthly backups are kept in the folder `backups`; `off`: none is
    made by itself.
    """
    keep_days: AnyNumber = 90
    """Days for which every look at a page is kept. Of older ones that came to the same in a row the
    first, the last and their number stay. 0: all are kept.
    """
    deadman_url: Ping = UNSET
    """Asked after every scheduled check that finds nothing wrong: a service that alarms when it is
    not.
    """
    wayback_url: Origin = "https://web.archive.org"
    """The origin that `backfill` and Save Page Now ask: the Archive, or a mirror or replay of it.
    Links keep the Archive's own addresses.
    """
    wayback_save: bool = False
    """Ask the Archive's Save Page Now to keep what was published or changed. Needs the keys."""
    canary: Canary = ""
    """Where the hourly canary goes: a mail address, or a webhook's. `off`: none. Empty: under `up`
    to the monitor itself, else none.
    """
    canary_read: CanaryRead = UNSET
    """Where a canary sent by mail is looked for: `imaps://USER:PASSWORD@HOST/MAILBOX`, an
    `https://` page that shows what arrived, or a `file://` folder of mails.
    """
    log_origin: LogOrigin = ""
    """The name of the transparency log, such as `desk.example/log`. Empty: made of the monitor's
    public address, else of the database's own number. A log that has begun keeps its name.
    """
    witnesses: Witnesses = ""
    """Who is asked to cosign each checkpoint of the log: pairs of a witness's key and its address,
    with commas between the pairs: `KEY https://other.example/log/witness`.
    """
    timestamps: Timestamps = ""
    """Who is asked for a time stamp (RFC 3161) over each checkpoint: pairs of an authority's
    address and a PEM file of the certificates that are trusted for it, with commas between the
    pairs: `https://tsa.example/tsr /etc/tsa.pem`. Needs the extra `timestamps`.
    """
    log_format: Literal["text", "json"] = "text"
    """How every program logs: `text` for people, or `json`, one object a line."""
    log_level: Literal["", "debug", "info", "warning", "error"] = ""
    """From which level our own programs log, Prefect's server among them: `debug`, `info`,
    `warning` or `error`. Empty: commands and Prefect's server warnings, the others `info`.
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


def secret_names() -> frozenset[str]:
    """Return the variables that may hold a password or a secret."""
    fields = Settings.model_fields.items()
    return frozenset(PREFIX + name.upper() for name, one in fields if _is_secret(one.annotation))


def _is_secret(annotation: object) -> bool:
    kinds = (annotation, *get_args(annotation))
    return any(isinstance(kind, type) and issubclass(kind, SecretStr) for kind in kinds)


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
