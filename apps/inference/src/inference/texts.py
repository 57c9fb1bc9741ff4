"""What the models are asked: sentences about products, and short orders to write something. All of it made by rule."""

from itertools import product

KINDS = {
    "Books": ("a novel", "an atlas", "a cookbook", "a comic book", "a dictionary", "a diary of travels"),
    "Games": ("a chess set", "a deck of cards", "a board game", "a jigsaw puzzle", "a pair of dice", "a video game"),
    "Garden": ("a rake", "a watering can", "a bag of seeds", "a flower pot", "a lawn mower", "a pair of shears"),
    "Kitchen": ("a frying pan", "a kettle", "a bread knife", "a mixing bowl", "a toaster", "a rolling pin"),
    "Music": ("a guitar", "a drum", "a violin", "a flute", "a record player", "a songbook"),
    "Sports": ("a football", "a tennis racket", "a pair of skis", "a yoga mat", "a bicycle helmet", "a rowing machine"),
    "Toys": ("a teddy bear", "a wooden train", "a doll", "a box of blocks", "a kite", "a toy car"),
    "Travel": ("a suitcase", "a tent", "a backpack", "a road map", "a sleeping bag", "a travel pillow"),
}
"""The kinds of products, and some of each."""
LEARNED = ("We sell {}.", "She bought {} yesterday.", "This is {} of good quality.", "Do you have {} in stock?")
"""What the classifier's head is solved on."""
ASKED = ("He asked for {}.", "I would like {}.", "They sent {} back.", "Is {} still to be had?", "You ordered {}.")
"""What is asked later: sentences that it wasn't solved on."""
BATCH = 600
"""Sentences that are classified in one call: some second's work of one core."""


def learned() -> list[tuple[str, str]]:
    """Return the sentences that the classifier's head is solved on, each with its kind."""
    return [(form.format(thing), kind) for kind, things in KINDS.items() for thing in things for form in LEARNED]


def sentences() -> list[str]:
    """Return sentences to classify one at a time: neighbours are of different kinds."""
    things = [thing for of_kinds in zip(*KINDS.values(), strict=True) for thing in of_kinds]
    return [form.format(thing) for form, thing in product(ASKED, things)]


def batch(number: int) -> list[str]:
    """Return the sentences of a batch (from 1), another mixture each time."""
    known = sentences()
    return [known[(number * 7 + index * (1 + number % 5)) % len(known)] for index in range(BATCH)]


def orders() -> list[str]:
    """Return short orders to write something."""
    things = [things[number] for number in range(3) for things in KINDS.values()]
    return [f"Describe {thing}." for thing in things]
