"""Uploads that are interrupted: they go on where they stopped, belong to whoever began them, and end as one batch."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from collect_kit import Node, Speaker, csv_of, firms, node_over

from xinshu.collect.errors import UploadNotFoundError
from xinshu.collect.model import Submission
from xinshu.collect.uploads import OPEN_MAX, PART_MAX
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

ABOUT = {"provider": "samr", "item": "1", "file_name": "登记.csv"}
FILE = csv_of(firms(40))
HALF = len(FILE) // 2


def digest_of(part: bytes) -> str:
    """As in a Content-Digest header."""
    return f"sha-256=:{b64encode(hashlib.sha256(part).digest()).decode()}:"


async def begin(client: httpx.AsyncClient, **about: Any) -> str:
    """An upload of FILE; the path of it."""
    answer = await client.post("/v1/uploads", json=ABOUT | {"size": len(FILE)} | about)
    assert answer.status_code == 201, answer.text
    location: str = answer.headers["location"]
    assert location == f"/v1/uploads/{answer.json()['id']}"
    return location


async def send(client: httpx.AsyncClient, path: str, offset: int, part: bytes, **headers: str) -> httpx.Response:
    """One part."""
    return await client.patch(path, content=part, headers={"Upload-Offset": str(offset), **headers})


async def test_an_upload_goes_on_where_it_stopped_and_becomes_a_batch(node: Node) -> None:
    async with node.http() as client:
        path = await begin(client)
        first = await send(client, path, 0, FILE[:HALF], **{"Content-Digest": digest_of(FILE[:HALF])})
        assert (first.status_code, first.headers["upload-offset"]) == (204, str(HALF))
        standing = await client.get(path)
        assert (standing.headers["upload-offset"], standing.headers["upload-complete"]) == (str(HALF), "?0")
        assert (await client.get("/v1/uploads")).json()[0]["offset"] == HALF

        early = await client.post(f"{path}/finish", json={})
        assert (early.status_code, early.json()["code"]) == (409, "upload_incomplete")

        assert (await send(client, path, HALF, FILE[HALF:])).headers["upload-complete"] == "?1"
        sha256 = hashlib.sha256(FILE).hexdigest()
        done = await client.post(f"{path}/finish", json={"sha256": sha256})
        assert (done.status_code, done.json()["file_sha256"]) == (202, sha256)
        assert (done.json()["file_name"], done.json()["file_bytes"]) == ("登记.csv", len(FILE))

        again = await client.post(f"{path}/finish", json={"sha256": sha256})
        assert again.json()["id"] == done.json()["id"]
        assert (await client.get("/v1/uploads")).json() == []
    batch = await node.collect.process(done.json()["id"])
    assert batch.counts.accepted == 40
    assert len(await node.table("select 1 from batch")) == 1


async def test_a_part_that_does_not_fit_is_not_taken(node: Node) -> None:
    async with node.http() as client:
        path = await begin(client)
        await send(client, path, 0, FILE[:HALF])
        for offset in (0, HALF - 1, HALF + 1, len(FILE)):
            refused = await send(client, path, offset, FILE[HALF:])
            assert (refused.status_code, refused.json()["code"]) == (409, "upload_offset")
            assert refused.json()["details"] == {"offset": HALF}
        broken = await send(client, path, HALF, FILE[HALF:], **{"Content-Digest": digest_of(b"other")})
        assert (broken.status_code, broken.json()["code"]) == (400, "upload_digest")
        odd = await send(client, path, HALF, FILE[HALF:], **{"Content-Digest": "md5=:x:"})
        assert (odd.status_code, odd.json()["code"]) == (400, "submission_invalid")
        longer = await send(client, path, HALF, FILE[HALF:] + b"more")
        assert (longer.status_code, longer.json()["code"]) == (413, "file_too_large")
        huge = await send(client, path, HALF, b"", **{"Content-Length": str(PART_MAX + 1)})
        assert huge.status_code in (400, 413)
        assert (await client.get(path)).headers["upload-offset"] == str(HALF)


async def test_a_part_cut_short_leaves_nothing_of_itself(node: Node) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield FILE[:HALF]

    async with node.http() as client:
        path = await begin(client)
        headers = {"Upload-Offset": "0", "Content-Length": str(len(FILE))}
        answer = await client.patch(path, content=cut(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "submission_invalid")
        assert (await client.get(path)).headers["upload-offset"] == "0"


async def test_a_file_that_changed_meanwhile_is_thrown_away(node: Node) -> None:
    async with node.http() as client:
        path = await begin(client)
        await send(client, path, 0, FILE)
        answer = await client.post(f"{path}/finish", json={"sha256": "0" * 64})
        assert (answer.status_code, answer.json()["code"]) == (400, "upload_digest")
        assert (await client.post(f"{path}/finish", json={})).status_code == 404
    assert await node.table("select 1 from batch") == []


async def test_only_whoever_began_it_sees_an_upload(node: Node) -> None:
    other = Speaker("another", ("operator-data",))
    async with node.http() as client:
        path = await begin(client)
        await node.sign_in(other)
        headers = {"Cookie": f"xinshu-session={other.cookie}", "X-CSRF-Token": other.csrf}
        node.speaker, own = other, node.speaker
        for method, where in [
            ("GET", path), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/finish"),
        ]:  # fmt: skip
            body = {"json": {}} if method == "POST" else {}
            answer = await client.request(method, where, headers={**headers, "Upload-Offset": "0"}, **body)
            assert answer.status_code == 404, (method, answer.text)
        assert (await client.get("/v1/uploads")).json() == []
        node.speaker = own
        assert (await client.get(path)).status_code == 200


async def test_an_upload_is_given_up(node: Node) -> None:
    async with node.http() as client:
        path = await begin(client)
        await send(client, path, 0, FILE[:HALF])
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).status_code == 404
        assert (await send(client, path, HALF, FILE[HALF:])).status_code == 404
    assert list(node.collect.spool_folder.glob("transfer-upload-*")) == []


BEGINNINGS: dict[str, tuple[dict[str, Any], int, str]] = {
    "nothing": ({"size": 0}, 422, "request_invalid"),
    "negative": ({"size": -1}, 422, "request_invalid"),
    "too large": ({"size": 2**62}, 413, "file_too_large"),
    "no item": ({"item": "99"}, 404, "item_not_found"),
    "no provider": ({"provider": "nobody"}, 404, "provider_unknown"),
    "mode": ({"mode": "half"}, 422, "request_invalid"),
    "future": ({"data_date": "2027-01-01"}, 400, "batch_in_future"),
    "correction of nothing": ({"correction_of": 999}, 404, "batch_unknown"),
    "unknown key": ({"owner": "me"}, 422, "request_invalid"),
}


@pytest.mark.parametrize("name", BEGINNINGS)
async def test_what_cannot_be_handed_in_is_not_begun(shared_node: Node, name: str) -> None:
    about, status, code = BEGINNINGS[name]
    async with shared_node.http() as client:
        answer = await client.post("/v1/uploads", json=ABOUT | {"size": len(FILE)} | about)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize("name", ["..", "a" * 32, "0", "%2e%2e%2fkeys", "A" * 32])
async def test_odd_ids_name_nothing(shared_node: Node, name: str) -> None:
    async with shared_node.http() as client:
        answer = await client.post(f"/v1/uploads/{name}/finish", json={})
    assert answer.status_code in (404, 405)


async def test_a_full_disk_is_told_before_anything_is_sent(shared_node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=len(FILE) - 1))
    async with shared_node.http() as client:
        answer = await client.post("/v1/uploads", json=ABOUT | {"size": len(FILE)})
    assert (answer.status_code, answer.json()["code"]) == (503, "work_space_unavailable")


async def test_a_disk_that_fills_up_keeps_what_was_acknowledged(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Any, target: Any) -> None:
        target.write(source.read(100))
        target.flush()
        raise OSError(28, "No space left on device")

    async with node.http() as client:
        path = await begin(client)
        await send(client, path, 0, FILE[:HALF])
        with monkeypatch.context() as patch:
            patch.setattr("xinshu.collect.uploads.shutil.copyfileobj", full)
            answer = await send(client, path, HALF, FILE[HALF:])
        assert (answer.status_code, answer.json()["code"]) == (503, "work_space_unavailable")
        assert (await client.get(path)).headers["upload-offset"] == str(HALF)
        assert (await send(client, path, HALF, FILE[HALF:])).status_code == 204


async def test_nobody_keeps_too_many_unfinished(node: Node) -> None:
    async with node.http() as client:
        for _ in range(OPEN_MAX):
            await begin(client)
        answer = await client.post("/v1/uploads", json=ABOUT | {"size": len(FILE)})
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_too_many")


async def test_what_lay_idle_for_a_day_is_swept(node: Node, tmp_path: Path) -> None:
    uploads, about = node.services.uploads, Submission("samr", "1")
    idle, alive = (uploads.begin("account:me", about, "a.csv", len(FILE)) for _ in range(2))
    part = tmp_path / "part"
    part.write_bytes(FILE[:HALF])
    node.clock.advance(timedelta(hours=23))
    uploads.append(alive, 0, part)
    node.clock.advance(timedelta(hours=2))
    await node.collect.sweep()
    assert [one.id for one in uploads.unfinished_of("account:me")] == [alive.id]
    with pytest.raises(UploadNotFoundError):
        uploads.find(idle.id, "account:me")
    (place,) = node.collect.spool_folder.glob("transfer-upload-*")
    assert place.stat().st_mode & 0o077 == 0  # closed to other users of the machine


async def test_two_who_send_the_same_part_at_once(node: Node) -> None:
    """One is taken; the other learns where the upload stands."""
    async with node.http() as client:
        path = await begin(client)
        answers = await asyncio.gather(*(send(client, path, 0, FILE[:HALF]) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409, 409]
        assert (await client.get(path)).headers["upload-offset"] == str(HALF)


async def test_limits_of_the_node_hold(settings: Settings, db: Database, clock: FixedClock) -> None:
    small = settings.model_copy(update={"upload_max_bytes": 100})
    async with node_over(small, db, clock) as node, node.http() as client:
        answer = await client.post("/v1/uploads", json=ABOUT | {"size": 101})
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
