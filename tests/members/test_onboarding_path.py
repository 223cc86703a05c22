"""The whole way of a provider and of a bank over HTTP: from the application to the certificate of destruction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from members_kit import RoomApp
from onboarding_kit import (
    APPROVER,
    AUDITOR,
    CHECKER,
    LICENCES,
    PDF,
    SANDBOX,
    SECURITY,
    THIRD,
    Office,
    application,
    sha256,
    verify,
)

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members import directory
from xinshu.members.model import ANONYMOUS, MemberKind, MemberState, Principal, member_id
from xinshu.members.onboarding.certificate import verify as verify_certificate
from xinshu.store import Database


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    return Office.open(db, settings, clock)


class Visitor:
    """Calls the routes as one person after the other."""

    def __init__(self, room: RoomApp, client: httpx.AsyncClient) -> None:
        self.room, self.client = room, client

    async def __call__(self, who: Principal, method: str, path: str, expect: int = 200, **more: Any) -> Any:
        self.room.principal = who
        answer = await self.client.request(method, path, **more)
        assert answer.status_code == expect, answer.text
        return answer.json() if answer.headers["content-type"] == "application/json" else answer


@pytest.mark.parametrize("kind", [MemberKind.PROVIDER, MemberKind.BANK])
async def test_from_the_application_to_the_certificate(office: Office, kind: MemberKind) -> None:
    room = office.room(ANONYMOUS)
    async with room.client() as client:
        call = Visitor(room, client)
        said = application(kind)
        applied = await call(ANONYMOUS, "POST", "/v1/applications", 201, json=said)
        member = applied["member"]
        path = f"/v1/members/{member['id']}"
        assert member["id"] == member_id(said["code"]) and member["state"] == "applied"
        again = await call(ANONYMOUS, "POST", "/v1/applications", 409, json=application(kind, code=said["code"]))
        assert again["code"] == "member_exists" and "已申请" in again["message"]

        # The administrator takes up the invitation, hands in documents and signs.
        admin = await office.take_up(member["id"], applied["invitation"])
        outlook = await call(admin, "GET", f"{path}/checklist")
        assert (outlook["target"], outlook["ready"]) == ("material_check", False)
        assert {one["id"]: one["holds"] for one in outlook["checks"]} == {
            "contact": True, "application-letter": False, "licence-document": False,
        }  # fmt: skip
        too_early = await call(CHECKER, "POST", f"{path}/steps", 409, json={"to": "material_check"})
        assert too_early["code"] == "conditions_unmet" and "上传证照扫描件" in too_early["hint"]
        letter = await call(
            admin, "POST", f"{path}/documents?kind=application_letter&name=申请书.pdf", 201, content=PDF
        )
        await call(admin, "POST", f"{path}/documents?kind=licence&name=证照.pdf&valid_to=2028-12-31", 201, content=PDF)
        assert (letter["sha256"], letter["name"], letter["bytes"]) == (sha256(PDF), "申请书.pdf", len(PDF))

        await call(CHECKER, "POST", f"{path}/steps", json={"to": "material_check", "documents": [letter["id"]]})
        refused = await call(CHECKER, "POST", f"{path}/steps", 403, json={"to": "qualification_review"})
        assert refused["code"] == "same_person" and "材料审核" in refused["message"]
        await call(APPROVER, "POST", f"{path}/steps", json={"to": "qualification_review"})

        for one in await call(admin, "GET", f"{path}/agreements"):
            text = await call(ANONYMOUS, "GET", f"/v1/agreements/{one['agreement']}/{one['version']}")
            assert sha256(text["text"].encode()) == one["text_sha256"]
            signing = f"{path}/agreements/{one['agreement']}/{one['version']}"
            await call(admin, "POST", f"{signing}/acceptance", json={"text_sha256": one["text_sha256"]})
            await call(APPROVER, "POST", f"{signing}/countersignature")
        await call(APPROVER, "POST", f"{path}/steps", json={"to": "agreement_signed"})

        untested = await call(APPROVER, "POST", f"{path}/steps", 409, json={"to": "sandbox_test"})
        assert all(action in untested["message"] for action in SANDBOX[kind])
        office.clock.advance(timedelta(minutes=1))
        await office.try_sandbox(member["id"], *SANDBOX[kind])
        await call(APPROVER, "POST", f"{path}/steps", json={"to": "sandbox_test"})

        report = await call(
            admin, "POST", f"{path}/documents?kind=security_check&name=检查.pdf&dated=2026-05-20", 201, content=PDF
        )
        await call(THIRD, "POST", f"{path}/documents/{report['id']}/outcome", json={"outcome": "passed"})
        await call(APPROVER, "POST", f"{path}/steps", json={"to": "security_check"})
        refused = await call(CHECKER, "POST", f"{path}/steps", 403, json={"to": "online"})
        assert refused["code"] == "same_person"
        online = await call(THIRD, "POST", f"{path}/steps", json={"to": "online"})
        assert online["state"] == "online"
        async with office.db.acquire() as conn:
            where = await directory.standing(conn, member["id"])
        assert where is not None and where.ref.state is MemberState.ONLINE and where.regions == ("32",)

        # Suspended, online again, suspended, left.
        office.clock.advance(timedelta(days=100))
        await call(SECURITY, "POST", f"{path}/suspend", json={"note": "异常访问核查"})
        await call(THIRD, "POST", f"{path}/resume", json={})
        await call(SECURITY, "POST", f"{path}/suspend", json={"note": "单位申请退出"})
        unstated = await call(THIRD, "POST", f"{path}/offboard", 409, json={"note": "退出"})
        assert unstated["code"] == "conditions_unmet" and "销毁" in unstated["message"]
        admin = await office.administrator(member["id"], admin.id)
        stated = await call(
            admin, "POST", f"{path}/documents?kind=destruction_statement&name=声明.pdf&dated=2026-09-01", 201,
            content=PDF + b"gone",
        )  # fmt: skip
        await call(THIRD, "POST", f"{path}/offboard", json={"note": "退出"})
        issued = await call(AUDITOR, "GET", f"{path}/certificate")
        content = verify_certificate((await client.get(f"{path}/certificate")).text, verify)
        assert content == issued["certificate"]
        assert content["number"].startswith("320000-D2026-")
        assert content["statement"]["sha256"] == stated["sha256"]
        assert content["period"] == {"from": "2026-06-01", "to": "2026-09-09"}

        steps = await call(AUDITOR, "GET", f"{path}/steps")
        assert [step["to_state"] for step in steps] == [
            "applied", "material_check", "qualification_review", "agreement_signed", "sandbox_test", "security_check",
            "online", "suspended", "online", "suspended", "offboarded",
        ]  # fmt: skip
        assert steps[1]["documents"] == [letter["id"]]
        assert [one["holds"] for one in steps[6]["checks"]].count(False) == 0
        assert steps[-1]["details"]["closed"] == {"clients": 0, "keys": 0, "accounts": 1, "sessions": 0}
        listed = await call(AUDITOR, "GET", "/v1/members?state=offboarded&text=示范")
        assert [one["id"] for one in listed["members"]] == [member["id"]]
    assert LICENCES[kind] == listed["members"][0]["licence"]["kind"]
    codes = await office.events(member["id"])
    assert codes[0] == "applied" and codes[-1] == "offboarded" and "document_reviewed" in codes
    async with office.db.acquire() as conn:
        states = await conn.fetch("select state from account where member_id = $1", member["id"])
    assert [row["state"] for row in states] == ["closed"]


async def test_every_kind_can_come_online(office: Office) -> None:
    for kind in MemberKind:
        applied = await office.apply(kind, by=THIRD if kind is MemberKind.OPERATOR else ANONYMOUS)
        await office.prepare(applied)
        await office.go_online(applied.member.id)
        assert (await office.get(applied.member.id)).state is MemberState.ONLINE
