"""Addresses as people may see them."""

import pytest

from crawler.masking import masked, without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mongodb://u:p%40ss@h:1/x?a=b", "mongodb://u:***@h:1/x?a=b"),
        ("redis://:se@cret@h:6379/0", "redis://:***@h:6379/0"),
        ("mongodb://h:1", "mongodb://h:1"),
        ("mongodb://h/?tlsCertificateKeyFilePassword=abc&w=1", "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1"),
        ("mongodb://[::1", "mongodb://[::1"),
        ("host?password=abc", "host?password=***"),
    ],
)
def test_passwords_are_not_shown(url: str, shown: str) -> None:
    """Neither in the account nor in the options, however the address is broken."""
    assert masked(url) == shown


def test_libraries_messages_are_cleaned_of_them() -> None:
    """A client that repeats what it was given gives nothing away."""
    assert without_secrets("cannot auth with tr0ub4dor", "redis://u:tr0ub4dor@h") == "cannot auth with ***"
