"""Who may come in: by a key, by a session, by a link that opens once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.access import LOGIN_LIFE, SESSION_LIFE, Access, Identity, Role
from assent.errors import InvalidInput, NotFound
from assent.stores.sqlite import SqliteStore
from assent.testing import FakeClock

pytestmark = pytest.mark.anyio
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def access(store: SqliteStore, clock: FakeClock) -> Access:
    """Who may come in."""
    return Access(store, clock)


@given(st.sampled_from(list(Role)), st.sampled_from(list(Role)), st.sampled_from(list(Role)))
def test_each_role_may_do_what_those_before_it_may(one: Role, two: Role, three: Role) -> None:
    assert one.allows(one)
    assert one.allows(two) or two.allows(one)
    if one.allows(two) and two.allows(three):
        assert one.allows(three)
    if one.allows(two) and two.allows(one):
        assert one is two


def test_the_order_of_roles_is_viewer_responder_operator_admin() -> None:
    assert [role.value for role in Role] == ["viewer", "responder", "operator", "admin"]
    assert Role.ADMIN.allows(Role.VIEWER)
    assert not Role.VIEWER.allows(Role.RESPONDER)


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_key_opens_until_it_is_revoked(access: Access) -> None:
    id, secret = await access.create_key("ann", Role.OPERATOR, "laptop")
    assert secret.startswith("ak_")
    assert await access.who_is_key(secret) == Identity(user="ann", role=Role.OPERATOR, id=id)
    assert await access.who_is_key(secret + "x") is None
    await access.revoke_key(id)
    assert await access.who_is_key(secret) is None
    with pytest.raises(NotFound):
        await access.revoke_key(id)


async def test_keys_are_listed_oldest_first_and_without_their_secrets(
    access: Access, clock: FakeClock
) -> None:
    made: list[tuple[str, str]] = []
    for user in ("zoe", "ann", "bob"):
        made.append(await access.create_key(user, Role.VIEWER, f"of {user}"))
        clock.move_to(clock.now() + timedelta(seconds=1))
    keys = await access.list_keys()
    assert [(key.id, key.user, key.label) for key in keys] == [
        (id, user, f"of {user}") for (id, _), user in zip(made, ("zoe", "ann", "bob"), strict=True)
    ]
    assert not any(secret in repr(keys) for _, secret in made)


async def test_no_secret_is_in_the_store(access: Access, store: SqliteStore) -> None:
    _, key = await access.create_key("ann", Role.ADMIN)
    login = await access.login_link("ann", Role.ADMIN)
    session = await access.open_session(Identity(user="ann", role=Role.ADMIN, id="x"))
    kept = [await store.kept_all(kind) for kind in ("key", "login", "session")]
    assert all(len(documents) == 1 for documents in kept)
    for secret in (key, key.removeprefix("ak_"), login, session):
        assert secret not in repr(kept)


async def test_secrets_are_never_the_same(access: Access) -> None:
    secrets = {(await access.create_key("ann", Role.VIEWER))[1] for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(secret) >= 40 for secret in secrets)


@pytest.mark.parametrize("user", ["", "  ", "a\nb", "a\x00", "\ud800"])
async def test_a_user_without_a_name_gets_nothing(access: Access, user: str) -> None:
    with pytest.raises(InvalidInput, match="name somebody"):
        await access.create_key(user, Role.VIEWER)
    with pytest.raises(InvalidInput, match="name somebody"):
        await access.login_link(user, Role.VIEWER)
    assert await access.list_keys() == []


# ── links and sessions ──────────────────────────────────────────────────────────────────────────


async def test_a_login_link_opens_once(access: Access) -> None:
    token = await access.login_link("ann", Role.RESPONDER)
    tries = await asyncio.gather(*[access.use_login(token) for _ in range(16)])
    came_in = [who for who in tries if who is not None]
    assert [(who.user, who.role) for who in came_in] == [("ann", Role.RESPONDER)]
    assert await access.use_login(token) is None
    assert await access.use_login("made up") is None


@pytest.mark.parametrize("late", [False, True])
async def test_a_login_link_ends_after_its_hour(
    access: Access, clock: FakeClock, late: bool
) -> None:
    token = await access.login_link("ann", Role.RESPONDER)
    clock.move_to(clock.now() + LOGIN_LIFE - (timedelta(0) if late else MOMENT))
    assert (await access.use_login(token) is None) == late


async def test_a_session_lasts_until_it_ends_or_is_closed(access: Access, clock: FakeClock) -> None:
    who = Identity(user="ann", role=Role.OPERATOR, id="key_1")
    first, second = await access.open_session(who), await access.open_session(who)
    found = await access.who_is_session(first)
    assert found is not None
    assert (found.user, found.role) == ("ann", Role.OPERATOR)
    await access.close_session(first)
    assert await access.who_is_session(first) is None
    clock.move_to(clock.now() + SESSION_LIFE - MOMENT)
    assert await access.who_is_session(second) is not None
    clock.move_to(clock.now() + MOMENT)
    assert await access.who_is_session(second) is None


async def test_one_kind_of_secret_does_not_open_what_another_does(access: Access) -> None:
    _, key = await access.create_key("ann", Role.ADMIN)
    login = await access.login_link("ann", Role.ADMIN)
    session = await access.open_session(Identity(user="ann", role=Role.ADMIN, id="x"))
    for other in (login, session):
        assert await access.who_is_key(other) is None
    for other in (key, login):
        assert await access.who_is_session(other) is None
    for other in (key, session):
        assert await access.use_login(other) is None
    assert await access.use_login(login) is not None


async def test_odd_secrets_open_nothing(access: Access) -> None:
    for secret in ("", " ", "\x00", "\ud800", "ak_", "a" * 100_000):
        assert await access.who_is_key(secret) is None
        assert await access.who_is_session(secret) is None
        assert await access.use_login(secret) is None
