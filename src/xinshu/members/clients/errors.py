"""What can be wrong with a client, its keys, an assertion or a token.

Errors of OAuth answers carry both the standard's `error` (RFC 6749, 5.2) and a code of our own. `error_description` may
hold ASCII only (RFC 6749), so it is English; the Chinese is in `message` and `hint`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError


class ClientNotFoundError(NotFoundError):
    """No client of that id."""

    code = "client_not_found"

    def __init__(self, client_id: str) -> None:
        super().__init__(f"没有系统客户端 {client_id}", hint="用 GET /v1/clients 查看本单位的客户端")


class ClientClosedError(ConflictError):
    """A closed client is not changed."""

    code = "client_closed"

    def __init__(self, client_id: str) -> None:
        super().__init__(f"系统客户端 {client_id} 已关闭", hint="登记新的客户端")


class ClientStageError(ConflictError):
    """The member has not come so far that it may have such a client."""

    code = "client_stage"


class ClientInvalidError(XinshuError):
    """A role, network or certificate of a client is not right."""

    status = 422
    code = "client_invalid"


class KeyNotFoundError(NotFoundError):
    """The client has no key of that name."""

    code = "key_not_found"

    def __init__(self, kid: str) -> None:
        super().__init__(f"该客户端没有密钥 {kid}", hint="用 GET /v1/clients/{id} 查看它的密钥")


class KeyLimitError(ConflictError):
    """Two active keys already."""

    code = "key_limit"


class KeyUsedError(ConflictError):
    """The key or its name is in use, or was."""

    code = "key_duplicate"


class KeyInvalidError(XinshuError):
    """Not a public key of an admitted kind."""

    status = 422
    code = "key_invalid"


class KeyProofRequiredError(XinshuError):
    """A system adds a key and proves neither that it has it nor that it has one in force."""

    status = 403
    code = "key_proof_required"


class KeyProofInvalidError(XinshuError):
    """What is to prove possession of a key does not."""

    status = 403
    code = "key_proof_invalid"


class PrivateKeyShownError(KeyInvalidError):
    """Somebody sent the private part of a key."""

    code = "private_key_shown"


class OAuthError(XinshuError):
    """A refusal of a client: at the token endpoint, or later of its token."""

    status: ClassVar[int] = 401
    oauth_status: ClassVar[int] = 401  # at the token endpoint: 401 for invalid_client alone
    error: ClassVar[str] = "invalid_client"
    words: ClassVar[str]
    remedy: ClassVar[str] = ""
    english: ClassVar[str]
    proven: ClassVar[bool] = True  # whether the client had proved itself when it was refused

    def __init__(self, **details: Any) -> None:
        super().__init__(self.words.format_map(details), hint=self.remedy.format_map(details), **details)

    @property
    def recorded(self) -> str:
        """The code for the security log."""
        return self.code

    def as_oauth(self) -> dict[str, Any]:
        """The answer of the token endpoint."""
        return {
            "error": self.error,
            "error_description": self.english,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
        }


class InvalidClientError(OAuthError):
    """Nothing proves that the caller is the client: it is not told why, the security log is."""

    code = "invalid_client"
    proven = False
    words = "客户端身份不能确认"
    remedy = "核对 client_id、kid 与私钥;确切原因由平台安全管理员在安全日志中查看"
    english = "client authentication failed"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason

    @property
    def recorded(self) -> str:
        return self._reason


class RequestInvalidError(OAuthError):
    """The request is not one of the client credentials grant."""

    status = oauth_status = 400
    error = "invalid_request"
    code = "token_request_invalid"
    proven = False
    words = "令牌请求有误:{fault}"
    remedy = "按 docs/clients.md 以 application/x-www-form-urlencoded 提交,每个参数一次"
    english = "malformed token request"


class GrantUnsupportedError(OAuthError):
    """Another grant than client credentials."""

    status = oauth_status = 400
    error = "unsupported_grant_type"
    code = "grant_unsupported"
    proven = False
    words = "只支持 grant_type=client_credentials"
    remedy = "把 grant_type 改为 client_credentials"
    english = "only client_credentials is supported"


class ScopeInvalidError(OAuthError):
    """A scope that the client does not have."""

    status = oauth_status = 400
    error = "invalid_scope"
    code = "scope_invalid"
    words = "scope 中有该客户端没有的角色"
    remedy = "可用的 scope:{allowed}"
    english = "scope exceeds the roles of the client"


class AssertionRequiredError(OAuthError):
    """No client_assertion, or of another type: a shared secret is no substitute."""

    code = "assertion_required"
    proven = False
    words = "没有提供 private_key_jwt 断言"
    remedy = "提交 client_assertion 与 client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    english = "private_key_jwt client assertion required"


class AssertionMalformedError(OAuthError):
    """Not a JWT, or without the claims that are required."""

    code = "assertion_malformed"
    proven = False
    words = "断言有误:{fault}"
    remedy = "断言须是签名的 JWT,含 iss、sub、aud、exp、jti,各一次"
    english = "malformed client assertion"


class AssertionUnsignedError(OAuthError):
    """`alg` none."""

    code = "assertion_unsigned"
    proven = False
    words = "断言没有签名"
    remedy = "用客户端的私钥签名,算法 ES256、PS256、RS256 或 Ed25519"
    english = "unsigned client assertion"


class AssertionAlgorithmError(OAuthError):
    """An algorithm that is not admitted."""

    code = "assertion_wrong_algorithm"
    proven = False
    words = "断言的签名算法不被接受"
    remedy = "算法只能是 ES256、PS256、RS256 或 Ed25519(EdDSA),且与登记的公钥一致"
    english = "signing algorithm not admitted"


class AssertionExpiredError(OAuthError):
    """Past its end, or older than five minutes."""

    code = "assertion_expired"
    words = "断言已过期"
    remedy = "每次请求令牌都生成新的断言(签发后 5 分钟内有效),并校准服务器时间"
    english = "client assertion expired"


class AssertionEarlyError(OAuthError):
    """From the future."""

    code = "assertion_not_yet_valid"
    words = "断言尚未生效:iat 或 nbf 晚于平台时间"
    remedy = "校准服务器时间(允许相差 60 秒)"
    english = "client assertion not yet valid"


class AssertionLifetimeError(OAuthError):
    """An end too far ahead, and no beginning to count from."""

    code = "assertion_too_long"
    words = "断言的有效期过长"
    remedy = "exp 不超过 5 分钟以后,或写明 iat"
    english = "client assertion valid for too long"


class AssertionAudienceError(OAuthError):
    """Meant for another server."""

    code = "assertion_wrong_audience"
    words = "断言的 aud 不是本平台"
    remedy = "aud 应为 {expected}"
    english = "client assertion meant for another audience"


class AssertionReplayedError(OAuthError):
    """Used before."""

    code = "assertion_replayed"
    words = "断言已经使用过"
    remedy = "每次请求令牌都生成新的断言,jti 不得重复"
    english = "client assertion already used"


class KeyRevokedError(OAuthError):
    """Signed with a revoked key."""

    code = "key_revoked"
    words = "签名所用的密钥已吊销"
    remedy = "改用有效的密钥"
    english = "key revoked"


class KeyExpiredError(OAuthError):
    """Signed with an expired key."""

    code = "key_expired"
    words = "签名所用的密钥已到期"
    remedy = "登记新的密钥"
    english = "key expired"


class ClosedError(OAuthError):
    """The client is closed."""

    code = "client_closed"
    words = "系统客户端已关闭"
    remedy = "由本单位管理员登记新的客户端"
    english = "client closed"


class CertificateRequiredError(OAuthError):
    """The client is bound to certificates (RFC 8705), and none, or another one, was shown."""

    code = "certificate_required"
    words = "须以登记的客户端证书建立 TLS 连接"
    remedy = "使用已登记 x5t#S256 的证书(双向 TLS)"
    english = "registered client certificate required"


class AddressError(OAuthError):
    """The address is not in the client's list."""

    status = 403
    oauth_status = 400
    error = "unauthorized_client"
    code = "address_not_allowed"
    words = "来访地址 {address} 不在该客户端的允许范围内"
    remedy = "由本单位管理员修改客户端的 networks"
    english = "address not in the allow-list of the client"


class MemberNotOnlineError(OAuthError):
    """The member's standing does not allow it."""

    status = 403
    oauth_status = 400
    error = "unauthorized_client"
    code = "member_not_online"
    words = "所属成员当前为“{state}”,不能使用该客户端"
    remedy = "联系平台入驻管理员"
    english = "the member may not use this client now"


class TokenError(XinshuError):
    """A refusal of an access token; `code` tells why as far as the bearer may know (RFC 6750: invalid_token)."""

    status = 401
    code = "token_invalid"
    proven: ClassVar[bool] = False

    def __init__(self, message: str = "令牌无效", *, recorded: str = "", hint: str = "重新获取令牌") -> None:
        super().__init__(message, hint=hint)
        self.recorded = recorded or self.code


class TokenExpiredError(TokenError):
    """Past its ten minutes."""

    code = "token_expired"
    proven = True
