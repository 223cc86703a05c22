"""Check codes, and the route by which anybody verifies a receipt or a code."""

from __future__ import annotations

from typing import Any

import pytest
from collect_kit import Node, firms, node_over

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto.suites import suite
from xinshu.ledger import Entry
from xinshu.ledger.check_codes import CheckCodeInvalidError, check_code, is_check_of, read_code
from xinshu.store import Database

CONTENT = b'{"about":{},"kind":"inquiry"}'


@pytest.mark.parametrize("name", ["intl", "gm"])
def test_a_code_is_read_as_it_was_written(name: str) -> None:
    digest = suite(name).digest
    code = check_code(digest, 487, CONTENT)
    for typed in (code, code.lower(), f" {code} ", code.replace("-", " - "), code.replace("0", "O").replace("1", "l")):
        index, check = read_code(typed)
        assert index == 487
        assert is_check_of(digest, 487, CONTENT, check)
        assert not is_check_of(digest, 487, CONTENT + b" ", check)
        assert not is_check_of(digest, 488, CONTENT, check)


@pytest.mark.parametrize(
    "text", ["", "487", "487-", "-K7QF-3M2P-9T", "487-K7QF-3M2P-9", "487-K7QF-3M2P-9TX", "x-K7QF-3M2P-9T",
             "99999999999999999999-K7QF3M2P9T", "9223372036854775807-K7QF3M2P9T", "487-K7QF-3M2P-9!", "٤٨٧-K7QF3M2P9T"]
)  # fmt: skip
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(CheckCodeInvalidError):
        read_code(text)


async def verify(node: Node, **body: Any) -> tuple[int, Any]:
    async with node.http(None) as http:
        answer = await http.post("/v1/public/verify", json=body)
        return answer.status_code, answer.json()


async def recorded(node: Node) -> dict[str, Any]:
    """A receipt of an inquiry about a firm."""
    await node.app()
    entry = Entry("inquiry", node.clock.now(), "client:bank", "mbank", "91320100748204660Q", {"purpose": "pre_loan"})
    return await node.services.ledger.receipt(await node.services.ledger.append(entry))


@pytest.fixture(params=["intl", "gm"])
async def node(request: pytest.FixtureRequest, settings: Settings, db: Database, clock: FixedClock) -> Any:
    """A node of either suite."""
    async with node_over(settings.model_copy(update={"crypto_suite": request.param}), db, clock) as one:
        yield one


async def test_a_receipt_and_its_code(node: Node) -> None:
    receipt = await recorded(node)
    status, told = await verify(node, receipt=receipt)
    assert (status, told["kind"], told["day"], told["index"]) == (200, "inquiry", "2026-06-01", receipt["index"])
    assert told["key_id"] == node.services.ledger.public_key.key_id
    status, by_code = await verify(node, code=told["check_code"].lower())
    assert status == 200
    assert {**by_code, "check_code": told["check_code"]} == told
    for secret in ("91320100748204660Q", "mbank", "client:bank", "pre_loan"):
        assert secret not in str(told) + str(by_code)


async def test_what_no_checkpoint_covers_yet(node: Node) -> None:
    receipt = await recorded(node)
    told = (await verify(node, receipt=receipt))[1]
    later = await node.services.ledger.append(Entry("inquiry", node.clock.now(), about={"n": 2}))
    leaf = await node.services.ledger.leaf(later)
    code = check_code(node.services.ledger.suite.digest, later, leaf.content.encode())
    status, unsigned = await verify(node, code=code)
    assert (status, unsigned["size"], unsigned["signed_at"]) == (200, None, None)
    assert told["size"] > receipt["index"]


async def test_wrong_number_and_wrong_check_are_told_alike(node: Node) -> None:
    receipt = await recorded(node)
    code = (await verify(node, receipt=receipt))[1]["check_code"]
    number, _, check = code.partition("-")
    wrong_check = await verify(node, code=f"{number}-{'0' if check[0] != '0' else '1'}{check[1:]}")
    wrong_number = await verify(node, code=f"{int(number) + 1000}-{check}")
    assert wrong_check == wrong_number
    assert (wrong_check[0], wrong_check[1]["code"]) == (404, "check_code_unknown")


async def test_odd_bodies(node: Node) -> None:
    receipt = await recorded(node)
    assert (await verify(node))[1]["code"] == "verify_one_of_two"
    assert (await verify(node, code="1-K7QF3M2P9T", receipt=receipt))[1]["code"] == "verify_one_of_two"
    assert (await verify(node, code="nonsense"))[1]["code"] == "check_code_invalid"
    assert (await verify(node, code="1" * 100))[0] == 422
    assert (await verify(node, receipt={**receipt, "more": 1}))[0] == 422
    assert (await verify(node, receipt={**receipt, "leaf": receipt["leaf"].replace("mbank", "mbunk")}))[1]["code"] == (
        "receipt_invalid"
    )
    assert (await verify(node, receipt={**receipt, "index": receipt["index"] + 1}))[0] == 400
    assert (await verify(node, receipt={**receipt, "proof": ["?"]}))[1]["code"] == "receipt_invalid"


async def test_proofs_do_not_give_codes_away(node: Node) -> None:
    """The hash of an entry is public; its check is made otherwise."""
    await node.publish(firms(1))
    receipt = await recorded(node)
    leaf = await node.services.ledger.leaf(receipt["index"])
    guessed = check_code(lambda _: leaf.hash, leaf.index, b"")
    assert (await verify(node, code=guessed))[0] == 404
