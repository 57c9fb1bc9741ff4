"""A wire client's messages are held against those of two sessions of the page."""

from pyuibench.entries.departures import Departures
from pyuibench.instruments.shared.sent import Sent
from pyuibench.verify.messages import ENDS_BYTES, Parted, compared, parted, words_of

SOCKET = "WebSocket /live?session=abc"


def said(text, to=SOCKET):
    return Sent(to, text.encode())


def click(session, count):
    return said(f'{{"event":"click","session":"{session}","count":{count}}}')


def visit(session, *, counts=(1, 2), alive=()):
    """Return a session that clicks, and gives a sign of life in the steps that are told."""
    steps = [[Sent("GET /", b""), Sent(f"WebSocket /live?session={session}", b"")]]
    steps += [[click(session, count)] for count in counts]
    for step in alive:
        steps[step].append(said("alive"))
    return steps


PAGE = visit("a1"), visit("b2")


def test_what_differs_between_two_sessions_of_the_page_may_differ_in_the_client():
    assert parted(*PAGE, visit("c3")) == []


def test_white_space_order_and_quotes_are_a_matter_of_the_serialiser():
    first, second = ([[said(f"{{'a': 1, 'b': '{name}'}}")]] for name in ("x", "y"))
    assert parted(first, second, [[said('{"b":"z","a":1}')]]) == []


def test_another_value_is_told_from_both_sides():
    other = visit("c3", counts=(1, 7))
    assert parted(*PAGE, other) == [Parted(2, PAGE[0][2][0], True), Parted(2, other[2][0], False)]


def test_a_message_that_lacks_or_has_a_word_is_another_one():
    for text in ('{"event":"click","session":"c3"}', '{"event":"click","session":"c3","count":1,"more":0}'):
        client = visit("c3")
        client[1] = [said(text)]
        assert parted(*PAGE, client) == [Parted(1, PAGE[0][1][0], True), Parted(1, client[1][0], False)]


def test_a_message_that_is_left_out_is_told_and_one_too_many_as_well():
    without, with_one_more = visit("c3"), visit("c3")
    without[1] = []
    with_one_more[2] = [click("c3", 2), click("c3", 2)]
    assert parted(*PAGE, without) == [Parted(1, PAGE[0][1][0], True)]
    assert parted(*PAGE, with_one_more) == [Parted(2, click("c3", 2), False)]


def test_what_pages_say_again_word_by_word_the_client_may_say_once():
    """A slider that is let go before the server has answered says its value again: on a busy machine in both sessions."""
    twice = [visit(name) for name in ("a1", "b2", "c3")]
    for session in twice:
        session[2] = [*session[2], *session[2]]
    *pages, client = twice
    without = visit("c3")
    without[2] = []
    assert parted(*pages, visit("c3")) == []
    assert parted(*pages, client) == []
    assert parted(*pages, without) == [Parted(2, PAGE[0][2][0], True)]


def test_what_pages_say_again_in_other_words_the_client_has_to_say_too():
    pages = [visit(name) for name in ("a1", "b2")]
    for session in pages:
        session[2] = [*session[2], said('{"event":"click","count":2,"released":true}')]
    assert parted(*pages, visit("c3")) == [Parted(2, pages[0][2][1], True)]


def test_a_message_may_leave_a_step_later():
    client = visit("c3")
    client[2], client[1] = client[1] + client[2], []
    assert parted(*PAGE, client) == []


def test_signs_of_life_come_by_chance_but_have_to_come():
    page = visit("a1", alive=[1]), visit("b2", alive=[2])
    for steps in ([1], [0, 1, 2], [2, 2]):
        assert parted(*page, visit("c3", alive=steps)) == []
    assert parted(*page, visit("c3")) == [Parted(0, said("alive"), True)]
    assert parted(*PAGE, visit("c3", alive=[1])) == [Parted(1, said("alive"), False)]


def test_of_signs_of_life_that_fell_together_fewer_will_do():
    page = visit("a1", alive=[1, 2]), visit("b2", alive=[2, 2])
    assert parted(*page, visit("c3", alive=[1])) == []


def test_what_the_client_sends_while_it_waits_may_have_been_missing_but_is_not_unasked():
    page = visit("a1", alive=[2]), visit("b2", alive=[2])
    assert len(parted(*page, visit("c3"))) == 1
    assert parted(*page, [*visit("c3"), [said("alive")]]) == []
    assert parted(*PAGE, [*visit("c3"), [said("alive")]]) == []


def test_a_question_that_is_asked_again_and_again_is_a_sessions_own():
    def asking(session, first, second):
        return [[said(f"done? job={session}1")] * first, [said(f"done? job={session}2")] * second]

    for page in ((asking("a", 4, 5), asking("b", 3, 3)), (asking("a", 3, 3), asking("b", 4, 5))):
        assert parted(*page, asking("c", 2, 7)) == []
        assert len(parted(*page, asking("c", 0, 0))) >= 1


def test_where_it_is_sent_to_is_a_part_of_a_request():
    page = [[said("x=1", "POST /name")]], [[said("x=1", "POST /name")]]
    assert parted(*page, [[said("x=1", "POST /name")]]) == []
    assert len(parted(*page, [[said("x=1", "POST /other")]])) == 2
    assert len(parted(*page, [[said("x=1", "PUT /name")]])) == 2


def test_of_a_body_that_the_browser_doesnt_tell_the_address_is_compared():
    page = [[Sent("POST /file", None)]], [[Sent("POST /file", None)]]
    assert parted(*page, [[said("a,b,c", "POST /file")]]) == []


def test_bytes_of_binary_messages_are_words():
    assert words_of(Sent(SOCKET, b"\x92\x01\xc3abc")) == {
        b"WebSocket": 1,
        b"\x92": 1,
        b"\x01": 1,
        b"\xc3": 1,
        b"abc": 1,
    }


def test_of_long_messages_the_ends_and_the_length_are_compared():
    long = "1 " * ENDS_BYTES * 2
    page = [[said(long)]], [[said(long)]]
    assert parted(*page, [[said(long)]]) == []
    assert len(parted(*page, [[said(long + "1 ")]])) == 2


def test_messages_that_an_entry_leaves_out_are_not_compared():
    departures = Departures(left_out={"alive": "a sign of life"})
    assert compared(visit("a1", alive=[1, 2]), departures) == visit("a1")


def test_of_inexact_messages_only_that_there_is_one_is_compared():
    departures = Departures(inexact={"mouse": "there is none"})
    first, second, client = ([[said(f"mouse at {place}")]] for place in (1, 1, 2))
    assert len(parted(first, second, client)) == 2
    assert parted(*(compared(it, departures) for it in (first, second, client))) == []
    assert len(parted(*(compared(it, departures) for it in (first, second, [[]])))) == 1


def test_random_bytes_that_binary_messages_begin_with_are_not_compared():
    departures = Departures(random_bytes=2)
    sessions = [[[Sent(SOCKET, start + b"\x01click")]] for start in (b"\xe0\xe1", b"\xe2\xe3", b"ab")]
    assert len(parted(*sessions)) == 2
    assert parted(*(compared(it, departures) for it in sessions)) == []
    assert compared([[said("ab text")]], departures) == [[said("ab text")]]
