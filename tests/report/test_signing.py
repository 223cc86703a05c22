"""Signatures on PDF reports, looked at by pyHanko's own validation, and by ours for every way to tamper."""

from __future__ import annotations

import asyncio
import io
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
import render_kit as kit
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.report.proof.examining import Examined, Finding, examine
from xinshu.report.proof.keys import ReportKey, ReportKeyError, ReportKeys, configured, make_key, pem_of
from xinshu.report.proof.signing import sign
from xinshu.report.render.pdf import pdf
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

KEY = make_key("320000", "示范省融资信用服务平台", kit.ISSUED)
OTHER = make_key("330000", "别的平台", kit.ISSUED)


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A report without a signature."""
    return pdf(kit.sample(), "zh", kit.ADDRESS)


@pytest.fixture(scope="module")
def signed(plain: bytes) -> bytes:
    """The same, signed."""
    return asyncio.run(sign(plain, KEY, kit.ISSUED, "信用报告 XR1"))


async def look(data: bytes, *trusted: x509.Certificate) -> Examined:
    """As the platform looks at it."""
    return await asyncio.to_thread(examine, data, trusted or (KEY.certificate,))


async def test_pyhanko_itself_finds_the_signature_valid(signed: bytes) -> None:
    roots = list(load_certs_from_pemder_data(pem_of(KEY.chain).encode()))
    reader = PdfFileReader(io.BytesIO(signed))
    (embedded,) = reader.embedded_signatures
    context = ValidationContext(trust_roots=roots, moment=kit.ISSUED)
    status = await async_validate_pdf_signature(embedded, context)
    assert status.bottom_line and status.valid and status.intact and status.trusted
    assert status.modification_level is ModificationLevel.NONE
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert embedded.self_reported_timestamp == kit.ISSUED
    assert str(embedded.sig_object["/Reason"]) == "信用报告 XR1"
    assert reader.root["/Perms"]["/DocMDP"], "no change is allowed after it"
    assert reader.input_version == (1, 7), "PDF/A-2 is 1.7"
    stranger = ValidationContext(trust_roots=list(load_certs_from_pemder_data(pem_of(OTHER.chain).encode())))
    assert not (await async_validate_pdf_signature(embedded, stranger)).trusted


async def test_what_was_signed_is_genuine(signed: bytes) -> None:
    found = await look(signed)
    assert found.finding is Finding.GENUINE
    assert found.signature is not None
    assert (found.signature.signed_at, found.signature.fingerprint) == (kit.ISSUED, KEY.id)
    assert found.signature.name == "示范省融资信用服务平台 信用报告 320000"


async def test_one_changed_byte_anywhere_is_found(signed: bytes) -> None:
    begin, gap = signed.rindex(b"/ByteRange"), signed.rindex(b"/Contents")
    for place in (7, 400, len(signed) // 3, len(signed) // 2, begin - 40, begin + 90, len(signed) - 40):
        changed = bytearray(signed)
        changed[place] ^= 1
        found = await look(bytes(changed))
        assert found.finding in (Finding.ALTERED, Finding.SIGNATURE_BROKEN, Finding.TRUNCATED), place
    digits = bytearray(signed)
    digits[gap + 400] = ord("0") if digits[gap + 400] != ord("0") else ord("1")  # within the signature itself
    assert (await look(bytes(digits))).finding in (Finding.ALTERED, Finding.SIGNATURE_BROKEN, Finding.SIGNER_OTHER)


async def test_content_appended_after_the_signature_is_found(signed: bytes, plain: bytes) -> None:
    for more in (b"\n", b"\n%%EOF\n", plain):
        assert (await look(signed + more)).finding is Finding.APPENDED
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.insert_page(PageObject(contents=writer.add_object(StreamObject(stream_data=b"")), media_box=(0, 0, 9, 9)))
    out = io.BytesIO()
    writer.write(out)
    assert (await look(out.getvalue())).finding is Finding.APPENDED, "a page more"


async def test_other_signers_and_no_signature(plain: bytes, signed: bytes) -> None:
    other = await sign(plain, OTHER, kit.ISSUED, "信用报告 XR1")
    assert (await look(other)).finding is Finding.SIGNER_OTHER
    assert (await look(plain)).finding is Finding.UNSIGNED
    assert (await look(signed[: len(plain)])).finding in (Finding.UNSIGNED, Finding.TRUNCATED)
    stripped = signed.replace(b"/ByteRange", b"/BiteRange")
    assert (await look(stripped)).finding is Finding.UNSIGNED


async def test_what_is_cut_encrypted_or_no_pdf(signed: bytes, plain: bytes) -> None:
    for length in (len(signed) - 1, len(signed) - 300, len(plain) - 500, 2_000):
        assert (await look(signed[:length])).finding is Finding.TRUNCATED, length
    for data in (b"", b"PK\x03\x04zip", b"<html>", b"\x00" * 10_000):
        assert (await look(data)).finding is Finding.NOT_A_REPORT
    assert (await look(b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>\n%%EOF")).finding is Finding.ENCRYPTED


async def test_hostile_files_cost_nothing(signed: bytes) -> None:
    bomb = zlib.compress(b"\x00" * 50_000_000, 9)
    packed = b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode>>stream\n" + bomb + b"\nendstream endobj\n%%EOF"
    assert (await look(packed)).finding is Finding.UNSIGNED, "nothing is unpacked"
    ranges = b"/ByteRange [0 10 20 30]"
    assert (await look(b"%PDF-1.7\n" + ranges * 200_000)).finding is Finding.APPENDED
    for numbers in ("0 9999999999 9999999999 9999999999", "5 10 20 0", "0 30 20 0", "0 12 12 0"):
        fake = f"%PDF-1.7\n/ByteRange [{numbers}] <00>\n%%EOF".encode()
        assert (await look(fake)).finding in (Finding.TRUNCATED, Finding.SIGNATURE_BROKEN), numbers
    for cms in (b"00", b"30" * 500, b"3080" + b"A0" * 4000, b"zz"):
        head = f"%PDF-1.7\n/ByteRange [0 0000000060 {62 + len(cms):010} 0000000006]".encode()
        fake = head.ljust(60) + b"<" + cms + b">" + b"\n%%EOF"
        assert (await look(fake)).finding is Finding.SIGNATURE_BROKEN


def issued_by_authority() -> tuple[x509.Certificate, ReportKey]:
    """An authority, and a key whose certificate it issued."""
    authority = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "示范签发机构")])
    days = (kit.ISSUED - timedelta(days=10), kit.ISSUED + timedelta(days=700))

    def build(subject: x509.Name, key: ec.EllipticCurvePublicKey, ca: bool) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=not ca, content_commitment=not ca, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(days[0]).not_valid_after(days[1])
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        return builder.add_extension(usage, critical=True).sign(authority, hashes.SHA256())

    root = build(name, authority.public_key(), True)
    private = ec.generate_private_key(ec.SECP256R1())
    own = build(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "示范省平台")]), private.public_key(), False)
    return root, ReportKey(private, (own, root))


async def test_an_authority_vouches_for_its_certificates(plain: bytes) -> None:
    root, key = issued_by_authority()
    made = await sign(plain, key, kit.ISSUED, "信用报告")
    assert (await look(made, root)).finding is Finding.GENUINE
    assert (await look(made, key.certificate)).finding is Finding.GENUINE
    assert (await look(made, issued_by_authority()[0])).finding is Finding.SIGNER_OTHER, "of the same name"


async def test_the_first_need_makes_a_key_and_it_is_sealed(db: Database, settings: Settings, clock: FixedClock) -> None:
    vault = Vault.load(settings, DataKeys(db.dsn, clock))
    keys = [ReportKeys(db, vault, clock, settings) for _ in range(3)]
    made = await asyncio.gather(*(one.current() for one in keys))
    assert len({one.id for one in made}) == 1, "of processes that do so at once the first one's holds"
    async with db.acquire() as conn:
        (row,) = await conn.fetch("select * from report_key")
    assert "PRIVATE" not in row["private_sealed"] and row["id"] == made[0].id
    again = ReportKeys(db, vault, clock, settings)
    assert (await again.current()).private.private_numbers() == made[0].private.private_numbers()
    certificate = made[0].certificate
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    assert certificate.not_valid_after_utc > clock.now() + timedelta(days=3600)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


async def test_a_configured_key_is_used_and_former_certificates_stay(
    db: Database, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    vault = Vault.load(settings, DataKeys(db.dsn, clock))
    own = await ReportKeys(db, vault, clock, settings).current()
    root, key = issued_by_authority()
    bundle = tmp_path / "key.p12"
    bundle.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"x", key.private, key.certificate, [root], BestAvailableEncryption(b"secret")
        )
    )
    packed = settings.model_copy(update={"report_certificate": bundle, "report_key_password": SecretStr("secret")})
    keys = ReportKeys(db, vault, clock, packed)
    assert (await keys.current()).id == key.id
    chains = await keys.chains()
    assert chains[0] == (key.certificate, root), "with its chain"
    assert [chain[0] for chain in chains[1:]] == [own.certificate]
    wrong = settings.model_copy(update={"report_certificate": bundle, "report_key_password": SecretStr("wrong")})
    with pytest.raises(ReportKeyError) as caught:
        configured(wrong)
    assert "wrong" not in str(caught.value) and "secret" not in str(caught.value)


def test_wrong_keys_are_named(settings: Settings, tmp_path: Path) -> None:
    certificate, private = tmp_path / "c.pem", tmp_path / "k.pem"
    certificate.write_text(pem_of(KEY.chain))

    def keep(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def read(**update: Path) -> ReportKey | None:
        return configured(settings.model_copy(update=update))

    assert isinstance(KEY.private, ec.EllipticCurvePrivateKey) and isinstance(OTHER.private, ec.EllipticCurvePrivateKey)
    keep(KEY.private)
    found = read(report_certificate=certificate, report_key=private)
    assert found is not None and found.id == KEY.id
    assert read() is None
    keep(OTHER.private)
    for words, update in (
        ("不是一对", {"report_certificate": certificate, "report_key": private}),
        ("没有 report_certificate", {"report_key": private}),
        ("不能读取", {"report_certificate": tmp_path / "missing.pem"}),
        ("不能读取", {"report_certificate": certificate}),  # PEM without a key is no PKCS#12
    ):
        with pytest.raises(ReportKeyError, match=words):
            read(**update)
    keep(ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(ReportKeyError, match="ECDSA"):
        read(report_certificate=certificate, report_key=private)
