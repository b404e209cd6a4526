# SPDX-License-Identifier: Apache-2.0
"""What every binding that is made of kari.h has to decide alike: which structs it answers and is
given, what may be null, what its calls are named."""

import headers
from names import (ALSO_NULL, CALLS, LENGTHS, MAYBE_LISTS, NULL_WHEN_NEGATIVE, NULL_WHEN_ZERO,
                   OWN_VALUES)


class Api:
    def __init__(self):
        self.structs, self.enums = headers.structs(), headers.enums()
        self.functions, self.fields = headers.functions(), headers.statements()
        self.counts = headers.counts()
        given, answered = headers.in_and_out({name: one for file in CALLS.values()
                                              for name, one in self.functions.items()
                                              if name in file})
        self.given = headers.reached(self.structs, given)
        self.answered = headers.reached(self.structs, answered | {"kari_about"})
        self.calls = {name: called for file in CALLS.values() for name, called in file.items()}

    def rows(self, name):
        """What a view is a list of, and nothing else."""
        struct = self.structs.get(name)
        if struct and [one.name for one in struct.fields] == ["rows"]:
            return struct.fields[0].kind
        return None

    def shape(self, struct, field):
        """How a field is there: list, maybe list (left out says something else than empty), length,
        instant, maybe (a pointer that may be null), there (one that is not), absent (null when all
        zero, or below 0) or value."""
        place = (struct.name, field.name)
        if field.listed:
            return "maybe list" if place in MAYBE_LISTS else "list"
        if field.name.endswith("_ms"):
            return "length" if field.name in LENGTHS else "instant"
        if field.stars:
            maybe = "null" in field.comment or place in ALSO_NULL or struct.argument \
                or struct.name == "kari_observation_part"
            return "maybe" if maybe else "there"
        return "absent" if place in NULL_WHEN_ZERO | NULL_WHEN_NEGATIVE else "value"

    def views(self):
        """{part: the structs that are answered and are made by a generator}."""
        found = {}
        for one in self.structs.values():
            if one.name in self.answered and one.name not in OWN_VALUES and not one.argument \
                    and not self.rows(one.name) and one.name != "kari_document":
                found.setdefault(one.part, []).append(one)
        return found

    def entries(self):
        """The structs that an app fills in."""
        return [one for one in self.structs.values() if one.part == "entries"
                and one.name not in OWN_VALUES]

    def both_ways(self):
        """Views that are arguments too."""
        return [self.structs[name] for name in ("kari_observation_part", "kari_history_mark")]


def shared_prefix(names):
    """KARI_DOSE_ of KARI_DOSE_DUE and KARI_DOSE_GIVEN."""
    first = names[0]
    size = next((at for at in range(len(first)) if any(name[:at + 1] != first[:at + 1]
                                                       for name in names)), len(first))
    return first[:first.rfind("_", 0, size) + 1]
