"""How to reach a person: sealed where it is kept, masked where others see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from xinshu.core.identifiers import check_citizen_no, has_errors
from xinshu.core.text import upper_code
from xinshu.crypto import Sealer, ShreddedError
from xinshu.members.accounts.errors import PersonInvalidError

CITIZEN_DOMAIN = "citizen_no"
"""Domain of the digests of citizen numbers, the same as in the subject base: equal numbers are found to be equal."""
_TELEPHONE = re.compile(r"\+?[0-9][0-9 -]{4,22}[0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,63}")


@dataclass(frozen=True)
class Person:
    """Telephone, e-mail and citizen number, each None when not known. Its `repr` shows nothing."""

    telephone: str | None = None
    email: str | None = None
    citizen_no: str | None = None

    def __repr__(self) -> str:
        return "Person(…)"

    def checked(self, today: date) -> Person:
        """In the form in which it is kept. Raises PersonInvalidError, which repeats nothing."""
        telephone, email, number = (one.strip() or None if one else None for one in self._values())
        if telephone is not None and _TELEPHONE.fullmatch(telephone) is None:
            raise PersonInvalidError("电话号码的形式不对", hint="只用数字、空格、连字符和开头的 +", field="telephone")
        if email is not None and _EMAIL.fullmatch(email) is None:
            raise PersonInvalidError("电子邮件地址的形式不对", hint="形如 name@example.com", field="email")
        if number is not None:
            number = upper_code(number)
            if has_errors(check_citizen_no(number, today=today)):
                raise PersonInvalidError("公民身份号码有误", hint="对照证件核对", field="citizen_no")
        return Person(telephone, email, number)

    def sealed(self, sealer: Sealer, account_id: UUID) -> str | None:
        """Sealed for one account, under a data key of its own; None when there is nothing to seal."""
        if not any(self._values()):
            return None
        content = {"telephone": self.telephone, "email": self.email, "citizen_no": self.citizen_no}
        return sealer.seal(orjson.dumps(content).decode(), _place(account_id), sealer.ref("account", str(account_id)))

    def citizen_index(self, sealer: Sealer) -> bytes | None:
        """Digest by which an equal citizen number is found."""
        return sealer.index(self.citizen_no, CITIZEN_DOMAIN) if self.citizen_no is not None else None

    @classmethod
    def opened(cls, sealer: Sealer, sealed: str | None, account_id: UUID) -> Person:
        """What was sealed for the account; nothing once its key was destroyed. Raises SealedValueError."""
        if sealed is None:
            return cls()
        try:
            return cls(**orjson.loads(sealer.open(sealed, _place(account_id))))
        except ShreddedError:
            return cls()

    def masked(self) -> Person:
        """As others see it."""
        number = self.citizen_no
        return Person(
            telephone=_ends(self.telephone, 3, 4),
            email=f"{self.email[:1]}***@{self.email.partition('@')[2]}" if self.email else None,
            citizen_no=f"{number[:4]}{'*' * 10}{number[-4:]}" if number else None,
        )

    def _values(self) -> tuple[str | None, str | None, str | None]:
        return self.telephone, self.email, self.citizen_no


def _ends(text: str | None, first: int, last: int) -> str | None:
    if text is None:
        return None
    return f"{text[:first]}****{text[-last:]}" if len(text) > first + last else "****"


def _place(account_id: UUID) -> bytes:
    return b"account:" + account_id.bytes
