"""Ways of signing an authorisation, behind one interface: passkey, certificate, password and code before a witness.

Paper is not signed here: two members of the platform's staff compare the scan (`consent.signing_service`).
"""

from xinshu.consent.signing.certificates import CertificateSigning
from xinshu.consent.signing.mandates import AccountMandates, Mandates
from xinshu.consent.signing.model import Evidence, SignatureRecord, Signer, SigningProvider, ToSign
from xinshu.consent.signing.passkeys import PasskeySigning
from xinshu.consent.signing.witnessed import Reauthenticate, SignInAgain, WitnessedSigning
from xinshu.consent.signing.x509 import TrustAnchors

__all__ = [
    "AccountMandates",
    "CertificateSigning",
    "Evidence",
    "Mandates",
    "PasskeySigning",
    "Reauthenticate",
    "SignInAgain",
    "SignatureRecord",
    "Signer",
    "SigningProvider",
    "ToSign",
    "TrustAnchors",
    "WitnessedSigning",
]
