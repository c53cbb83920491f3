from __future__ import annotations

from lineage.rendering.markup import Markup, element, join


def test_text_is_escaped_and_markup_is_not() -> None:
    inner = element("b", "<&>")
    assert element("p", "a<b", inner) == "<p>a&lt;b<b>&lt;&amp;&gt;</b></p>"


def test_attributes_are_escaped() -> None:
    made = element("a", href='"><script>', aria_label="it's", class_="x")
    assert made == '<a href="&quot;&gt;&lt;script&gt;" aria-label="it&#x27;s" class="x"></a>'


def test_an_element_without_content_has_no_end() -> None:
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_characters_that_no_document_may_have_are_replaced() -> None:
    assert join("a\x00b\x1b\n") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}\n"


def test_what_is_joined_is_markup() -> None:
    assert isinstance(join("a", Markup("<br>")), Markup)
    assert join("a", Markup("<br>")) == "a<br>"
