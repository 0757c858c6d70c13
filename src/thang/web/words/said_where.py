"""Where the source says its refusals: the calls, functions and names that hold a sentence.

Each entry is a folder or file ("": all of them) with a name or expression in it. Phrases
have a group, so that `{1:form}` in a complaint takes what the group `form` says.
"""

from __future__ import annotations

from collections.abc import Mapping

Where = tuple[str, str]

# Which argument of a call is a sentence or phrase, and of which group, by folder or file.
ARGUMENTS: Mapping[Where, tuple[int | str, str]] = {
    ("", "Refused"): (3, ""),
    ("policy/", "WrongFieldError"): (1, ""),
    ("policy/", "wrong"): (2, "complaint"),
    ("policy/", ".wrong"): (1, "complaint"),
    ("policy/", ".missing"): (2, "complaint"),
    ("channels/settings/", "wrong"): (2, "complaint"),
    ("channels/settings/", ".wrong"): (1, "complaint"),
    ("channels/settings/", "Word"): (1, "form"),
    ("policy/", "RuleError"): (0, "complaint"),
    ("policy/exact.py", "ValueError"): (0, "complaint"),
    ("policy/", "_other"): (3, "cure"),
    ("policy/", "Word"): (1, "form"),
    ("policy/", "Named"): (3, "form"),
    ("policy/tree.py", ".MarkedYAMLError"): ("problem", "yaml"),
    ("river/sending/merge.py", "._wrong"): (0, "template"),
}
NOUNS: Mapping[Where, tuple[int | str, str]] = {
    ("policy/", "Named"): (2, "noun"),
    ("policy/", "._forget"): (4, "noun"),
}
# Functions that return phrases; of a pair, the second is the phrase.
RETURNED: Mapping[Where, str] = {
    ("policy/ladder.py", "_rule_of_first"): "complaint",
    ("policy/ladder.py", "_fault"): "complaint",
    ("policy/units.py", "_sentence"): "complaint",
    ("policy/nearest.py", "hint"): "cure",
    ("policy/overlay.py", "shown"): "found",
    ("policy/shapes.py", "says"): "form",
    ("policy/tree.py", "_said"): "yaml",
    ("policy/tokens.py", "__str__"): "token",
    ("river/sending/filters.py", "fault"): "filter",
}
NAMED: Mapping[Where, str] = {("policy/shapes.py", "says"): "form"} | {
    ("policy/units.py", name): "unit" for name in ("MONEY", "TIME", "COUNT")
}
# What a hole takes, by its expression.
TAKEN: Mapping[Where, str] = {
    ("policy/draft.py", "sentence"): "complaint",
    ("policy/reading.py", "error"): "complaint",
    ("policy/editing.py", "error"): "complaint",
    ("policy/reading.py", "cure"): "cure",
    ("policy/overlay.py", "noun"): "noun",
    ("policy/units.py", "left"): "unit",
    ("policy/units.py", "right"): "unit",
    ("policy/load.py", "reason"): "system",
    ("policy/tree.py", "_said(error)"): "yaml",
    ("policy/tree.py", "problem"): "yaml",
    ("policy/rules.py", "token"): "token",
    ("policy/", "shown(node)"): "found",
    ("policy/", "shown(item)"): "found",
    ("policy/", "shape.says"): "form",
    ("policy/", "field.shape.says"): "form",
    ("policy/", "key.says"): "form",
    ("river/sending/merge.py", "what"): "template",
    ("river/sending/merge.py", "fault"): "filter",
    ("", "error.strerror"): "system",
}
# Sentences handed on from elsewhere, where they are read already.
HANDED_ON: Mapping[Where, str] = {
    ("policy/draft.py", "sentence"): "",
    ("policy/ladder.py", "sentence"): "",
    ("policy/sense.py", "fault"): "",
    ("policy/building.py", "error.message"): "",
    ("policy/playbook/building.py", "error.message"): "",
    ("policy/tokens.py", "str(error)"): "",
    ("policy/overlay.py", "shape.noun"): "",
    ("policy/overlay.py", "text"): "",
    ("policy/tokens.py", "self.text[:40] or 'the end of the rule'"): "",
    ("engines/spark_session.py", "lack"): "",
    ("policy/shapes.py", "str(self.low)"): "",
    ("policy/tree.py", "problem"): "",
    ("policy/tree.py", "f'{error.context}, {problem}'"): "",
    ("record/reading.py", "why"): "",
    ("record/arriving.py", "why"): "",
    ("sources/calls.py", "WHY[found]"): "",
    ("sources/segment.py", "WHY[found]"): "",
    ("desk/verbs.py", "USED"): "",
    ("web/worker/importing.py", "said['refused']"): "",
    ("running.py", "_detail(error)"): "",
}
# What others say and we pass on: the system's words for a file, the YAML reader's for a text.
OTHERS: Mapping[str, tuple[str, ...]] = {
    "system": (
        "Permission denied",
        "permission denied",
        "No such file or directory",
        "no such file or directory",
        "Is a directory",
        "is a directory",
        "Not a directory",
        "not a directory",
        "No space left on device",
        "Read-only file system",
        "File exists",
        "it cannot be read",
    ),
    "yaml": (
        "mapping values are not allowed here",
        "could not find expected ':'",
        "while parsing a block mapping, expected <block end>, but found {0}",
        "expected <block end>, but found {0}",
        "expected ',' or ']', but got {0}",
        "expected ',' or '}', but got {0}",
        "expected the node content, but found {0}",
        "expected <document start>, but found {0}",
        "found unknown escape character {0}",
        "found unexpected end of stream",
        "found undefined alias {0}",
        "found character {0} that cannot start any token",
    ),
}
