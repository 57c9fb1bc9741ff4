"""The languages whose lines can be counted, by the suffixes of their files, and what a comment is in each."""

import re
from collections.abc import Mapping

_BLOCK = re.compile(r"^[ \t]*/\*.*?\*/", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_MARKUP = re.compile(r"^[ \t]*<!--.*?-->", re.MULTILINE | re.DOTALL)
COMMENTS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    ".css": (_BLOCK,),
    ".html": (_MARKUP,),
    **dict.fromkeys((".js", ".mjs", ".jsx", ".ts", ".tsx"), (_BLOCK, _LINE)),
    **dict.fromkeys((".vue", ".svelte"), (_BLOCK, _LINE, _MARKUP)),
}
"""Suffix -> its kinds of comments. Python has a parser."""
COUNTED = frozenset({".py", *COMMENTS})
