"""What two Python libraries make of HL7 v2 messages.

Reads a file with one JSON object a line, {"id": .., "text": ..}, and prints one a line:
{"id": .., "hl7": SEGMENTS or null, "hl7_error": TYPE or null, "hl7apy": .., "hl7apy_error": ..}

SEGMENTS is [[id, [[field, [repetition, ..]], ..]], ..]; a repetition is a list of components, a component a list of
subcomponents [number, text]. What a library gives no number for has 0. Errors are given by the type alone.
"""

import json
import logging
import sys

import hl7
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

logging.disable(logging.CRITICAL)


def parts(container, kind):
    """The parts of a container of python-hl7; a text is its own only part."""
    return list(container) if isinstance(container, kind) else [container]


def with_hl7(text):
    message = hl7.parse(text)
    segments = []
    for segment in message:
        fields = []
        for number in range(1, len(segment)):
            # The delimiters themselves.
            literal = str(segment[0]) in ("MSH", "FHS", "BHS") and number <= 2
            repetitions = []
            for repetition in parts(segment[number], hl7.Field):
                components = []
                for n, component in enumerate(parts(repetition, hl7.Repetition), 1):
                    leaves = [str(leaf) for leaf in parts(component, hl7.Component)]
                    if not literal:
                        leaves = [message.unescape(leaf) for leaf in leaves]
                    components.append([n, [[m, leaf] for m, leaf in enumerate(leaves, 1)]])
                repetitions.append(components)
            fields.append([number, repetitions])
        segments.append([str(segment[0]), fields])
    return segments


def sent(leaf):
    """The text of a leaf of hl7apy; writing it would escape delimiters once more."""
    value = getattr(leaf.value, "value", None)
    return value if isinstance(value, str) else leaf.to_er7()


def number(name):
    """5 of PID_5; 0 for what has no name."""
    digits = (name or "").rpartition("_")[2]
    return int(digits) if digits.isdigit() else 0


def with_hl7apy(text):
    message = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    segments = []
    for segment in message.children:
        fields = []
        for field in segment.children:
            components = []
            for component in field.children:
                leaves = [[number(leaf.name), sent(leaf)] for leaf in component.children]
                components.append([number(component.name), leaves])
            of = number(field.name)
            if fields and fields[-1][0] == of and of > 0:
                fields[-1][1].append(components)
            else:
                fields.append([of, [components]])
        segments.append([segment.name, fields])
    return segments


def attempt(function, text):
    try:
        return function(text), None
    except Exception as error:  # noqa: BLE001 - whatever a library raises is its answer
        return None, type(error).__name__


def main():
    with open(sys.argv[1], encoding="utf-8", newline="\n") as lines:
        for line in lines:
            asked = json.loads(line)
            one, one_error = attempt(with_hl7, asked["text"])
            two, two_error = attempt(with_hl7apy, asked["text"])
            answer = {
                "id": asked["id"],
                "hl7": one,
                "hl7_error": one_error,
                "hl7apy": two,
                "hl7apy_error": two_error,
            }
            print(json.dumps(answer))


main()
