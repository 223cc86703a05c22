"""Sign-on (统一身份登录, OpenID Connect): staff of a member sign in through their own organisation's provider.

From outside use `Providers`, `Remote`, `SignOnService` and `router`.
"""

from xinshu.members.sign_on.providers import Providers
from xinshu.members.sign_on.remote import Remote
from xinshu.members.sign_on.routes import router
from xinshu.members.sign_on.service import SignOnService

__all__ = ["Providers", "Remote", "SignOnService", "router"]
