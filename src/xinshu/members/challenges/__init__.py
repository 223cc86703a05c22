"""What was asked of a browser and must come back from the same browser, once and in time (passkeys, sign-on).

Use `issue`, `redeem` and `Browsers`; the table `challenge` is theirs.
"""

from xinshu.members.challenges.browsers import Browsers
from xinshu.members.challenges.service import Challenge, ChallengeExpiredError, ChallengeInvalidError, issue, redeem

__all__ = ["Browsers", "Challenge", "ChallengeExpiredError", "ChallengeInvalidError", "issue", "redeem"]
