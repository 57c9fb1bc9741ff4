"""How many chats a core keeps flowing."""

from collections.abc import Iterator

from pyuibench.figures import chat
from pyuibench.figures.answers.base import Question, apps, in_order, listed, named
from pyuibench.figures.answers.users import at_least
from pyuibench.figures.chat import Setting
from pyuibench.figures.format import value
from pyuibench.figures.view import RunView


def _setting(view: RunView) -> Setting | None:
    """Return the slowest pace that a run has, which is that of a person who reads along."""
    return min(chat.settings(view), key=lambda it: it.pace, default=None)


def _words(view: RunView) -> str:
    setting = _setting(view)
    return f"Which framework keeps {setting.together if setting else 'many'} chats flowing on a core?"


def _sentences(view: RunView) -> Iterator[str]:
    setting = _setting(view)
    frameworks = [variant for variant in apps(view) if not variant.is_baseline]
    held = in_order(view, chat.held_spec(setting), frameworks, reverse=True) if setting else []
    if not setting or not held:
        return
    (most, highest), *others = held
    yield f"At {setting.pace:g} tokens a second each, most chats keep their pace in {named(most)}: {at_least(highest)}."
    if others:
        fewest, lowest = others[-1]
        yield f"Fewest do in {named(fewest)}: {at_least(lowest)}."
    kept = [named(it) for it, figure in held if (figure.estimate.low or 0.0) >= setting.together]
    yield f"{setting.together} chats or more: {listed(kept) or 'none beyond doubt'}."
    first = in_order(view, chat.first_token_spec(setting), frameworks)
    if first:
        (soonest, least), (latest, longest) = first[0], first[-1]
        yield (
            f"With {setting.together} chats 19 of 20 answers show their first token within {value(least)} ({named(soonest)}) to "
            f"{value(longest)} ({named(latest)})."
        )


CHATS = Question("chats", _words, chat.SECTION.id, _sentences)
