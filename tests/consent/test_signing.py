"""Who may sign what, by which means; and everything that must be refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from certificate_kit import Holder, Sm2Firm, issue, no_sm2
from consent_kit import FIRM, OTHER_FIRM, PASSWORD, Office, account_of, open_office, parsed, refusal, request_body
from soft_authenticator import UP, UV, unb64

from xinshu.consent.signing import TrustAnchors
from xinshu.consent.signing.x509 import Certificate
from xinshu.consent.store import in_force
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto.suites import GM
from xinshu.members.model import Principal
from xinshu.store import Database

SCAN = "ab" * 32


async def waiting(office: Office, **changes: Any) -> tuple[Principal, Principal, str]:
    """A bank, a firm's legal representative, and a request in its inbox."""
    bank, firm = await office.bank(), await office.representative()
    return bank, firm, (await office.request(bank, **changes))["id"]


async def state(office: Office, who: Principal, consent: str) -> str:
    """The state as somebody sees it."""
    return str((await office.get(who, f"/{consent}")).json()["state"])


# -- passkeys ----------------------------------------------------------------------------------------------------------


async def test_a_passkey_signs_the_artefact_that_was_shown_and_no_other(office: Office) -> None:
    bank, firm, consent = await waiting(office)
    prepared = await office.prepared(firm, consent)
    assert unb64(prepared["passkey"]["challenge"]).hex() == prepared["digest"]
    path = f"/{consent}/sign"

    other = await office.prepared(firm, (await office.request(bank))["id"])
    over_other_text = office.assertion(firm, other) | {"digest": prepared["digest"]}
    assert refusal(await office.post(firm, path, over_other_text)) == (401, "passkey_refused", "challenge")
    assert refusal(await office.post(firm, path, office.assertion(firm, prepared, digest="00" * 32)))[:2] == (
        409, "consent_revision_changed",
    )  # fmt: skip
    stranger = await office.representative(OTHER_FIRM)
    by_other_key = office.assertion(stranger, prepared)
    assert refusal(await office.post(firm, path, by_other_key))[:2] == (401, "passkey_refused")
    key = office.keys[account_of(firm)]
    key.flags = UP
    assert refusal(await office.post(firm, path, office.assertion(firm, prepared))) == (
        401, "passkey_refused", "user_verification",
    )  # fmt: skip
    key.flags, key.origin = UP | UV, "https://elsewhere.test"
    assert refusal(await office.post(firm, path, office.assertion(firm, prepared))) == (
        401, "passkey_refused", "origin",
    )  # fmt: skip
    key.origin = "http://node.test"
    for body in ({"method": "passkey", "digest": prepared["digest"]},):
        assert refusal(await office.post(firm, path, body)) == (400, "signature_refused", "assertion_malformed")
    assert await state(office, firm, consent) == "pending"

    narrowed = await office.prepared(firm, consent, max_calls=3)
    assert refusal(await office.post(firm, path, office.assertion(firm, prepared)))[:2] == (
        409, "consent_revision_changed",
    )  # fmt: skip
    body = office.assertion(firm, narrowed)
    assert (await office.post(firm, path, body)).json()["state"] == "active"
    assert refusal(await office.post(firm, path, body))[:2] == (409, "consent_state")


async def test_signing_without_preparing_is_refused(office: Office) -> None:
    _, firm, consent = await waiting(office)
    shown = (await office.get(firm, f"/{consent}")).json()
    body = {"method": "passkey", "digest": shown["digest"]}
    assert refusal(await office.post(firm, f"/{consent}/sign", body))[:2] == (409, "consent_revision_changed")


async def test_a_passkey_that_was_copied_is_refused(office: Office) -> None:
    _, firm, consent = await waiting(office)
    office.keys[account_of(firm)].step = 0
    office.keys[account_of(firm)].count = 5
    await office.house.sql("update passkey set sign_count = 9 where account_id = $1", account_of(firm))
    prepared = await office.prepared(firm, consent)
    answer = await office.post(firm, f"/{consent}/sign", office.assertion(firm, prepared))
    assert refusal(answer)[:2] == (401, "passkey_cloned")


