"""Whether a wire client sends what the page sends: two sessions of the page tell which words of a message are a session's own."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote_plus

from pyuibench.entries.departures import Departures
from pyuibench.instruments.shared.sent import Sent

Step: TypeAlias = Sequence[Sent]
"""What was sent while one thing was done."""
Session: TypeAlias = Sequence[Step]
"""What was sent when the page was opened, and with each action after that."""
Words: TypeAlias = Counter[bytes]

WORD = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?|[A-Za-z0-9_.$-]+|[\x00-\x08\x0e-\x1f\x7f-\xff]")
"""Names, numbers, ids, moments; of binary messages every other byte. How a serialiser spaces them doesn't matter."""
BINARY = re.compile(rb"[\x00-\x08]")
OFTEN = 3
"""What is sent so many times in one step is sent at a pace, and how often depends on the moment."""
ENDS_BYTES = 32_768
"""Of a message that is longer than twice this, its two ends and its length are compared."""


@dataclass(frozen=True)
class Pattern:
    """A message of the page: the words that all sessions have in it, and how many others, which are each session's own."""

    sent: Sent
    common: Words
    fewest_own: int
    most_own: int

    @classmethod
    def of(cls, sent: Sent) -> "Pattern":
        """Return the pattern of one message, of which no word is known to be a session's own."""
        return cls(sent, words_of(sent), 0, 0)

    def is_like(self, sent: Sent, words: Words) -> bool:
        """Return whether a message may be this one of another session: most of their words are common."""
        most = max(self.common.total(), words.total())
        return _method(self.sent) == _method(sent) and (self.common & words).total() * 2 > most

    def joined(self, words: Words) -> "Pattern":
        """Return the pattern of these messages and one more."""
        common = self.common & words
        less = self.common.total() - common.total()
        own = words.total() - common.total()
        return Pattern(self.sent, common, min(self.fewest_own + less, own), max(self.most_own + less, own))

    def matches_sent(self, sent: Sent) -> bool:
        """Return whether a message may be this one of another session; of a body that the browser doesn't tell, its address."""
        words = words_of(Sent(sent.to, None) if self.sent.body is None else sent)
        own = words.total() - self.common.total()
        return self.fewest_own <= own <= self.most_own and self.common <= words


Numbered: TypeAlias = tuple[int, Pattern]
"""A pattern and the number of its step."""


@dataclass(frozen=True)
class Parted:
    """Where the two part: in which step, by which message, and whether it is the page or the client that sends it."""

    step: int
    sent: Sent
    by_page: bool


def compared(session: Session, departures: Departures) -> Session:
    """Return what is compared of a session: not all of its messages, nor all of each."""
    return [
        [_rough(sent, departures) for sent in step if not any(_is_in(it, sent) for it in departures.left_out)]
        for step in session
    ]


def words_of(sent: Sent) -> Words:
    """Return the words of a message, and of what it is sent to, which of a WebSocket is the same for all messages."""
    body = sent.body or b""
    to = _method(sent) if body and _method(sent) == "WebSocket" else unquote_plus(sent.to)
    if len(body) > 2 * ENDS_BYTES:
        body = b"%s %d-bytes %s" % (body[:ENDS_BYTES], len(body), body[-ENDS_BYTES:])
    return Counter(map(_number, WORD.findall(to.encode()) + WORD.findall(body)))


def parted(first: Session, second: Session, client: Session) -> list[Parted]:
    """Return where a client's session parts from two sessions of the page in which the same was done.

    What both sessions sent in a step the client has to send as well, if need be in another one, and nothing else. How often
    something is sent is a matter of time where only one of the two sent it in a step, such as a sign of life every few seconds,
    or both several times, such as a question whether a job is done: the client may send that in any step, and has to once. So it
    is where both send the same again, word by word, in a step: a slider that is let go before it had an answer says its value
    again. The client has to send it once. What it sends after its last step, while it waits, may be missing from an earlier
    one, and needn't have been sent by the page.
    """
    required, again, at_times = _patterns(first, second)
    said = [(number, sent) for number, step in enumerate(client) for sent in step]
    unsent = [it for it in at_times if not any(it.matches_sent(sent) for _, sent in said)]
    said = [(number, sent) for number, sent in said if not any(it.matches_sent(sent) for it in at_times)]
    missing, said = _without_matches(required, said, same_step=True)
    missing, said = _without_matches(missing, said, same_step=False)
    _, said = _without_matches(again, said, same_step=True)
    found = [Parted(number, it.sent, by_page=True) for number, it in (*missing, *((0, it) for it in unsent))]
    return found + [Parted(number, sent, by_page=False) for number, sent in said if number < len(first)]


