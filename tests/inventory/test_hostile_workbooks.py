"""Workbooks that are small as files and large as tables, or say two things of a cell: refused, with what and where."""

import logging
import zipfile
from pathlib import Path

import fastexcel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.inventory import workbook_size
from checker.inventory.workbook_cells import Walk, name_of
from tests.inventory.records import HEADER, refusal, rows

TITLES = HEADER.split(",")
SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
FAR = '<c r="XFD1048576"><v>1</v></c>'


def values(number: int) -> list[str]:
    """Return what a row says of a device."""
    return [f"{number:040x}", f"ws-{number}", "Windows11", "22631", "10.8760.22631.5608"]


def row(number: int, texts: list[str], *, placed: bool = True) -> str:
    """Return a row, its cells with their places or without."""
    places = [f' r="{name_of(number, column + 1)}"' if placed else "" for column in range(len(texts))]
    cells = [f'<c{at} t="inlineStr"><is><t>{text}</t></is></c>' for at, text in zip(places, texts, strict=True)]
    at = f' r="{number}"' if placed else ""
    return f"<row{at}>{''.join(cells)}</row>"


DEVICE = row(1, TITLES) + row(2, values(1))


def workbook(
    path: Path, content: str, shared: str = "", target: str = "worksheets/sheet1.xml", kind: str = "worksheet"
) -> Path:
    """Write a workbook whose first sheet holds these rows."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATED}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATED}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{RELATED}/{kind}" Target="{target}"/><Relationship Id="r2" Type="{RELATED}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        f"xl/{target}": f'<{kind} xmlns="{SPREADSHEET}">{content and f"<sheetData>{content}</sheetData>"}</{kind}>',
    }
    if shared:
        parts[SHARED] = f'<sst xmlns="{SPREADSHEET}">{shared}</sst>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def names(path: Path) -> list[str]:
    """Return the names of the devices of a workbook."""
    return [found["name"] for found in rows(path)]


@pytest.mark.parametrize(
    ("content", "target"),
    [
        (DEVICE + f"<row>{FAR}</row>", "worksheets/sharedStrings1.xml"),
        (DEVICE + f"<row>{FAR}</row>", "worksheets/sheet1.xml"),
        (
            row(1, [*TITLES, *("x" * 3000)], placed=False) + "<row/>" * 300_000 + row(1, values(1), placed=False),
            "s.xml",
        ),
        (DEVICE + "<row/>" * 1_100_000, "s.xml"),
        (DEVICE + "<row></row>" * 1_100_000, "s.xml"),
        (DEVICE + "</row>" * 1_100_000 + "<row><c><v>1</v></c></row>", "s.xml"),
        (DEVICE + "<row>" + "<c/>" * 20_000 + "<c><v>1</v></c></row>", "s.xml"),
        (DEVICE + '<row><c s="r=\'A1\'" r="AF1048576"><v>1</v></c></row>', "s.xml"),
        (DEVICE + f'<row><!-- <c " -->{FAR}</row>', "s.xml"),
    ],
)
def test_a_far_cell_is_seen_whatever_its_part_is_called_and_with_no_place_written(
    content: str, target: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "x.xlsx", content, target=target)
    assert refusal(path).startswith((f"{path}: has a sheet of ", f"{path}: is an Excel workbook that is cut off"))


@pytest.mark.parametrize("cell", ['<c t="<" r="XFD1048576">', '<c r="A3" r="XFD1048576">', '<c r="3A">', '<c r="A0">'])
def test_a_cell_that_no_program_writes_is_damage(cell: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", DEVICE + f'<row r="3">{cell}<v>1</v></c></row>')
    assert refusal(path).startswith(f"{path}: is an Excel workbook that is cut off or damaged")


def test_rows_and_cells_without_places_are_read_where_they_stand(tmp_path: Path) -> None:
    content = (
        row(1, TITLES, placed=False) + row(2, values(1), placed=False) + "<row/>" + row(3, values(2), placed=False)
    )
    assert names(workbook(tmp_path / "x.xlsx", content)) == ["ws-1", "ws-2"]


def test_rows_in_another_order_are_read(tmp_path: Path) -> None:
    content = row(1, TITLES) + row(3, values(1)) + row(2, values(2))
    assert names(workbook(tmp_path / "x.xlsx", content)) == ["ws-2", "ws-1"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (DEVICE + row(2, values(2)), "has cell A2 twice"),
        (DEVICE + '<row r="3"><c r="B3"><v>1</v></c><c r="B3"><v>2</v></c></row>', "has cell B3 twice"),
        (DEVICE + '<row r="2"><c r="F2"><v>1</v></c></row>', "has row 2 twice"),
        (DEVICE + '<row s="1" r="2"><c><v>1</v></c></row>', "has cell A2 twice"),
    ],
)
def test_two_cells_or_rows_at_one_place_are_refused(content: str, what: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", content)
    assert refusal(path) == f"{path}: {what}\n  hint: save it again, or save it as CSV"


SHORT, LONG = "<si><t>a</t></si>", f"<si><t>{'a' * 100_000}</t></si>"


@pytest.mark.parametrize(
    ("shared", "value"),
    [
        (SHORT + LONG, "<v>1</v>"),
        (SHORT + LONG, "<v>+1</v>"),
        (SHORT + LONG, "<v>&#49;</v>"),
        (SHORT + LONG, "<v><![CDATA[1]]></v>"),
        (SHORT + LONG, '<v a=">">1</v>'),
        ("<!-- <si> -->" + SHORT + LONG, "<v>1</v>"),
        ("<si><si></si><t/>" + LONG, "<v>1</v>"),
    ],
)
def test_cells_of_one_long_text_are_counted_each(
    shared: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_size, "MOST_TEXT", 10 << 20)
    cells = "".join(f'<row r="{line}"><c r="A{line}" t="s">{value}</c></row>' for line in range(3, 300))
    path = workbook(tmp_path / "x.xlsx", DEVICE + cells, shared)
    assert refusal(path).startswith(f"{path}: has a sheet of more cells and text than can be read (10 MiB)")


def test_numbers_and_short_texts_beside_one_long_text_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_size, "MOST_TEXT", 10 << 20)
    cells = "".join(
        f'<row r="{line}"><c r="B{line}" t="s"><v>0</v></c><c r="D{line}"><v>1.5</v></c></row>'
        for line in range(3, 300)
    )
    path = workbook(tmp_path / "x.xlsx", DEVICE + cells, SHORT + LONG)
    assert names(path) == ["ws-1", *["a"] * 297]


def test_text_in_cells_themselves_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_size, "MOST_TEXT", 1 << 20)
    path = workbook(tmp_path / "x.xlsx", DEVICE + row(3, ["a" * 600_000, "b" * 600_000]))
    assert "has a sheet of more cells and text than can be read" in refusal(path)


def test_a_part_that_is_no_sheet_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_size, "LARGEST_OTHER", 100)
    assert "that is no sheet" in refusal(workbook(tmp_path / "x.xlsx", DEVICE))


def test_a_panic_of_the_library_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As the library's own is called."""

    def panic(_place: Path) -> None:
        raise PanicException

    monkeypatch.setattr(fastexcel, "read_excel", panic)
    path = workbook(tmp_path / "x.xlsx", DEVICE)
    assert refusal(path).startswith(f"{path}: is an Excel workbook that is cut off or damaged")


def test_a_chart_in_the_first_place_is_told_and_the_library_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    path = workbook(tmp_path / "x.xlsx", "", target="chartsheets/sheet1.xml", kind="chartsheet")
    assert refusal(path).startswith(f"{path}: has an empty first sheet")
    assert capfd.readouterr().err == ""


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """Return the rows of a sheet, of which rows and cells tell their places or not."""
    text = '<row r="1"><c r="A1"><v>1</v></c></row>'
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.sampled_from(["", ' r="4"', " s='1' r='7'"]))
        cells = draw(st.lists(st.sampled_from(['<c r="C9" x="1">', "<c>", "<c s='1'>", '<c r="B2">']), max_size=4))
        text += f"<row{at}>{''.join(f'{cell}<v>1</v></c>' for cell in cells)}</row>"
    return text


@given(text=sheets())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cells_are_taken_to_stand_where_the_library_puts_them(text: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", text)
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    _, at, columns = Walk().places(text.encode())
    assert (sheet.to_polars().height, sheet.width) == (at.max(), columns.max())
