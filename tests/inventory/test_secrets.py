"""The text of a record that was set aside keeps what tells its device, and nothing that may be a secret."""

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
    "reg query": ("    OrgId    REG_SZ    " + GUID, GUID),
    "row of which nobody knows the columns": ("ws-1,Nora Lind,5CG1234XYZ", "Nora"),
    "serial number": ("ws-1,5CG1234XYZ,Windows11", "5CG1234XYZ"),
    "serial number of digits": ("ws-1,4400123,Windows11", "4400123"),
    "public address": ("ws-1,203.0.113.77,Windows11", "203.0.113"),
    "public address with a port": ("ws-1,203.0.113.77:443", "203.0.113"),
    "public address of version 6": ("ws-1,2001:db8::beef", "beef"),
    "user": ('"userPrincipalName": "ada@contoso.example", "x": 1', "ada"),
    "user of a domain": (r"CONTOSO\ada", "ada"),
    "credentials in a URL": ("http://ada:hunter2@proxy.contoso.example:8080", "hunter2"),
    "token of three parts": ("Bearer eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM", "eyJ"),
    "token": ("Bearer eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2QT4", "eyJ"),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_secret_is_taken_out(where: str) -> None:
    text, secret = PLANTED[where]
    assert secret in text
    assert secret not in without_secrets(text)
    assert HIDDEN in without_secrets(text)


def test_what_helps_to_find_the_record_stays() -> None:
    row = f"{'6f' * 20},WS-0001.corp.contoso.example,Windows11,22631,10.8760.22631.5608,2026-11-17T15:46:54Z,KB5011048"
    assert without_secrets(row) == row


@given(st.text(max_size=200), st.text("ABCxyz019+/", min_size=41, max_size=300), st.text(max_size=200))
def test_no_blob_is_left_whatever_stands_around_it(before: str, blob: str, after: str) -> None:
    assert blob not in without_secrets(before + blob + after)


@given(st.text(max_size=200))
def test_what_stands_between_words_stays_and_no_text_grows(text: str) -> None:
    shown = without_secrets(text)
    assert len(shown) <= len(text)
    assert without_secrets(shown) == shown
