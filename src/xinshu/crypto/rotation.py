"""Changing key-encryption keys while the node works: a new one, all keys wrapped anew, the old one taken out of use.

Every step may be cut off and is taken up by the next run: a key that was made and not used is used, and what is still
under an old key is wrapped anew. New data keys are only ever added under the active key, which the database checks in
the same transaction; once `rotate` has come to its end, nothing is or comes under an old key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xinshu.crypto.errors import KeyMissingError, KeyNeededError, KeyUnknownError, RotationRunningError, VaultKeyError
from xinshu.crypto.key_ring import KeyRing

PAGE = 2_000  # data keys a transaction


@dataclass(frozen=True)
class Rotation:
    """What a rotation did. `made`: whether a new key came into force, or an earlier run was taken up."""

    active: str
    made: bool
    rewrapped: int


@dataclass(frozen=True)
class KeyState:
    """A key-encryption key as it stands. `held`: whether this node has it at hand."""

    id: str
    provider: str
    suite: str
    state: str
    created_at: str
    held: bool
    data_keys: int
    secrets: int


@dataclass(frozen=True)
class Overview:
    """All keys of a node, none of them shown."""

    provider: str
    keys: tuple[KeyState, ...]
    data_keys: int
    destroyed: int


@dataclass(frozen=True)
class Check:
    """Whether one key-encryption key opens what is wrapped by it; `error` is a stable code."""

    id: str
    state: str
    opened: bool
    error: str | None
    message: str


def rotate(ring: KeyRing, on_progress: Callable[[int, int], None] = lambda done, total: None) -> Rotation:
    """Bring a new key into force and wrap everything anew; where an earlier run was cut off, end that one instead.

    `on_progress` gets (done, total). Raises RotationRunningError, KeyMissingError, KeyWrongError, KeyProviderError.
    """
    ring.active()  # the first key, on a node that has none
    store = ring.store
    with store.alone(wait=False) as mine:
        if not mine:
            raise RotationRunningError("另一个进程正在更换密钥", hint="等它结束,再用 xinshu keys show 查看")
        active = store.active() or ""
        total = store.not_under(active)
        made = total == 0
        if made:
            key, _ = ring.fresh()
            store.activate(key.id, ring.chosen.name, key.suite)
            active = key.id
            total = store.not_under(active)
        ring.forget_active()
        return Rotation(active, made, _rewrap(ring, active, lambda done: on_progress(done, total)))


def _rewrap(ring: KeyRing, active: str, on_progress: Callable[[int], None]) -> int:
    store, key = ring.store, ring.get(active)
    done = 0
    for secret in store.other_secrets(active):
        store.rewrap_secret(active, secret.name, key.wrap(ring.get(secret.kek_id).unwrap(secret.wrapped)))
        done += 1
    after = 0
    on_progress(done)
    while page := store.others(active, after, PAGE):
        store.rewrap(
            active,
            [
                (row.id, key.wrap(ring.get(row.kek_id).unwrap(row.wrapped)))
                for row in page
                if row.wrapped is not None
            ],
        )  # fmt: skip
        after = page[-1].id
        done += len(page)
        on_progress(done)
    return done


def retire(ring: KeyRing, key_id: str) -> str:
    """Take an old key out of use; returns in words where it is now.

    Raises KeyUnknownError, KeyNeededError while it is active or wraps anything.
    """
    records = {record.id: record for record in ring.store.records()}
    if key_id not in records:
        raise KeyUnknownError(f"没有编号为 {key_id} 的密钥加密密钥", hint="用 xinshu keys show 查看编号")
    if not ring.store.retire(key_id):
        record = records[key_id]
        raise KeyNeededError(
            f"密钥 {key_id} 仍在使用:{_need(record.state, record.data_keys, record.secrets)}",
            hint="先执行 xinshu keys rotate,直到它不再包裹任何密钥",
        )
    held_by = [one for one in ring.providers if any(key.id == key_id for key in one.load())]
    keeper = (
        held_by[0] if held_by else next((one for one in ring.providers if one.name == records[key_id].provider), None)
    )
    return keeper.retire(key_id) if keeper is not None else ""


def _need(state: str, data_keys: int, secrets: int) -> str:
    return "它是现行密钥" if state == "active" else f"还包裹着 {data_keys} 把数据密钥、{secrets} 项秘密"


def overview(ring: KeyRing) -> Overview:
    """All keys, with what they wrap. Raises VaultKeyError, KeyProviderError."""
    held = ring.held()
    keys = tuple(
        KeyState(
            one.id, one.provider, one.suite, one.state, one.created_at, one.id in held, one.data_keys, one.secrets
        )
        for one in ring.store.records()
    )  # fmt: skip
    return Overview(ring.chosen.name, keys, *ring.store.figures())


def check(ring: KeyRing) -> list[Check]:
    """Open one thing under each key that is not retired."""
    return [_checked(ring, record.id, record.state) for record in ring.store.records() if record.state != "retired"]


def _checked(ring: KeyRing, key_id: str, state: str) -> Check:
    sample = ring.store.sample(key_id)
    try:
        key = ring.get(key_id)
        if sample is not None:
            key.unwrap(sample)
    except VaultKeyError as error:
        needed = sample is not None or state == "active" or not isinstance(error, KeyMissingError)
        return Check(key_id, state, not needed, error.code, error.message)
    return Check(key_id, state, True, None, "" if sample is not None else "没有由它包裹的密钥")
