"""Keyword trees become agreements and agreements keyword trees, and nothing is lost on the way."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.agreement import (
    Agreement,
    FixedContactCode,
    JointPlan,
    Responsibility,
    contact_way_written,
    fixed_contact_written,
    keyword_tree,
    next_step_written,
    read_agreement,
    validity_written,
)
from adapter.domain.keywords import Keyword, KeywordValue, Role, Vocabulary
from adapter.domain.lines import lines
from adapter.domain.people import Audience, Professional
from adapter.domain.when import Moment, PartialDate

NOTED = Moment("2026-03-12T09:45:00+01:00")


def keyword(title: str, *values: str, under: tuple[Keyword, ...] = ()) -> Keyword:
    """A keyword with its values and those under it, each with a place."""
    return Keyword(
        title=title,
        values=tuple(
            KeywordValue(text=text, origins={"": f"{title}[{number}]"}) for number, text in enumerate(values)
        ),
        children=under,
        origins={"": title},
    )


KALMAR = keyword(
    "▼ ✓ Överenskommelse",
    under=(
        keyword("Överenskommelsens giltighet", "t.o.m. 2026-09-30"),
        keyword("Patienten ansvarar för", "Daglig promenad, blodtryck två gånger i veckan"),
        keyword(
            "▼ Vården ansvarar för:",
            "Uppföljning av blodtryck",
            under=(
                keyword("Fast läkarkontakt i primärvården", "dr Lind"),
                keyword("Fast vårdkontakt", "Eva Svensson, sjuksköterska, 010-000 00 00"),
                keyword("Fast omsorgskontakt", "Karin Ek, undersköterska"),
            ),
        ),
        keyword("Patienten kan kontakta vården via", "Hälsocentralen 010-000 00 00", "1177.se"),
        keyword("▼ Fortsatt planering", "Återbesök 2026-04-14 kl 10.00"),
        keyword(
            "Sammanhållen planering", "SIP 2026-01-10", under=(keyword("Självvald inläggning", "Avd 5"),)
        ),
    ),
)


def test_a_kalmar_tree_becomes_an_agreement(words: Vocabulary) -> None:
    """
    Every part of the tree is read, with the place it stood at; the three contacts by their codes.
    """
    read = read_agreement((keyword("Anamnes", "x"), KALMAR), words, NOTED)
    agreement = read.value
    assert agreement
    assert [finding.code for finding in read.findings] == ["rule-applied"]
    assert read.findings[0].keyword == "▼ ✓ Överenskommelse > Överenskommelsens giltighet"
    assert agreement.validity
    assert agreement.validity.end == PartialDate("2026-09-30")
    assert [part.text for part in agreement.patient_part] == [
        "Daglig promenad, blodtryck två gånger i veckan"
    ]
    assert agreement.patient_part[0].origin("text") == "Patienten ansvarar för[0]"
    assert [contact.code for contact in agreement.contacts] == ["2", "1", "3"]
    assert [way.value for way in agreement.contact_ways] == ["010-000 00 00", "1177.se"]
    assert agreement.next_steps[0].start == Moment("2026-04-14T10:00:00+02:00")
    assert agreement.joint_plans == (
        JointPlan(text="SIP 2026-01-10", plan_type="SIP"),
        JointPlan(text="Självvald inläggning: Avd 5"),
    )
    assert agreement.origin() == "▼ ✓ Överenskommelse"


def test_the_contacts_may_stand_at_either_level_and_the_root_at_any_depth(words: Vocabulary) -> None:
    """
    Some sources lose the nesting; the agreement is the same.
    """
    care = KALMAR.children[2]
    flat = replace(
        KALMAR,
        children=(*KALMAR.children[:2], replace(care, children=()), *care.children, *KALMAR.children[3:]),
    )
    deep = (keyword("Besök", under=(keyword("Planering", under=(flat,)),)),)
    read = read_agreement(deep, words, NOTED)
    assert read.value == read_agreement((KALMAR,), words, NOTED).value
    assert read.findings[0].keyword.startswith("Besök > Planering > ▼ ✓ Överenskommelse")


def test_vasterbottens_four_parts_are_the_same_agreement(words: Vocabulary) -> None:
    """
    "Överenskommelse" inside "Dokumenterad överenskommelse" groups, and its values are the root's.
    """
    tree = keyword(
        "Dokumenterad överenskommelse",
        under=(
            keyword("Överenskommelse", "Trygg hemma", under=(keyword("Vad vården ansvarar för", "Prover"),)),
            keyword("Fast vårdkontakt", "dr Lind", under=(keyword("Fast läkarkontakt", "dr Ek"),)),
        ),
    )
    read = read_agreement((tree,), words)
    assert read.findings == ()
    assert read.value
    assert read.value.text == ("Trygg hemma",)
    assert [contact.code for contact in read.value.contacts] == ["1", "2"]


def test_keywords_that_follow_an_empty_root_are_its_own(words: Vocabulary) -> None:
    """
    A flat format has lost the nesting: known keywords up to the first other one are the agreement's.
    """
    flat = (
        keyword("Överenskommelse"),
        keyword("Patienten ansvarar för", "Promenad"),
        keyword("Nästa steg", "Återbesök"),
        keyword("Status", "x"),
        keyword("Egenvård", "utanför"),
    )
    read = read_agreement(flat, words)
    assert read.value == Agreement(
        patient_part=(Responsibility(text="Promenad"),), next_steps=(next_step_written("Återbesök"),)
    )
    assert [finding.code for finding in read.findings] == ["rule-applied"]
    assert read_agreement(flat[:3], words).value == read.value


def test_a_note_without_the_root_keyword_has_no_agreement(words: Vocabulary) -> None:
    """
    "Egenvård" alone is no agreement.
    """
    read = read_agreement((keyword("Egenvård", "Promenad"),), words)
    assert (read.value, read.findings) == (None, ())


def test_two_agreements_in_one_note_are_not_mixed(words: Vocabulary) -> None:
    """
    Which of them counts is not guessed: a blocking finding; an empty template beside is nothing.
    """
    first = keyword("Överenskommelse", under=(keyword("Patienten ansvarar för", "A"),))
    second = keyword("Patientkontrakt", under=(keyword("Patienten ansvarar för", "B"),))
    empty = keyword("Överenskommelse", " ", under=(keyword("Patienten ansvarar för"),))
    read = read_agreement((first, second), words)
    assert read.value
    assert read.value.patient_part == (Responsibility(text="A"),)
    assert [(f.code, f.blocking, f.where) for f in read.findings] == [
        ("agreement-twice", True, "Patientkontrakt")
    ]
    for tree in ((empty, first), (first, empty)):
        assert read_agreement(tree, words).findings == ()
        assert read_agreement(tree, words).value == read_agreement((first,), words).value


def test_an_unknown_keyword_is_kept_whole_with_a_finding(words: Vocabulary) -> None:
    """
    Never dropped, never guessed: also what is under it.
    """
    other = keyword("Mål", "Gå i trappor", under=(keyword("Fast vårdkontakt", "dr Lind"),))
    tree = keyword("Överenskommelse", under=(keyword("Vården ansvarar för", "Prover", under=(other,)),))
    read = read_agreement((tree,), words)
    assert read.value
    assert (read.value.unknown, read.value.contacts) == ((other,), ())
    (finding,) = read.findings
    assert (finding.code, finding.keyword, finding.value) == (
        "unknown-keyword",
        "Överenskommelse > Vården ansvarar för > Mål",
        "Mål",
    )


def test_a_keyword_given_twice_joins_and_one_in_an_odd_place_is_read_and_said(words: Vocabulary) -> None:
    """
    Order is that of the note.
    """
    tree = keyword(
        "Överenskommelse",
        under=(
            keyword("Patienten ansvarar för", "A", under=(keyword("Giltighet", "tills vidare"),)),
            keyword("PATIENTENS ANSVAR", "B"),
        ),
    )
    read = read_agreement((tree,), words)
    assert read.value
    assert [part.text for part in read.value.patient_part] == ["A", "B"]
    assert read.value.validity
    assert read.value.validity.is_open_ended
    assert [finding.code for finding in read.findings] == ["keyword-misplaced"]


@pytest.mark.parametrize(
    ("line", "text"), [("2026-09-30", "till 2026-09-30"), ("t.o.m. 2026-09-30", "t.o.m. 2026-09-30")]
)
def test_galler_till_says_that_its_date_is_an_end(line: str, text: str, words: Vocabulary) -> None:
    """
    The title's word goes into the text when the line needs it.
    """
    read = read_agreement((keyword("Överenskommelse", under=(keyword("Gäller till", line),)),), words)
    assert read.value
    assert read.value.validity
    assert (read.value.validity.text, read.value.validity.end) == (text, PartialDate("2026-09-30"))


def test_the_same_contact_line_twice_is_one(words: Vocabulary) -> None:
    """
    A repeated line says nothing new.
    """
    tree = keyword("Överenskommelse", under=(keyword("Kontaktväg", "1177.se", "1177.se", "- 1177.se"),))
    read = read_agreement((tree,), words)
    assert read.value
    assert len(read.value.contact_ways) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["Daglig promenad, blodtryck; diet"], ["Daglig promenad, blodtryck; diet"]),
        (["- a\n- b\r\n\r\n• c"], ["a", "b", "c"]),
        (["• a • b"], ["a", "b"]),
        (["* a"], ["a"]),
        (["- - a"], ["a"]),
        (["–"], ["–"]),
        (["-5 kg"], ["-5 kg"]),
        (["1. a\n2) b"], ["a", "b"]),
        (["1. - a\n2. b"], ["a", "b"]),
        (["1. a"], ["1. a"]),
        (["2. a\n3. b"], ["2. a", "3. b"]),
        (["2 tabletter\n1 spruta"], ["2 tabletter", "1 spruta"]),
        (["a", " ", "\u00a0b\u2028c "], ["a", "b", "c"]),
    ],
)
def test_a_value_is_split_at_its_line_breaks_only(values: list[str], expected: list[str]) -> None:
    """
    Bullets and the numbers of a list go; commas stay; a figure that may be a dose stays.
    """
    assert [line for line, _ in lines(keyword("K", *values))] == expected


def test_a_line_of_several_has_its_number_in_its_place() -> None:
    """
    ``#L2`` is the second line of the value; a value without place gives none.
    """
    assert [where for _, where in lines(keyword("K", "a", "b\n\nc"))] == ["K[0]", "K[1]#L1", "K[1]#L3"]
    assert [where for _, where in lines(Keyword(title="K", values=(KeywordValue(text="b\nc"),)))] == ["", ""]


def test_the_way_back_has_only_keywords_that_say_something(words: Vocabulary) -> None:
    """
    An empty agreement is its root; each region writes its own titles; contacts nest under care's part.
    """
    assert keyword_tree(Agreement(), words) == Keyword(title="Överenskommelse")
    read = read_agreement((KALMAR,), words, NOTED)
    assert read.value
    tree = keyword_tree(read.value, words, "vasterbotten")
    assert tree.title == "Dokumenterad överenskommelse"
    assert [child.title for child in tree.children][1:3] == [
        "Vad patienten ansvarar för",
        "Vad vården ansvarar för",
    ]
    assert [child.title for child in tree.children[2].children] == [
        "Fast läkarkontakt",
        "Fast vårdkontakt",
        "Fast omsorgskontakt",
    ]
    with pytest.raises(ValueError, match="skåne"):
        keyword_tree(Agreement(), words, "skåne")


PHRASES = st.sampled_from(
    [
        "t.o.m. 2026-09-30",
        "2026-01-01 – 2026-12-31",
        "ett år",
        "tills vidare",
        "Eva Svensson, sjuksköterska, 010-000 00 00",
        "dr Lind, övergripande samordningsansvar",
        "Ej utsedd",
        "1. Promenad\n2. Diet",
        "1. Promenad",
        "- Promenad\n- Diet",
        "• a • b",
        "Återbesök 2026-04-14 kl 10.00 hos dr Lind",
        "2026-10-25 kl 02.30",
        "v 15",
        "SIP upprättad 2026-01-10",
        "Genomförandeplan och SIP",
        "010-000 00 00, 0340-880 00",
        "1177.se, vardagar 8-17",
        "Endast för personal 010-123 45 67",
        " ",
        "-",
        "Överenskommelse",
    ]
)
TEXTS = PHRASES | st.text(max_size=25) | st.text("1234567890.-–• \nvktill", max_size=25)
TITLES = st.sampled_from(
    [
        "Överenskommelse",
        "▼ ✓ ÖVERENSKOMMELSE:",
        "Patientkontrakt",
        "Giltighet",
        "Gäller till",
        "Egenvård",
        unicodedata.normalize("NFD", "Vården ansvarar för"),
        "Fast vårdkontakt",
        "Fast läkarkontakt",
        "Fast omsorgskontakt i hemtjänsten",
        "Fast vårdkontakt med samordningsansvar",
        "Kontaktväg",
        "Bokade tider",
        "Sammanhållen plan",
        "SIP",
        " Självvald inläggning: ",
        "Mål",
    ]
)


def _keywords(children: st.SearchStrategy[tuple[Keyword, ...]]) -> st.SearchStrategy[tuple[Keyword, ...]]:
    values = st.lists(TEXTS.map(lambda text: KeywordValue(text=text)), max_size=3).map(tuple)
    return st.lists(st.builds(Keyword, title=TITLES, values=values, children=children), max_size=4).map(tuple)


TREES = st.recursive(st.just(()), _keywords, max_leaves=4)


@settings(max_examples=300, deadline=None)
@given(TREES, st.sampled_from(["kalmar", "vasterbotten"]), st.none() | st.just(NOTED))
def test_get_of_put_is_the_same_agreement_for_every_tree(
    words: Vocabulary, tree: tuple[Keyword, ...], variant: str, noted_on: Moment | None
) -> None:
    """
    read(put(read(tree))) = read(tree), in every region, whatever the tree.
    """
    agreement = read_agreement((Keyword(title="Överenskommelse", children=tree),), words, noted_on).value
    assert agreement is not None
    again = read_agreement((keyword_tree(agreement, words, variant),), words, noted_on)
    assert again.value == agreement
    read = read_agreement(tree, words, noted_on).value
    if read is not None:
        assert read_agreement((keyword_tree(read, words, variant),), words, noted_on).value == read


PEOPLE = st.sampled_from(
    [
        Professional(name="Eva Svensson", title="sjuksköterska"),
        Professional(name="Anna Lind", title="dr"),
        Professional(name="Karin Ek"),
    ]
)
NUMBERS = st.sampled_from(["010-000 00 00", "0340-880 00", "+46 70 123 45 67", "1177.se", "berga@region.se"])
WAYS = st.builds(
    contact_way_written,
    st.sampled_from(["", "Hälsocentralen"]),
    NUMBERS,
    audience=st.sampled_from(list(Audience)),
)
WORDS = st.sampled_from(["Daglig promenad", "Vägning, två gånger i veckan", "40 mg furosemid", "Återbesök"])
DAYS = st.dates(min_value=NOTED.day.first_day()).map(lambda day: day.isoformat())
AGREEMENTS = st.builds(
    Agreement,
    text=st.lists(WORDS, max_size=2).map(tuple),
    validity=st.none()
    | st.builds(validity_written, DAYS.map(PartialDate), st.none())
    | st.builds(validity_written, st.none(), DAYS.map(PartialDate), noted_on=st.just(NOTED))
    | st.just(validity_written(None, None, is_open_ended=True)),
    patient_part=st.lists(WORDS.map(lambda text: Responsibility(text=text)), max_size=3).map(tuple),
    care_part=st.lists(WORDS.map(lambda text: Responsibility(text=text)), max_size=3).map(tuple),
    contacts=st.lists(
        st.builds(
            fixed_contact_written,
            st.sampled_from(list(FixedContactCode)),
            st.none() | PEOPLE,
            st.lists(WAYS, max_size=1),
        ),
        max_size=4,
    ).map(tuple),
    contact_ways=st.lists(WAYS, max_size=3, unique_by=lambda way: way.text).map(tuple),
    next_steps=st.lists(
        st.builds(next_step_written, WORDS, st.none() | DAYS.map(Moment), st.none(), st.none() | PEOPLE),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(AGREEMENTS, st.sampled_from(["kalmar", "vasterbotten"]))
def test_get_of_put_is_the_same_agreement_for_every_written_one(
    words: Vocabulary, agreement: Agreement, variant: str
) -> None:
    """
    read(put(x)) = x for agreements made from structured values.
    """
    assert read_agreement((keyword_tree(agreement, words, variant),), words, NOTED).value == agreement


def test_every_role_but_the_root_is_read(words: Vocabulary) -> None:
    """
    No role of the vocabulary is forgotten: a value under each title is somewhere in the agreement.
    """
    for role in Role:
        tree = keyword("Överenskommelse", under=(keyword(words.title(role, "kalmar"), "tills vidare"),))
        assert read_agreement((tree,), words).value != Agreement()


@pytest.mark.parametrize(("count", "codes"), [(1000, []), (1001, ["too-many-lines"])])
def test_an_agreement_has_at_most_a_thousand_lines(count: int, codes: list[str], words: Vocabulary) -> None:
    """
    Each line becomes a resource, so a small message could ask for any number of them: it is stopped.
    """
    many = keyword("Patienten ansvarar för", "\n".join(f"rad {number}" for number in range(count)))
    read = read_agreement((keyword("Överenskommelse", under=(many,)),), words)
    assert [finding.code for finding in read.findings if finding.blocking] == codes
