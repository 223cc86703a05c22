/** A token and a call from a shell, by the platform's own command. */
export function shellExample(origin: string, client: string): string {
  return `xinshu client token --client ${client} --key 核心系统.private.pem --url ${origin}

curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"subject": "统一社会信用代码", "purpose": "pre_loan", "items": ["1", "8"]}' \\
  ${origin}/v1/inquiries`;
}

/** The same with a stock library. */
export function pythonExample(origin: string, client: string): string {
  return `# pip install authlib httpx2
from pathlib import Path
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

endpoint = "${origin}/oauth/token"
key = ECKey.import_key(Path("核心系统.private.pem").read_text())
session = OAuth2Client("${client}", key, token_endpoint=endpoint,
                       token_endpoint_auth_method=PrivateKeyJWT(endpoint, alg="ES256"))
session.fetch_token()          # 十分钟有效,到期自动再取

asked = {"subject": "统一社会信用代码", "purpose": "pre_loan", "items": ["1", "8"]}
answer = session.post("${origin}/v1/inquiries", json=asked,
                      headers={"Idempotency-Key": "贷款申请-2026-0001".encode().hex()})
print(answer.json())`;
}
