"""All pages of words."""

from __future__ import annotations

from cnncalc.topics import of_counts, of_language, of_training, of_windows
from cnncalc.topics.topic import Topic

TOPICS: dict[str, Topic] = {
    **of_windows.TOPICS,
    **of_counts.TOPICS,
    **of_training.TOPICS,
    **of_language.TOPICS,
}


def find(word: str) -> str | None:
    """The page that a word leads to, however it is written; None where none does."""
    plain = _plain(word)
    for name, topic in TOPICS.items():
        if plain in map(_plain, (name, *topic.called)):
            return name
    return None


def words() -> list[str]:
    """Every word that leads to a page."""
    return [word for name, topic in TOPICS.items() for word in (name, *topic.called)]


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())
