"""``wire.docbook``: sections are keywords, paragraphs and list items their values (TKB 3.0 §5.4)."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.wire import docbook, xml

ARTICLE = """<article><info><title>Besöksanteckning</title></info>
  <para>Patienten mår bra.</para>
  <section><title>Överenskommelse</title>
    <section><title>▼Patienten ansvarar för:</title>
      <para>Daglig promenad</para>
      <itemizedlist mark="bullet"><listitem><para> Blodtryck </para></listitem>
        <listitem>Vikt</listitem></itemizedlist>
    </section>
  </section>
  <bibliography> Ref 1 </bibliography>
</article>"""


def texts(keyword: Keyword) -> list[str]:
    """The texts of a keyword's own values."""
    return [value.text for value in keyword.values]


def read(text: str) -> docbook.DocBook:
    """What is surely DocBook."""
    book = docbook.read(text, "note")
    assert book is not None
    return book


def section(inner: str) -> Keyword:
    """The only keyword of an article with one section."""
    return read(f"<article><section><title>S</title>{inner}</section></article>").keywords[0]


def test_sections_become_keywords_recursively() -> None:
    """
    Titles as written, values in order, with the place of each within the article.
    """
    book = read(ARTICLE)
    inner = book.keywords[0].children[0]
    assert (book.title, book.keywords[0].title, inner.title) == (
        "Besöksanteckning",
        "Överenskommelse",
        "▼Patienten ansvarar för:",
    )
    assert texts(inner) == ["Daglig promenad", "Blodtryck", "Vikt"]
    assert [value.origin() for value in inner.values] == [
        "note#section[0].section[0].para[0]",
        "note#section[0].section[0].itemizedlist[0].listitem[0].para[0]",
        "note#section[0].section[0].itemizedlist[0].listitem[1]",
    ]
    assert inner.origin() == "note#section[0].section[0]"
    assert [value.text for value in book.paragraphs] == ["Patienten mår bra."]
    assert [value.text for value in book.bibliography] == ["Ref 1"]
    assert book.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE.replace("<article>", '<article xmlns="http://docbook.org/ns/docbook" version="5.0">'),
        ARTICLE.replace("<article>", '<d:article xmlns:d="urn:x">').replace("</article>", "</d:article>"),
        html.escape(ARTICLE).replace("P", "&#80;").replace("D", "&#x44;"),
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n' + ARTICLE,
        "\ufeff \n" + ARTICLE,
        "<!-- c -->" + ARTICLE,
        html.escape(ARTICLE),
        ARTICLE.replace("mår", "m<!-- x -->å<?p?><![CDATA[r]]>"),
    ],
)  # fmt: skip
def test_the_same_article_is_read_however_it_is_wrapped(text: str) -> None:
    """
    Namespace, prefix, declaration, BOM, comment, one more layer of entities: the same keywords.
    """
    book, plain = read(text), read(ARTICLE)
    assert (book.title, book.keywords, book.paragraphs) == (plain.title, plain.keywords, plain.paragraphs)


@pytest.mark.parametrize(
    "text",
    ["", "Mår bra", "åäö<>><&]]>", "<5 mg", "<p>Mår bra</p>", "<?xml version='1.0'?><p/>", "<articles/>"],
)
def test_what_is_no_article_is_plain_text(text: str) -> None:
    """
    Only an article is DocBook; other markup and a lone < are text.
    """
    assert docbook.read(text, "note") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<article><para>Ta 2", "truncated"),
        ("<article><para>a & b</para></article>", "not-xml"),
        ("<!DOCTYPE article [<!ENTITY e 'x'>]><article>&e;</article>", "doctype-forbidden"),
        ("<article>" + "<section>" * 300 + "</section>" * 300 + "</article>", "too-deep"),
        ("<article><para>\x01</para></article>", "not-xml"),
    ],
)
def test_a_broken_article_is_kept_as_text_with_a_finding(text: str, why: str) -> None:
    """
    Nothing is lost: the whole text stays, and the finding says why it is no tree.
    """
    book = read(text)
    assert book.is_broken
    assert [value.text for value in book.paragraphs] == [text]
    assert [(finding.code, finding.value) for finding in book.findings] == [("docbook-unreadable", why)]


