"""Systems of members: OAuth 2.0 client credentials with `private_key_jwt` (RFC 7523), ten-minute tokens (RFC 9068)."""

from xinshu.members.clients.model import Client, ClientKey, ClientPage, ClientState, TokenAnswer
from xinshu.members.clients.service import ClientService, close_all_of_member
from xinshu.members.clients.token_keys import TokenKeys
from xinshu.members.clients.tokens import TokenService

__all__ = [
    "Client", "ClientKey", "ClientPage", "ClientService", "ClientState", "TokenAnswer", "TokenKeys", "TokenService",
    "close_all_of_member",
]  # fmt: skip
