"""The text of a record that was set aside keeps what tells its device, and nothing that may be a secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.secrets import HIDDEN, LONGEST, of_columns, of_row, outline, titles_shown, without_secrets

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


def test_of_a_text_without_known_columns_ids_and_its_length_are_shown() -> None:
    one, other = "6f" * 20, "7A" * 20
    assert outline(f'{{"jane.doe.smith": "{one}", "x": 12345, "{other}"') == f"{one} … {other} … (117 characters)"
    assert outline("12345 jane.doe.smith") == "(20 characters)"
    assert outline("") == ""
    assert len(outline(f"{one} " * 5000)) < LONGEST + 30


def test_of_a_row_whose_cells_may_have_moved_ids_and_blanks_are_shown() -> None:
    row = ["6f" * 20, "ws-1.corp.contoso.example", "", " ", "12345", GUID, "6f" * 21]
    assert of_row(row, ";") == f"{'6f' * 20};…;;;…;…;…"


def test_of_known_columns_words_are_shown_that_are_no_secrets() -> None:
    texts = {"DeviceName": "ws-1.corp.contoso.example", "OSBuild": "22631", "Notes": "Nora Lind"}
    assert of_columns(texts) == "DeviceName: ws-1.corp.contoso.example; OSBuild: 22631; Notes: … …"


ADDRESSES = ("jane@contoso.example", "203.0.113.77", "2001:db8::1", "fe80:1:2:3:4")
SOMEBODYS = (*ADDRESSES, GUID, "6f" * 20, "4400123", "k" * 200)


@pytest.mark.parametrize("key", SOMEBODYS)
def test_a_title_that_is_somebodys_is_counted_and_not_shown(key: str) -> None:
    titles = ["Serial number", key, "Gerätename (l’hôte)"]
    assert titles_shown(titles, []) == "Serial number, Gerätename (l’hôte), 1 other"


def test_of_an_object_in_which_nothing_is_read_its_own_key_is_shown() -> None:
    titles = ["by.jane.doe", "by.nora.lind", "hardware.model", "no.", "other"]
    assert titles_shown(titles, ["hardware.cores", "name"]) == "by.…, hardware.model, no., other"


def test_no_more_titles_are_shown_than_a_person_reads() -> None:
    assert titles_shown([f"c{number}" for number in range(1000)], []).endswith(", c199, 800 others")