async def test_only_one_of_two_signatures_at_once_counts(office: Office) -> None:
    import asyncio

    _, firm, consent = await waiting(office)
    prepared = await office.prepared(firm, consent)
    bodies = [office.assertion(firm, prepared) for _ in range(4)]
    office.app.principal = firm
    async with office.app.client() as client:
        answers = await asyncio.gather(*(client.post(f"/v1/consents/{consent}/sign", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert [answer.status_code for answer in answers].count(200) == 1
    found = (await office.get(firm, f"/{consent}")).json()
    assert [step["event"] for step in found["steps"]].count("sign") == 1


# -- delegates ---------------------------------------------------------------------------------------------------------


async def test_a_delegate_signs_within_its_mandate_only(office: Office) -> None:
    bank, firm, consent = await waiting(office)
    delegate = await office.delegate(firm, date(2026, 6, 1), date(2026, 6, 3))
    done = await office.signed(delegate, consent)
    assert done["state"] == "active"
    detail = (await office.get(bank, f"/{consent}")).json()
    assert detail["artefact"]["signer"] == {"account": delegate.id, "capacity": "delegate"}
    assert detail["signatures"][0]["capacity"] == "delegate"

    second = (await office.request(bank))["id"]
    prepared = await office.prepared(delegate, second)
    office.clock.advance(timedelta(days=3))  # 4 June: the mandate ended yesterday, the session is still there
    answer = await office.post(delegate, f"/{second}/sign", office.assertion(delegate, prepared))
    assert refusal(answer)[:2] == (403, "mandate_ended")
    assert refusal(await office.post(delegate, f"/{second}/prepare"))[:2] == (403, "mandate_ended")
    assert await state(office, firm, second) == "pending"


async def test_a_mandate_taken_away_or_not_begun(office: Office) -> None:
    bank, firm, consent = await waiting(office)
    later = await office.delegate(firm, date(2026, 6, 2), date(2026, 6, 3))
    assert refusal(await office.post(later, f"/{consent}/prepare"))[:2] == (403, "mandate_ended")
    ended = await office.delegate(firm, date(2026, 6, 1), date(2026, 6, 30))
    prepared = await office.prepared(ended, consent)
    await office.house.sql("update delegation set ended_at = now() where account_id = $1", account_of(ended))
    answer = await office.post(ended, f"/{consent}/sign", office.assertion(ended, prepared))
    assert refusal(answer)[:2] == (403, "mandate_ended")
    gone = await office.delegate(firm, date(2026, 6, 1), date(2026, 6, 30))
    await office.house.sql("update account set state = 'closed' where id = $1", account_of(firm))
    assert refusal(await office.post(gone, f"/{consent}/prepare"))[:2] == (403, "mandate_ended")
    assert bank


async def test_one_person_does_not_sign_what_was_prepared_for_another(office: Office) -> None:
    _, firm, consent = await waiting(office)
    delegate = await office.delegate(firm, date(2026, 6, 1), date(2026, 6, 3))
    prepared = await office.prepared(delegate, consent)
    answer = await office.post(firm, f"/{consent}/sign", office.assertion(firm, prepared))
    assert refusal(answer)[:2] == (409, "consent_revision_changed")


async def test_systems_and_operators_do_not_sign(office: Office) -> None:
    _, firm, consent = await waiting(office)
    local = Principal("local:root", "本机", firm.roles, subject=FIRM, strength=firm.strength)
    assert refusal(await office.post(local, f"/{consent}/prepare"))[:2] == (403, "signer_refused")
    assert refusal(await office.post(office.operator(), f"/{consent}/prepare"))[:2] == (403, "forbidden")


# -- personal information ----------------------------------------------------------------------------------------------


async def test_personal_information_needs_its_own_tick_and_its_own_person(office: Office) -> None:
    bank, firm, consent = await waiting(office, items={"17": None, "4": None}, personal=["4"])
    shown = (await office.get(firm, f"/{consent}")).json()
    assert shown["personal"] and "单独同意" in shown["personal_text"] and "中本人的" in shown["personal_text"]
    prepared = await office.prepared(firm, consent)
    answer = await office.post(firm, f"/{consent}/sign", office.assertion(firm, prepared))
    assert refusal(answer) == (400, "personal_consent_missing", "not_ticked")

    delegate = await office.delegate(firm, date(2026, 6, 1), date(2026, 6, 3))
    assert refusal(await office.post(delegate, f"/{consent}/prepare")) == (400, "personal_consent_missing", "not_own")
    without = parsed(await office.prepared(delegate, consent, personal=False))
    assert without.personal is None and "姓名" not in without.text.content

    other = (await office.request(bank, items={"4": None}, personal=["4"]))["id"]
    assert (await office.signed(firm, other, personal=True))["state"] == "active"
    (row,) = await office.house.sql("select personal from consent where id = $1", other)
    assert '"person_name"' in row["personal"] and '"role"' in row["personal"]


async def test_the_person_withdraws_and_the_firms_authorisation_stays(office: Office) -> None:
    bank, firm, consent = await waiting(office, items={"17": None, "4": None}, personal=["4"])
    path = f"/{consent}/personal/revoke"
    assert refusal(await office.post(firm, path))[:2] == (409, "consent_state")
    await office.signed(firm, consent, personal=True)
    delegate = await office.delegate(firm, date(2026, 6, 1), date(2026, 6, 3))
    assert refusal(await office.post(delegate, path)) == (400, "personal_consent_missing", "not_own")
    assert refusal(await office.post(bank, path))[:2] == (403, "forbidden")
    done = await office.post(firm, path)
    assert (done.status_code, done.json()["state"], done.json()["personal"]) == (200, "active", False)
    async with office.db.acquire() as conn:
        (view,) = await in_force(conn, FIRM, bank.member_id or "")
    assert view.personal == {} and set(view.items) == {"4", "17"}
    assert refusal(await office.post(firm, path)) == (400, "personal_consent_missing", "none")
    assert [one["about"]["event"] for one in await office.evidence()][-1] == "withdraw-personal"


async def test_narrowing_an_item_takes_its_personal_fields_along(office: Office) -> None:
    _, firm, consent = await waiting(office, items={"17": None, "37": None}, personal=["37"])
    kept = parsed(await office.prepared(firm, consent, items={"17": None, "37": ["operator_name"]}))
    assert kept.personal is not None
    assert {item: about.fields for item, about in kept.personal.items.items()} == {"37": ("operator_name",)}
    assert "证件号码" not in kept.personal.text.content
    gone = parsed(await office.prepared(firm, consent, items={"17": None}))
    assert gone.personal is None


# -- password and code before a witness ------------------------------------------------------------------------------


async def test_password_and_code_count_when_a_witness_has_confirmed(office: Office) -> None:
    bank, firm, consent = await waiting(office)
    prepared = await office.prepared(firm, consent)
    body = {
        "method": "witnessed", "digest": prepared["digest"], "login": await office.login(firm), "password": PASSWORD,
        "code": office.code(firm),
    }  # fmt: skip
    wrong = await office.post(firm, f"/{consent}/sign", body | {"password": "not it"})
    assert refusal(wrong)[:2] == (401, "sign_in_failed")
    bad_code = await office.post(firm, f"/{consent}/sign", body | {"code": "000000"})
    assert refusal(bad_code)[:2] == (401, "second_factor_failed")
    missing = {name: value for name, value in body.items() if name != "code"}
    assert refusal(await office.post(firm, f"/{consent}/sign", missing)) == (
        400, "signature_refused", "evidence_missing",
    )  # fmt: skip
    signed = await office.post(firm, f"/{consent}/sign", body)
    assert (signed.status_code, signed.json()["state"]) == (200, "pending")
    assert await office.house.sql("select * from session") == []
    (kept,) = await office.house.sql("select evidence from consent_signature")
    assert PASSWORD not in kept["evidence"] and body["code"] not in kept["evidence"]

    assert refusal(await office.post(firm, f"/{consent}/prepare"))[:2] == (409, "consent_state")
    operator = office.operator()
    assert refusal(await office.post(bank, f"/{consent}/witness", {"digest": prepared["digest"]}))[:2] == (
        403, "forbidden",
    )  # fmt: skip
    answer = await office.post(operator, f"/{consent}/witness", {"digest": "00" * 32})
    assert refusal(answer)[:2] == (409, "consent_revision_changed")
    done = await office.post(operator, f"/{consent}/witness", {"digest": prepared["digest"]})
    assert (done.status_code, done.json()["state"]) == (200, "active")
    again = await office.post(operator, f"/{consent}/witness", {"digest": prepared["digest"]})
    assert refusal(again)[:2] == (409, "consent_state")


async def test_a_witness_confirms_nobody_whose_mandate_has_ended(office: Office) -> None:
    bank, firm, consent = await waiting(office)
    today = office.clock.today()
    helper = await office.delegate(firm, today, today + timedelta(days=3))
    prepared = await office.prepared(helper, consent)
    body = {
        "method": "witnessed", "digest": prepared["digest"], "login": await office.login(helper), "password": PASSWORD,
        "code": office.code(helper),
    }  # fmt: skip
    assert (await office.post(helper, f"/{consent}/sign", body)).status_code == 200
    await office.house.sql("update delegation set ended_at = now(), ended_by = 'test'")
    answer = await office.post(office.operator(), f"/{consent}/witness", {"digest": prepared["digest"]})
    assert refusal(answer)[:2] == (403, "mandate_ended")
    assert await state(office, bank, consent) == "pending"


async def test_somebody_elses_password_does_not_sign(office: Office) -> None:
    _, firm, consent = await waiting(office)
    other = await office.representative(OTHER_FIRM)
    prepared = await office.prepared(firm, consent)
    body = {
        "method": "witnessed", "digest": prepared["digest"], "login": await office.login(other), "password": PASSWORD,
        "code": office.code(other),
    }  # fmt: skip
    answer = await office.post(firm, f"/{consent}/sign", body)
    assert refusal(answer) == (400, "signature_refused", "another_account")
    await office.house.sql("update account set totp_sealed = null where id = $1", account_of(firm))
    weak = await office.post(firm, f"/{consent}/sign", body | {"login": await office.login(firm)})
    assert refusal(weak) == (400, "signature_refused", "second_factor")
    assert await office.house.sql("select * from session") == []
    assert refusal(await office.post(office.operator(), f"/{consent}/witness", {"digest": prepared["digest"]}))[:2] == (
        409, "consent_state",
    )  # fmt: skip


async def test_weak_signatures_do_not_serve_every_purpose(office: Office) -> None:
    _, firm, consent = await waiting(office, purpose="loan_approval")
    prepared = await office.prepared(firm, consent)
    assert set(prepared["methods"]) == {"passkey", "certificate"}
    body = {"method": "witnessed", "digest": prepared["digest"], "login": "a", "password": "b", "code": "123456"}
    assert refusal(await office.post(firm, f"/{consent}/sign", body))[:2] == (400, "signing_method_refused")


# -- paper -------------------------------------------------------------------------------------------------------------


def paper(shown: str, **changes: Any) -> dict[str, Any]:
    """A scan."""
    return {"digest": shown, "sha256": SCAN, "reference": "档案 2026-17", "signed_on": "2026-06-01"} | changes


async def test_paper_counts_when_two_operators_have_compared_it(office: Office) -> None:
    bank, firm, consent = await waiting(office, items={"17": None, "4": None}, personal=["4"])
    digest = (await office.get(bank, f"/{consent}")).json()["digest"]
    first, second = office.operator(1), office.operator(2)
    assert refusal(await office.post(first, f"/{consent}/paper/verify", {"sha256": SCAN}))[:2] == (409, "consent_state")
    for changes, code in (
        ({"signed_on": "2026-06-02"}, "paper_refused"),
        ({"signed_on": "2026-05-01"}, "paper_refused"),
        ({"digest": "00" * 32}, "consent_revision_changed"),
    ):
        assert refusal(await office.post(bank, f"/{consent}/paper", paper(digest, **changes)))[:2] == (409, code)
    attached = await office.post(bank, f"/{consent}/paper", paper(digest))
    assert (attached.status_code, attached.json()["state"], attached.json()["personal"]) == (200, "pending", False)
    assert refusal(await office.post(firm, f"/{consent}/prepare"))[:2] == (409, "consent_state")
    again = await office.post(bank, f"/{consent}/paper", paper(attached.json()["digest"]))
    assert refusal(again)[:2] == (409, "consent_state")

    wrong = await office.post(first, f"/{consent}/paper/verify", {"sha256": "cd" * 32})
    assert refusal(wrong)[:2] == (409, "paper_refused")
    one = await office.post(first, f"/{consent}/paper/verify", {"sha256": SCAN.upper()})
    assert (one.status_code, one.json()["state"]) == (200, "pending")
    same = await office.post(first, f"/{consent}/paper/verify", {"sha256": SCAN})
    assert refusal(same)[:2] == (403, "same_person")
    two = await office.post(second, f"/{consent}/paper/verify", {"sha256": SCAN})
    assert (two.status_code, two.json()["state"], two.json()["method"]) == (200, "active", "paper")
    detail = (await office.get(firm, f"/{consent}")).json()
    assert detail["artefact"]["signer"] == {"account": None, "capacity": "paper"}
    assert [one["part"] for one in detail["signatures"]] == ["paper", "verifier", "verifier"]
    assert (await office.post(firm, f"/{consent}/revoke")).json()["state"] == "revoked"


async def test_who_attached_the_paper_does_not_verify_it(office: Office) -> None:
    bank, _, consent = await waiting(office)
    digest = (await office.get(bank, f"/{consent}")).json()["digest"]
    await office.post(bank, f"/{consent}/paper", paper(digest, personal_signed=True))
    both = Principal(
        bank.id, bank.name, frozenset({"operator-onboarding"}), strength=bank.strength
    )  # the same account, whatever roles it has
    answer = await office.post(both, f"/{consent}/paper/verify", {"sha256": SCAN})
    assert refusal(answer)[:2] == (403, "forbidden")
    assert answer.json()["details"]["reason"] == "same_person"


async def test_paper_does_not_serve_every_purpose(office: Office) -> None:
    bank, _, consent = await waiting(office, purpose="joint_modelling")
    digest = (await office.get(bank, f"/{consent}")).json()["digest"]
    assert refusal(await office.post(bank, f"/{consent}/paper", paper(digest)))[:2] == (400, "signing_method_refused")


# -- certificates ------------------------------------------------------------------------------------------------------


async def test_a_certificate_signs_over_http(settings: Settings, db: Database, clock: FixedClock) -> None:
    root = issue(None, "示例根 CA", ca=True, days=3650)
    anchors = TrustAnchors([Certificate(root.certificate)])
    signer = issue(root, "示例公司", code=FIRM)

    def body(prepared: dict[str, Any], by: Holder, message: str | None = None) -> dict[str, Any]:
        made = by.sign((message or prepared["content"]).encode())
        return {"method": "certificate", "digest": prepared["digest"], "signature": made, "certificates": by.pem()}

    async with open_office(settings, db, clock, anchors) as office:
        _, firm, consent = await waiting(office)
        prepared = await office.prepared(firm, consent)
        path = f"/{consent}/sign"
        over_other = await office.post(firm, path, body(prepared, signer, prepared["content"] + "\n"))
        assert refusal(over_other) == (400, "signature_refused", "signature")
        foreign = issue(root, "另一公司", code=OTHER_FIRM)
        assert refusal(await office.post(firm, path, body(prepared, foreign))) == (
            400,
            "certificate_refused",
            "subject",
        )
        done = await office.post(firm, path, body(prepared, signer))
        assert (done.status_code, done.json()["state"], done.json()["method"]) == (200, "active", "certificate")


@pytest.mark.skipif(no_sm2() != "", reason=no_sm2())
async def test_an_sm2_certificate_signs_an_artefact_of_the_gm_suite(
    settings: Settings, db: Database, clock: FixedClock, tmp_path: Path
) -> None:
    made = Sm2Firm.make(tmp_path / "firm")
    leaf = Certificate.read(made.certificate.encode())[0].parsed
    clock.advance(leaf.not_valid_before_utc + timedelta(hours=1) - clock.now())  # openssl dates certificates from now
    anchors = TrustAnchors(Certificate.read(made.anchor.encode()))
    async with open_office(settings, db, clock, anchors, GM) as office:
        _, firm, consent = await waiting(office)
        prepared = await office.prepared(firm, consent)
        assert prepared["digest"] == GM.digest(prepared["content"].encode()).hex() and prepared["suite"] == "gm"
        body = {
            "method": "certificate", "digest": prepared["digest"], "certificates": made.certificate,
            "signature": made.sign(prepared["content"].encode()),
        }  # fmt: skip
        assert (await office.post(firm, f"/{consent}/sign", body)).json()["state"] == "active"


async def test_bodies_of_the_wrong_shape_are_refused(office: Office) -> None:
    bank, firm, consent = await waiting(office)
    for who, path, body in (
        (bank, "", request_body(extra=1)),
        (bank, "", request_body(items={})),
        (bank, "", request_body(max_calls=0)),
        (bank, "", request_body(data={"months": 3, "since": "2026-01-01"})),
        (bank, "", request_body(purpose_note="一行\n又一行")),
        (bank, "", request_body(valid_to="9999-12-31")),
        (firm, f"/{consent}/prepare", {"items": {}}),
        (firm, f"/{consent}/prepare", {"retention_days": -1}),
        (firm, f"/{consent}/sign", {"method": "paper", "digest": "00" * 32}),
        (firm, f"/{consent}/sign", {"method": "passkey", "digest": "short"}),
        (firm, f"/{consent}/decline", {"note": "\u0000"}),
        (bank, f"/{consent}/paper", paper("00" * 32, reference="")),
        (office.operator(), f"/{consent}/witness", {}),
    ):
        assert (await office.post(who, path, body)).status_code == 422, (path, body)
    assert (await office.get(firm, "/not-a-number")).status_code == 422
