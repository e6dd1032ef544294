"""What names a person or opens a door, and should not be learned by heart."""

from curator.checks.check import Check
from curator.checks.privacy.accounts import CREDIT_CARD_NUMBER, IBAN
from curator.checks.privacy.contacts import EMAIL_ADDRESS, PHONE_NUMBER
from curator.checks.privacy.network import IP_ADDRESS
from curator.checks.privacy.secret_keys import SECRET_KEY

PRIVACY_CHECKS: tuple[Check, ...] = (
    EMAIL_ADDRESS,
    PHONE_NUMBER,
    CREDIT_CARD_NUMBER,
    IBAN,
    IP_ADDRESS,
    SECRET_KEY,
)