def test_text_is_whole_around_comments_instructions_and_cdata() -> None:
    """
    What stands between two tags is one text, however it is cut up.
    """
    said = "<para>Ta 4<!-- x -->0 mg<?page?> <![CDATA[< 2]]> dygn<emphasis>!</emphasis> n<!-- y -->u</para>"
    book = read(f"<article><section><title>T</title>{said}</section></article>")
    assert [value.text for value in book.keywords[0].values] == ["Ta 40 mg < 2 dygn! nu"]


@pytest.mark.parametrize("text", ["<article>Ta 40 mg</article>", "<article>\n Ta 40 mg\n</article>"])
def test_text_alone_in_an_article_is_a_paragraph(text: str) -> None:
    """
    Nothing is lost of an article that has no elements.
    """
    assert [value.text for value in read(text).paragraphs] == ["Ta 40 mg"]


def test_text_alone_in_a_section_is_its_value() -> None:
    """
    Nothing is lost of a section that has neither title nor paragraphs.
    """
    keyword = read("<article><section>Ta 40 mg</section></article>").keywords[0]
    assert [(value.text, value.origins[""]) for value in keyword.values] == [
        ("Ta 40 mg", "note#section[0].#text[0]")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<article>" + "<para/>" * 100_001 + "</article>",
        "<article>" + "<!-- < -->" * 200_001 + "</article>",
    ],
)
def test_an_article_that_is_too_large_is_refused(text: str) -> None:
    """
    The gate's limits hold within a note too.
    """
    assert [(finding.code, finding.value) for finding in read(text).findings] == [
        ("docbook-unreadable", "too-large")
    ]


def test_a_name_that_is_a_text_is_not_repeated_in_every_place() -> None:
    """
    A place names where a value stands, however long the names around it are.
    """
    name = "p" * 5_000
    (value,) = read(f"<article><{name}><para>Ta 40 mg</para></{name}></article>").paragraphs
    assert value.text == "Ta 40 mg"
    assert len(value.origins[""]) < 200


def test_emphasis_never_cuts_a_dose() -> None:
    """
    A paragraph is one value, with the blanks between its inline elements.
    """
    keyword = section("<para>Ta <emphasis>2</emphasis> <emphasis>tabletter</emphasis></para>")
    assert texts(keyword) == ["Ta 2 tabletter"]


def test_a_list_inside_a_paragraph_is_split_in_order() -> None:
    """
    The words before, the items, the words after.
    """
    keyword = section(
        "<para>Ta <itemizedlist><listitem>a</listitem><listitem>b</listitem></itemizedlist> slut</para>"
    )
    assert texts(keyword) == ["Ta", "a", "b", "slut"]


def test_unknown_elements_are_kept_and_reported_once() -> None:
    """
    A row's cells stay together and apart, an unknown word inside a paragraph stays in it.
    """
    book = read(
        "<article><section><title>S</title>"
        "<table><row><entry>Furosemid</entry><entry>40 mg</entry></row></table>"
        "<para>Ta <dose>2</dose> st</para>kvar</section></article>"
    )
    assert texts(book.keywords[0]) == ["Furosemid, 40 mg", "Ta 2 st", "kvar"]
    assert [(finding.code, finding.value) for finding in book.findings] == [
        ("docbook-unknown-element", name) for name in ("table", "row", "entry", "dose")
    ]


def test_every_kind_of_block_gives_values() -> None:
    """
    Ordered and simple lists, terms, formal paragraphs, verbatim layout.
    """
    keyword = section(
        "<orderedlist><listitem><simpara>a</simpara></listitem></orderedlist>"
        "<simplelist><member>b</member></simplelist>"
        "<variablelist><varlistentry><term>c</term><listitem><para>d</para></listitem></varlistentry>"
        "</variablelist><formalpara><title>e</title><para>f</para></formalpara>"
        "<literallayout> g\n h</literallayout><para> </para>"
    )
    assert texts(keyword) == ["a", "b", "c", "d", "e", "f", " g\n h"]


