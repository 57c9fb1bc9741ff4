"""A Space's front matter is read as it was written, and one that Spaces wouldn't take is refused in a sentence."""

import pytest

from pyuibench.errors import UserError
from pyuibench.spaces.card import FrontMatter, card, read_card
from pyuibench.spaces.write import HEADERS

DOCKER = {
    "title": 'Maple: a "quoted" page',
    "emoji": "📊",
    "colorFrom": "blue",
    "colorTo": "gray",
    "sdk": "docker",
    "app_port": 7860,
    "short_description": "A page",
    "license": "apache-2.0",
}


@pytest.mark.parametrize(
    "fields",
    [
        DOCKER,
        {
            **DOCKER,
            "sdk": "gradio",
            "sdk_version": "6.31.0",
            "python_version": "3.11",
            "app_file": "app.py",
            "app_port": None,
        },
        {**DOCKER, "sdk": "static", "app_file": "index.html", "app_port": None, "custom_headers": HEADERS},
    ],
    ids=["docker", "gradio", "static"],
)
def test_what_is_written_is_read(fields):
    front = FrontMatter.model_validate(fields)
    assert read_card(card(front, "# A page\n\n---\nmore\n")) == front


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('sdk: "docker"', 'sdk: "maple"'), "a Space of the maple SDK needs sdk_version and app_file"),
        (('sdk: "docker"', 'sdk: "Two words"'), "sdk: String should match pattern"),
        (("app_port: 7860\n", ""), "a Space of the docker SDK needs app_port"),
        (('colorTo: "gray"', 'colorTo: "black"'), "colorTo: "),
        (("license:", "licence:"), "license: Field required"),
        (('"A page"', '"' + "A page" * 11 + '"'), "short_description: "),
        (("app_port: 7860", "app_port: [7860"), "is no YAML"),
        (("---\n", ""), "doesn't begin with front matter"),
    ],
)
def test_what_spaces_would_not_take_is_refused(change, sentence):
    written = card(FrontMatter.model_validate(DOCKER), "# A page\n")
    changed = written.replace(*change)
    assert changed != written
    with pytest.raises(UserError) as refused:
        read_card(changed)
    assert sentence in str(refused.value)
