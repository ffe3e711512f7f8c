"""Secrets of an export reach nothing that is kept or shown, also not where a record could not be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.secrets import HIDDEN, without_secrets

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
PLANTED = {
    "mdatp health": (f'org_id                 : "{GUID}"', GUID),
    "mdatp health, JSON": ('{"orgId": "planted-organisation", "healthy": true}', "planted-organisation"),
    "registry": ('"OrgID"="planted-organisation"', "planted-organisation"),
    "package in the registry": (
        '"OnboardedInfo"="{\\"body\\":\\"{\\\\\\"orgId\\\\\\":\\\\\\"planted\\\\\\"}\\",\\"sig\\":\\"planted\\"}"',
        "planted",
    ),
    "package of Linux": ('{"onboardingInfo":"{\\"body\\":\\"planted\\",\\"sig\\":\\"planted\\"}"}', "planted"),
    "reg query": ("    OrgId    REG_SZ    " + GUID, GUID),
    "column of Sentinel": (f'"{GUID}",ws-1,Windows11,"unclosed', GUID),
    "signature": ("x," + "QUJD" * 20 + "==,y", "QUJD"),
    "user": ('"userPrincipalName": "ada@contoso.example", "x": 1', "ada@"),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_secret_is_taken_out(where: str) -> None:
    text, secret = PLANTED[where]
    assert secret in text
    assert secret not in without_secrets(text)
    assert HIDDEN in without_secrets(text)


def test_what_helps_to_find_the_record_stays() -> None:
    row = f"{'6f' * 20},ws-0001.corp.contoso.example,Windows11,22631,10.8760.22631.5608,2026-11-17T15:46:54Z"
    assert without_secrets(row) == row


@given(st.text(max_size=200), st.text("ABCxyz019+/", min_size=64, max_size=300), st.text(max_size=200))
def test_no_blob_is_left_whatever_stands_around_it(before: str, blob: str, after: str) -> None:
    assert blob not in without_secrets(before + blob + after)