def _without_matches(
    required: list[Numbered], said: list[tuple[int, Sent]], *, same_step: bool
) -> tuple[list[Numbered], list[tuple[int, Sent]]]:
    """Return what is left of both when each pattern has taken the first message that it matches."""
    missing, left = [], list(said)
    for at, pattern in required:
        for place, (step, sent) in enumerate(left):
            if (step == at or not same_step) and pattern.matches_sent(sent):
                del left[place]
                break
        else:
            missing.append((at, pattern))
    return missing, left


def _patterns(first: Session, second: Session) -> tuple[list[Numbered], list[Numbered], list[Pattern]]:
    """Return what has to be sent, with the number of its step; what may be sent again in it; and what has to be sent at times."""
    pairs, again, at_times = list[Numbered](), list[Numbered](), list[Pattern]()
    only_first, only_second = list[Sent](), list[Sent]()
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        patterns, left, right = _paired(one, other)
        often = [it for it in patterns if sum(it.matches_sent(sent) for sent in one) >= OFTEN]
        for place, pattern in enumerate(patterns):
            if pattern not in often:
                (again if pattern in patterns[:place] else pairs).append((number, pattern))
        at_times += often
        only_first += left
        only_second += right
    only_first = [sent for sent in only_first if not any(it.matches_sent(sent) for it in at_times)]
    at_times += _in_both(only_first, only_second)
    return [(at, it) for at, it in pairs if not any(each.matches_sent(it.sent) for each in at_times)], again, at_times


def _paired(one: Step, other: Step) -> tuple[list[Pattern], list[Sent], list[Sent]]:
    """Pair each message of one session with that of the other which is most like it; return the rest of both."""
    patterns, alone, rest = list[Pattern](), list[Sent](), [(sent, words_of(sent)) for sent in other]
    for sent in one:
        pattern = Pattern.of(sent)
        alike = [place for place, (its, words) in enumerate(rest) if pattern.is_like(its, words)]
        if alike:
            best = min(alike, key=lambda place: _unlike(pattern.common, rest[place][1]))
            patterns.append(pattern.joined(rest.pop(best)[1]))
        else:
            alone.append(sent)
    return patterns, alone, [sent for sent, _ in rest]


def _in_both(first: Iterable[Sent], second: Iterable[Sent]) -> list[Pattern]:
    """Return a pattern of each kind of message that both sessions have, of all messages of that kind."""
    patterns, shared = list[Pattern](), set[int]()
    for sent, is_second in (*((sent, False) for sent in first), *((sent, True) for sent in second)):
        words = words_of(sent)
        place = next((at for at, it in enumerate(patterns) if it.is_like(sent, words)), None)
        if place is not None:
            patterns[place] = patterns[place].joined(words)
            if is_second:
                shared.add(place)
        elif not is_second:
            patterns.append(Pattern.of(sent))
    return [it for at, it in enumerate(patterns) if at in shared]


def _rough(sent: Sent, departures: Departures) -> Sent:
    for word in departures.inexact:
        if _is_in(word, sent):
            return Sent(sent.to, word.encode())
    if departures.random_bytes and sent.body and BINARY.search(sent.body):
        return Sent(sent.to, sent.body[departures.random_bytes :])
    return sent


def _is_in(word: str, sent: Sent) -> bool:
    return word in sent.to or word.encode() in (sent.body or b"")


def _unlike(words: Words, others: Words) -> int:
    return (words | others).total() - (words & others).total()


def _number(word: bytes) -> bytes:
    """Return a number in one way of several to write it, to twelve digits; anything else as it is."""
    try:
        return b"%.12g" % float(word)
    except ValueError:
        return word


def _method(sent: Sent) -> str:
    return sent.to.partition(" ")[0]
