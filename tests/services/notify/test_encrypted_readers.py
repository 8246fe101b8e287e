"""Addresses and secrets of webhooks are encrypted in the database, and nothing is lost by that."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from databases import Database
from hooks_stage import receiving
from sqlalchemy import text
from walk_stage import Watch, watching

from alerts.sink import Sink
from reports.notices.subscription import SubscriptionFilter
from services.assembly import Parts, open_parts
from services.encryption import HomeCipher
from services.notify.delivery import deliver
from services.notify.sign_up import subscribe
from services.settings import BadSetting, Settings, load_settings
from storage.database.encryption import MARK, NoCipher
from storage.database.engine import open_engine
from storage.database.errors import Damaged, EncryptedElsewhere
from storage.store import Store

ADDRESSES = (
    "https://hooks.example/services/T0KEN/of-a-room",
    "tgram://123456789:the-token-of-a-bot/12315544/",
    "https://hooks.example/" + "ü" * 200,
)
MAILBOX = "ann@law.example"
ASKED = SubscriptionFilter()


def settings_of(database: Database, secret: str = "") -> Settings:
    return load_settings(home=database.home, database_url=database.url, secret=secret)


def add_all(parts: Parts) -> list[str]:
    """Subscribe every address, and return the secrets that were made."""
    made = [subscribe(parts, each, ASKED) for each in (*ADDRESSES, MAILBOX)]
    return [each.secret for each in made if each.secret]


def rows(database: Database) -> list[tuple[str, str]]:
    engine = open_engine(database.url)
    with engine.connect() as connection:
        held = connection.execute(text("SELECT address, secret FROM subscriber ORDER BY id"))
        found = [(row.address, row.secret) for row in held]
    engine.dispose()
    return found


def assert_in_no_file(database: Database, secrets: list[str]) -> None:
    """Assert that no byte of a SQLite database and its log says what nobody may know."""
    if not database.url.startswith("sqlite"):
        return
    files = list(database.home.glob("reportwatch.sqlite*"))
    assert files
    hidden = ["T0KEN", "the-token-of-a-bot", *secrets]
    assert len(hidden) == 4
    held = b"".join(each.read_bytes() for each in files)
    assert MAILBOX.encode() in held
    assert [each for each in hidden if each.encode() in held] == []


def addresses(parts: Parts) -> list[str]:
    with parts.store.read() as unit:
        named = [unit.subscribers.named(each) for each in (*ADDRESSES, MAILBOX)]
        assert all(named)
        listed = [each.address for each in unit.subscribers.all()]
        assert sorted(each.address for each in unit.subscriptions.all()) == sorted(listed)
        return listed


@pytest.mark.on_both
def test_the_database_holds_no_address_or_secret_of_a_webhook(database: Database) -> None:
    with open_parts(settings_of(database)) as parts:
        secrets = add_all(parts)
        assert len(secrets) == 2
        assert addresses(parts) == [*ADDRESSES, MAILBOX]
        with parts.store.read() as unit:
            assert unit.subscribers.named(ADDRESSES[0]).secret == secrets[0]
        add_all(parts)  # again: no address comes twice
        assert addresses(parts) == [*ADDRESSES, MAILBOX]
    held = rows(database)
    assert [address.startswith(MARK) for address, _ in held] == [True, True, True, False]
    assert [secret.startswith(MARK) for _, secret in held] == [True, False, True, False]
    assert_in_no_file(database, secrets)


@pytest.mark.on_both
def test_rows_from_before_are_encrypted_as_the_schema_is_brought_up_to_date(
    database: Database,
) -> None:
    settings = settings_of(database)
    with open_parts(settings) as parts:
        plain = Parts(settings, Store(open_engine(database.url), database.home), parts.now)
        with closing(plain.store):
            secrets = add_all(plain)
        assert addresses(parts) == [*ADDRESSES, MAILBOX]  # plain ones are read as well
    engine = open_engine(database.url)
    config = Config()
    config.set_main_option("script_location", "storage.database:migrations")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0016")
        connection.commit()
    engine.dispose()
    assert [address for address, _ in rows(database)] == [*ADDRESSES, MAILBOX]
    with open_parts(settings) as parts:
        assert addresses(parts) == [*ADDRESSES, MAILBOX]
        with parts.store.read() as unit:
            assert unit.subscribers.named(ADDRESSES[0]).secret == secrets[0]
            assert unit.audit.check()["faults"] == []
    assert sum(address.startswith(MARK) for address, _ in rows(database)) == 3
    for each in database.home.glob("*.before-*"):
        each.unlink()  # the copy from before, which holds them as they were
    assert_in_no_file(database, secrets)


def test_another_secret_stops_webhooks_alone_and_loses_nothing(
    watch: Watch, tmp_path: Path
) -> None:
    with receiving() as receiver, Sink(tmp_path / "mail") as sink:
        watch.set(allow_private=True, smtp_url=sink.url, secret="the first")
        first = HomeCipher(watch.parts.settings)
        watch.parts.store._cipher = first
        watch.at(0)
        subscribe(watch.parts, receiver.url, ASKED)
        watch.subscribe()
        watch.at(2)
        watch.set(secret="another")
        watch.parts.store._cipher = HomeCipher(watch.parts.settings)
        with pytest.raises(BadSetting, match=r"1 message.*REPORTWATCH_SECRET is not what it was"):
            watch.deliver()
        assert len(sink.mails()) == 1
        with watch.parts.store.read() as unit:
            told = {each.channel: each for each in unit.alerts.all()}
            assert unit.subscribers.all()[0].address == "unreadable:1"
        assert (told["webhook"].attempts, told["webhook"].last_error) == (0, "")
        assert told["webhook"].address == "unreadable:1"
        watch.parts.store._cipher = first
        assert watch.deliver().sent == 1
        assert len(receiver.got) == 1


def test_a_reader_whose_address_no_secret_opens_can_be_removed(database: Database) -> None:
    with open_parts(settings_of(database, "the first")) as parts:
        add_all(parts)
    with open_parts(settings_of(database, "another")) as parts, parts.store.write() as unit:
        listed = [each.address for each in unit.subscribers.all()]
        assert listed == ["unreadable:1", "unreadable:2", "unreadable:3", MAILBOX]
        assert [unit.subscriptions.remove(each) for each in listed] == [1, 1, 1, 1]
        unit.commit()
    assert rows(database) == []


def test_what_was_changed_in_the_database_is_not_taken_for_another_secret(
    database: Database,
) -> None:
    cipher = HomeCipher(settings_of(database))
    stored = cipher.encrypt("one", "words")
    assert cipher.decrypt("one", stored) == "words"
    assert stored == cipher.encrypt("one", "words") != cipher.encrypt("two", "words")
    wrong = [f"{stored[:-6]}AAAAAA", stored[:-8], stored[:21], f"{stored}ü"]
    assert len(wrong) == 4
    for each in wrong:
        with pytest.raises(Damaged):
            cipher.decrypt("one", each)
    with pytest.raises(Damaged):
        cipher.decrypt("two", stored)
    for other in (HomeCipher(settings_of(database, "another")), NoCipher()):
        with pytest.raises(EncryptedElsewhere):
            other.decrypt("one", stored)


def test_a_backup_verifies_and_is_read_with_the_same_secret(tmp_path: Path) -> None:
    with watching(f"sqlite:///{tmp_path / 'w.sqlite'}", tmp_path) as watch:
        subscribe(watch.parts, ADDRESSES[0], ASKED)
        watch.parts.store.back_up(tmp_path / "copy.sqlite")
        settings = watch.parts.settings
        copy = load_settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'copy.sqlite'}")
        with open_parts(copy) as parts, parts.store.read() as unit:
            assert unit.audit.check()["faults"] == []
            assert unit.subscribers.named(ADDRESSES[0]).address == ADDRESSES[0]
        assert settings.home == tmp_path
        assert deliver(watch.parts).sent == 0