def test_a_row_of_a_table_is_one_value() -> None:
    """
    A medicine and its dose in two cells are not torn apart; the table is told as not known.
    """
    book = read(
        "<article><section><title>A</title><table><tbody>"
        "<row><entry>Furosemid</entry><entry><para>40 mg</para></entry><entry/></row><row> <entry/></row>"
        "</tbody></table></section></article>"
    )
    assert texts(book.keywords[0]) == ["Furosemid, 40 mg"]
    assert {finding.code for finding in book.findings} == {"docbook-unknown-element"}


def test_a_title_may_stand_in_info() -> None:
    """
    DocBook 5 lets info hold the title; what else it holds is text.
    """
    keyword = read(
        "<article><section><info><title>A <emphasis>b</emphasis></title><date>2026</date></info>"
        "</section></article>"
    ).keywords[0]
    assert (keyword.title, texts(keyword)) == ("A b", ["2026"])


def test_a_section_without_title_has_an_empty_one() -> None:
    """
    No title is made up.
    """
    assert read("<article><section><para>a</para></section></article>").keywords[0].title == ""


def test_control_characters_are_replaced_when_written() -> None:
    """
    XML cannot hold them: vertical tab is a line break, the others show as U+FFFD.
    """
    written = docbook.write([Keyword(title="a\x00", values=(KeywordValue(text="b\x0bc\ud800\uffff"),))], "t")
    keyword = read(written).keywords[0]
    assert (keyword.title, texts(keyword)) == ("a\ufffd", ["b\nc\ufffd\ufffd"])


LEGAL = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        include_characters="\t\n\r\x85\x9f",
        exclude_characters="\ufffe\uffff",
    )
)
TEXT = LEGAL | st.sampled_from(
    ["", " a", "a\n\n b ", "]]>", "a  b", "\xa0a\xa0", "\r\n", "<b>&amp;", "&lt;article>"]
)
KEYWORDS = st.recursive(
    st.builds(
        lambda title, values: Keyword(title=title, values=tuple(KeywordValue(text=text) for text in values)),
        TEXT,
        st.lists(TEXT, max_size=3),
    ),
    lambda inner: st.builds(
        lambda keyword, children: replace(keyword, children=tuple(children)),
        inner,
        st.lists(inner, max_size=3),
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(KEYWORDS, max_size=3), TEXT)
def test_what_is_written_is_read_back(keywords: list[Keyword], title: str) -> None:
    """
    Read ∘ write is identity on titles, values and nesting, alone and inside a message.
    """
    written = docbook.write(keywords, title)
    message = xml.parse(b"<r><![CDATA[" + written.replace("]]>", "]]&gt;").encode() + b"]]></r>")
    for text in (written, message.children[0].text or ""):
        book = docbook.read(text, "")
        assert book is not None
        assert (list(book.keywords), book.title) == (keywords, title)
        assert (book.findings, book.paragraphs, book.bibliography) == ((), (), ())


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Daglig promenad, minst\n      30 minuter", "Daglig promenad, minst 30 minuter"),
        ("Daglig promenad  \r\n\t30 minuter", "Daglig promenad 30 minuter"),
        ("Promenad\nBlodtryck", "Promenad\nBlodtryck"),
        ("Mål:\n  - gå\n  - stå\n  1. sitta", "Mål:\n  - gå\n  - stå\n  1. sitta"),
        ("Promenad\n\n  Blodtryck", "Promenad\n Blodtryck"),
    ],
)
def test_an_indented_line_of_a_paragraph_goes_on(said: str, text: str) -> None:
    """
    Files are wrapped and indented; a line break that a person wrote has no indentation, or an item after it.
    """
    found = docbook.read(
        f"<article><section><title>T</title><para>\n  {said}\n</para></section></article>", "n"
    )
    assert found
    assert found.keywords[0].values[0].text == text
