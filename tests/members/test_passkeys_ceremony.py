"""The ceremonies of passkeys against an authenticator in software: what passes and what does not."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from soft_authenticator import BE, BS, UP, UV, PrivateKey, SoftAuthenticator, b64, client_data, unb64

from xinshu.members.passkeys.ceremony import (
    Known,
    RelyingParty,
    challenge_in,
    creation_options,
    credential_id_in,
    request_options,
    user_handle_in,
    verify_assertion,
    verify_registration,
)
from xinshu.members.passkeys.errors import PasskeyClonedError, PasskeyMalformedError, PasskeyRefusedError

PARTY = RelyingParty.of("http://localhost:8848", "示范平台")
CHALLENGE = bytes(range(32))
Answer = dict[str, Any]


def registered(authenticator: SoftAuthenticator) -> Known:
    """The credential of an authenticator, as it would be stored."""
    made = verify_registration(PARTY, CHALLENGE, authenticator.create(CHALLENGE))
    return Known(made.credential_id, made.public_key, made.sign_count, made.transports)


def reason(check: Callable[[], object]) -> str:
    """Why a check refuses."""
    with pytest.raises(PasskeyRefusedError) as caught:
        check()
    assert caught.value.hint
    return str(caught.value.details["reason"])


@pytest.mark.parametrize(
    "key",
    [None, ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(public_exponent=65537, key_size=2048)],
    ids=["ES256", "EdDSA", "RS256"],
)
def test_a_credential_registers_and_signs(key: PrivateKey | None) -> None:
    authenticator = SoftAuthenticator() if key is None else SoftAuthenticator(key=key)
    known = registered(authenticator)
    assert known.credential_id == authenticator.credential_id
    assert known.transports == ("internal",)
    assert known.sign_count == 1
    assert verify_assertion(PARTY, CHALLENGE, known, authenticator.get(CHALLENGE)) == 2


def test_a_synchronised_passkey_without_counter_signs_again_and_again() -> None:
    authenticator = SoftAuthenticator(step=0, flags=UP | UV | BE | BS)
    made = verify_registration(PARTY, CHALLENGE, authenticator.create(CHALLENGE))
    assert made.device == "multi_device"
    known = Known(made.credential_id, made.public_key, made.sign_count)
    assert [verify_assertion(PARTY, CHALLENGE, known, authenticator.get(CHALLENGE)) for _ in range(2)] == [0, 0]


def test_the_options_ask_for_the_user_and_for_a_resident_key() -> None:
    known = registered(SoftAuthenticator())
    options = creation_options(PARTY, CHALLENGE, b"account-1", "zhang", "张三", [known])
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"] == {"id": "localhost", "name": "示范平台"}
    assert options["attestation"] == "none"
    assert [one["id"] for one in options["excludeCredentials"]] == [b64(known.credential_id)]
    assert unb64(options["challenge"]) == CHALLENGE
    asked = request_options(PARTY, CHALLENGE)
    assert (asked["userVerification"], asked["rpId"], asked["allowCredentials"]) == ("required", "localhost", [])


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("origin", lambda a: a.create(CHALLENGE, data=client_data("webauthn.create", CHALLENGE, "http://evil.cn"))),
        ("origin", lambda a: a.create(CHALLENGE, data=client_data("webauthn.create", CHALLENGE, "http://localhost:1"))),
        ("challenge", lambda a: a.create(bytes(32))),
        ("type", lambda a: a.create(CHALLENGE, data=client_data("webauthn.get", CHALLENGE))),
        ("user_verification", lambda a: a.create(CHALLENGE, flags=UP)),
        ("user_presence", lambda a: a.create(CHALLENGE, flags=UV)),
        (
            "cross_origin",
            lambda a: a.create(CHALLENGE, data=client_data("webauthn.create", CHALLENGE, crossOrigin=True)),
        ),
        (
            "cross_origin",
            lambda a: a.create(CHALLENGE, data=client_data("webauthn.create", CHALLENGE, topOrigin="http://evil.cn")),
        ),
        ("rp_id", lambda a: SoftAuthenticator(rp_id="evil.cn").create(CHALLENGE)),
        ("algorithm", lambda a: a.create(CHALLENGE, cose=a.cose_key() | {3: -36})),
        ("other", lambda a: a.create(CHALLENGE, attestation={"fmt": "unheard-of"})),
        (
            "signature",
            lambda a: a.create(CHALLENGE, attestation={"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x"}}),
        ),
        ("other", lambda a: a.create(CHALLENGE) | {"id": "AAAA"}),
    ],
)
def test_a_wrong_registration_is_refused(expected: str, answer: Callable[[SoftAuthenticator], Answer]) -> None:
    assert reason(lambda: verify_registration(PARTY, CHALLENGE, answer(SoftAuthenticator()))) == expected


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("origin", lambda a: a.get(CHALLENGE, data=client_data("webauthn.get", CHALLENGE, "https://localhost:8848"))),
        ("challenge", lambda a: a.get(bytes(32))),
        ("type", lambda a: a.get(CHALLENGE, data=client_data("webauthn.create", CHALLENGE))),
        ("user_verification", lambda a: a.get(CHALLENGE, flags=UP)),
        ("user_presence", lambda a: a.get(CHALLENGE, flags=UV)),
        ("cross_origin", lambda a: a.get(CHALLENGE, data=client_data("webauthn.get", CHALLENGE, crossOrigin=True))),
        ("credential", lambda a: SoftAuthenticator().get(CHALLENGE)),
        ("signature", lambda a: SoftAuthenticator(credential_id=a.credential_id).get(CHALLENGE)),
        ("signature", lambda a: _tampered(a.get(CHALLENGE), "clientDataJSON")),
        ("signature", lambda a: _tampered(a.get(CHALLENGE), "signature")),
    ],
)
def test_a_wrong_assertion_is_refused(expected: str, answer: Callable[[SoftAuthenticator], Answer]) -> None:
    authenticator = SoftAuthenticator()
    known = registered(authenticator)
    assert reason(lambda: verify_assertion(PARTY, CHALLENGE, known, answer(authenticator))) == expected


def test_an_assertion_for_another_site_is_refused() -> None:
    authenticator = SoftAuthenticator()
    known = registered(authenticator)
    authenticator.rp_id = "evil.cn"
    assert reason(lambda: verify_assertion(PARTY, CHALLENGE, known, authenticator.get(CHALLENGE))) == "rp_id"


@pytest.mark.parametrize("count", [0, 4, 5])
def test_a_counter_that_does_not_grow_is_taken_for_a_copy(count: int) -> None:
    authenticator = SoftAuthenticator()
    known = registered(authenticator)
    authenticator.count, authenticator.step = count, 0
    seen = Known(known.credential_id, known.public_key, 5)
    with pytest.raises(PasskeyClonedError) as caught:
        verify_assertion(PARTY, CHALLENGE, seen, authenticator.get(CHALLENGE))
    assert caught.value.code == "passkey_cloned"


def test_a_forged_counter_does_not_pass_for_a_copy() -> None:
    """Only who holds the key can raise the alarm."""
    authenticator = SoftAuthenticator()
    known = registered(authenticator)
    forger = SoftAuthenticator(credential_id=authenticator.credential_id, step=0)
    assert reason(lambda: verify_assertion(PARTY, CHALLENGE, known, forger.get(CHALLENGE))) == "signature"


BROKEN: list[Any] = [
    {},
    {"id": 1, "rawId": 1, "type": "public-key", "response": {}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": None},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "!!"}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": b64(b"[1]")}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": b64(b'{"challenge": 5}')}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": b64(b"\xff")}},
]


@pytest.mark.parametrize("answer", BROKEN)
def test_what_is_no_answer_at_all_is_named_so(answer: Answer) -> None:
    with pytest.raises(PasskeyMalformedError):
        challenge_in(answer)
    with pytest.raises((PasskeyMalformedError, PasskeyRefusedError)):
        verify_registration(PARTY, CHALLENGE, answer)
    with pytest.raises((PasskeyMalformedError, PasskeyRefusedError)):
        verify_assertion(PARTY, CHALLENGE, Known(b"x", b"y", 0), answer)


@pytest.mark.parametrize("name", ["", "!", 5, None, b64(bytes(1024))])
def test_a_credential_must_have_a_name_of_sound_length(name: Any) -> None:
    with pytest.raises(PasskeyMalformedError):
        credential_id_in({"rawId": name})


def test_a_user_handle_may_be_absent() -> None:
    assert user_handle_in({"response": {"userHandle": None}}) is None
    assert user_handle_in({"response": {}}) is None
    assert user_handle_in({"response": {"userHandle": b64(b"a")}}) == b"a"
    for wrong in ({}, {"response": 5}, {"response": {"userHandle": 5}}):
        with pytest.raises(PasskeyMalformedError):
            user_handle_in(wrong)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature"])
)
def test_bytes_made_up_never_pass_and_never_crash(data: bytes, part: str) -> None:
    authenticator = SoftAuthenticator()
    known = registered(authenticator)
    for answer, check in (
        (authenticator.create(CHALLENGE), lambda found: verify_registration(PARTY, CHALLENGE, found)),
        (authenticator.get(CHALLENGE), lambda found: verify_assertion(PARTY, CHALLENGE, known, found)),
    ):
        if part in answer["response"]:
            answer["response"][part] = b64(data)
            with pytest.raises((PasskeyMalformedError, PasskeyRefusedError)):
                check(answer)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from([1, 3, -1, -2, -3]), st.one_of(st.integers(), st.binary(max_size=40)), max_size=5)
)
def test_a_public_key_made_up_never_crashes(cose: dict[int, Any]) -> None:
    answer = SoftAuthenticator().create(CHALLENGE)
    authenticator = SoftAuthenticator()
    head = authenticator.authenticator_data(attested=True)[: 37 + 16 + 2 + 32]
    found = {"fmt": "none", "attStmt": {}, "authData": head + cbor2.dumps(cose)}
    answer["response"]["attestationObject"] = b64(cbor2.dumps(found))
    with pytest.raises((PasskeyMalformedError, PasskeyRefusedError)):
        verify_registration(PARTY, CHALLENGE, answer)


def test_transports_that_are_unknown_are_left_out() -> None:
    authenticator = SoftAuthenticator()
    for given_, kept in ((["usb", "telepathy", 5, "nfc"], ("nfc", "usb")), (None, ()), ("usb", ()), (5, ())):
        answer = authenticator.create(CHALLENGE)
        answer["response"]["transports"] = given_
        assert verify_registration(PARTY, CHALLENGE, answer).transports == kept


def _tampered(answer: Answer, part: str) -> Answer:
    raw = unb64(answer["response"][part])
    if part == "clientDataJSON":
        raw = json.dumps(json.loads(raw) | {"extra": secrets.token_hex(4)}).encode()
    else:
        raw = raw[:-1] + bytes([raw[-1] ^ 1])
    answer["response"][part] = base64.urlsafe_b64encode(raw).decode()
    return answer
