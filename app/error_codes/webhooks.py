"""What couriers and providers post."""

from __future__ import annotations

from app.error_codes.code import AGAIN, ErrorCode

TABLE = (
    ErrorCode(
        "unknown_account",
        404,
        "There is no such courier account",
        "The last part of the address names no account.",
        "Compare it with `reknock courier list`.",
    ),
    ErrorCode(
        "post_here",
        405,
        "Couriers post to this address",
        "Only POST brings a webhook; GET is for couriers that ask for a challenge.",
        "Use POST.",
    ),
    ErrorCode(
        "missing_signature",
        401,
        "The signature is missing",
        "The header in which this courier signs is not there.",
        "Turn signing on at the courier, or check that no proxy drops the header.",
    ),
    ErrorCode(
        "wrong_signature",
        401,
        "The signature does not match",
        "The body was signed with another secret, or was changed on the way.",
        "Compare the secrets on both sides, and sign the raw body.",
    ),
    ErrorCode(
        "bad_timestamp",
        401,
        "The signed time cannot be read",
        "The signature names a time that is none.",
        "Sign as the courier's documentation says.",
    ),
    ErrorCode(
        "stale_timestamp",
        401,
        "The signed time is too far from now",
        "An old message was repeated, or a clock is wrong.",
        "Set the clocks by NTP, and sign each attempt anew.",
    ),
    ErrorCode(
        "no_secret",
        401,
        "Nothing to verify with",
        "The account has no usable secret, so nobody can be believed.",
        "Give it one: `reknock courier add`.",
    ),
    ErrorCode(
        "unknown_key",
        401,
        "The courier has no such public key",
        "The signature names a key that the courier does not publish.",
        "Check which key the courier signs with.",
    ),
    ErrorCode(
        "keys_unavailable",
        503,
        "The courier's public keys cannot be fetched",
        "The address where the courier publishes its keys does not answer.",
        AGAIN,
    ),
    ErrorCode(
        "bad_mapping",
        503,
        "The mapping cannot be used",
        "The account's own mapping has a fault, so its messages cannot be verified.",
        "Mend it: `reknock courier try` shows what is wrong. The courier comes again.",
    ),
    ErrorCode(
        "vault_locked",
        503,
        "The account's secrets cannot be opened",
        "They were sealed with another SECRET_KEY.",
        "Set the SECRET_KEY they were sealed with; `reknock doctor` says which accounts.",
    ),
    ErrorCode(
        "bad_signature",
        403,
        "The provider's signature does not match",
        "A callback was not signed by the provider, or our address differs from the one signed.",
        "Set PUBLIC_URL to the address that the provider calls, and check its token.",
    ),
    ErrorCode(
        "not_signed",
        401,
        "No secret of this account has signed this",
        "A word about a booking was not signed as Standard Webhooks say, or too long ago.",
        "Sign it with the secret of the account's connector or of its webhooks.",
    ),
    ErrorCode(
        "unknown_reference",
        404,
        "There is no booking of this name",
        "The account has no booking that its `reference` names.",
        "Send back the `key` that came with the request, your own id, or the tracking number.",
    ),
)
