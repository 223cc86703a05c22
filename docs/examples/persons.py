"""A person at a platform, as a browser does it: session cookie, anti-forgery token, password and one-time codes.

Needs `pip install httpx2 pyotp`.
"""

import time
from collections.abc import Callable
from typing import Any

import httpx2
import pyotp

STEP = 30  # seconds for which an authenticator shows a code


class Refused(Exception):
    """The platform said no: `code` is stable, the message says why and what to do."""

    def __init__(self, answer: httpx2.Response) -> None:
        said = answer.json()
        super().__init__(f"{answer.status_code} {said['code']}: {said['message']}({said['hint']})")
        self.status, self.code = answer.status_code, said["code"]
        self.details = said["details"]


class Person:
    """Somebody with a browser and an authenticator application."""

    def __init__(self, platform: str, login: str, password: str, now: Callable[[], float] = time.time) -> None:
        self.login = login
        self._password = password
        self._now = now
        self._http = httpx2.Client(base_url=platform, headers={"Origin": platform}, timeout=60)
        self._secret = ""
        self._step = 0  # of the code used last: each serves once

    def ask(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        """One request, with its answer decoded. Raises Refused."""
        answer = self._http.request(method, path, json=json, **more)
        if answer.is_error:
            raise Refused(answer)
        found = answer.json() if answer.content else None
        session = found.get("session", found) if isinstance(found, dict) else None
        if isinstance(session, dict) and "csrf" in session:  # goes with every change from now on
            self._http.headers["X-CSRF-Token"] = session["csrf"]
        return found

    def get(self, path: str, **params: str) -> Any:
        """Look at something."""
        return self.ask("GET", path, params=params)

    def post(self, path: str, json: Any = None) -> Any:
        """Change something."""
        return self.ask("POST", path, json)

    def accept(self, invitation: str) -> None:
        """Take up an invitation by choosing a password."""
        self.post("/v1/invitations/accept", {"token": invitation, "password": self._password})

    def sign_in(self) -> Any:
        """With the password and a one-time code; the first time, codes are set up."""
        answer = self.post("/v1/session", {"login": self.login, "password": self._password})
        if answer.get("second_factor_required"):
            body = {"challenge": answer["challenge"], "code": self._code()}
            return self.post("/v1/session/second-factor", body)
        return self._enrol() if "enrol_second_factor" in answer["missing"] else answer

    def sign_out(self) -> None:
        """End the session."""
        self.ask("DELETE", "/v1/session")

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _enrol(self) -> Any:
        begun = self.post("/v1/session/totp")
        self._secret = begun["secret"]  # what the QR code tells the application
        body = {"enrolment": begun["enrolment"], "code": self._code()}
        return self.post("/v1/session/totp/confirm", body)["session"]

    def _code(self) -> str:
        """The next code not used yet; platforms take one from half a minute ahead as well."""
        now = int(self._now()) // STEP
        self._step = max(now, self._step + 1)
        time.sleep(max(0, (self._step - now - 1) * STEP))
        return pyotp.TOTP(self._secret).at(self._step * STEP)
