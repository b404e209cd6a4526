# SPDX-License-Identifier: Apache-2.0
"""Protocol Buffers as docs/formats/change.md section 1 says: fields of bytes, and messages of a
schema, which are parsed and written again."""

VARINT, EIGHT, CHUNK, BEGIN, END, FOUR = range(6)
WIDTHS = {EIGHT: 8, FOUR: 4}
DEEPEST = 100  # messages and groups within each other
ALL_64 = (1 << 64) - 1


class Refused(Exception):
    """The bytes do not hold what docs/formats asks of them."""


class Unparsable(Refused):
    """They are no message."""


def check(holds, what):
    if not holds:
        raise Refused(what)


# --- fields --------------------------------------------------------------------------------------


def read_varint(data, at, longest=10):
    """(value, position behind it); what is above 64 bits does not count."""
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1
    value = 0
    for shift in range(0, 7 * longest, 7):
        if at >= len(data):
            raise Unparsable("varint cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & ALL_64, at
    raise Unparsable("varint too long")


def read_tag(data, at):
    tag, at = read_varint(data, at, 5)
    tag &= 0xFFFFFFFF
    if tag >> 3 == 0:
        raise Unparsable("field number 0")
    return tag >> 3, tag & 7, at


def read_bytes(data, at, length):
    if at + length > len(data):
        raise Unparsable("field cut off")
    return data[at:at + length], at + length


def read_value(data, at, number, wire_type, depth):
    """(value, position behind it). A group's value is the fields in it, up to its end."""
    if wire_type == VARINT:
        return read_varint(data, at)
    if wire_type == CHUNK:
        length, at = read_varint(data, at, 5)
        return read_bytes(data, at, length)
    if wire_type in WIDTHS:
        return read_bytes(data, at, WIDTHS[wire_type])
    if wire_type != BEGIN or depth == 0:
        raise Unparsable("wire type")
    within = []
    while True:
        inner, inner_type, at = read_tag(data, at)
        if inner_type == END:
            if inner != number:
                raise Unparsable("a group that does not end")
            return within, at
        value, at = read_value(data, at, inner, inner_type, depth - 1)
        within.append((inner, inner_type, value))


def fields(data, depth=DEEPEST):
    """The fields of a message in their order: (number, wire type, value)."""
    return [each[:3] for each in placed_fields(data, depth)]


def placed_fields(data, depth=DEEPEST):
    """The same, each with the bytes it stands in: (number, wire type, value, bytes)."""
    out, at = [], 0
    while at < len(data):
        begin = at
        number, wire_type, at = read_tag(data, at)
        value, at = read_value(data, at, number, wire_type, depth)
        out.append((number, wire_type, value, data[begin:at]))
    return out


def by_number(stated):
    """Of fields: number -> list of values."""
    out = {}
    for number, _, value in stated:
        out.setdefault(number, []).append(value)
    return out


def message(data):
    return by_number(fields(data))


def one(found, number, default):
    return found[number][-1] if number in found else default


def packed(data):
    numbers, at = [], 0
    while at < len(data):
        value, at = read_varint(data, at)
        numbers.append(value)
    return numbers


def zigzag(value):
    return (value >> 1) ^ -(value & 1)


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def field(number, wire_type, value):
    """A field's bytes."""
    tag = varint(number << 3 | wire_type)
    if wire_type == VARINT:
        return tag + varint(value)
    if wire_type == CHUNK:
        return tag + varint(len(value)) + value
    if wire_type == BEGIN:
        return (tag + b"".join(field(*each) for each in value)
                + varint(number << 3 | END))
    return tag + value


# --- messages of a schema ------------------------------------------------------------------------

# What a varint says in a field of a type.
NUMBERS = {
    "bool": lambda value: int(value != 0),
    "uint32": lambda value: value & 0xFFFFFFFF,
    "int32": lambda value: signed(value & 0xFFFFFFFF, 32),
    "uint64": lambda value: value,
    "int64": lambda value: signed(value, 64),
    "sint32": lambda value: zigzag(value & 0xFFFFFFFF),
    "sint64": zigzag,
}


def signed(value, bits):
    return value - (1 << bits) if value >> bits - 1 else value


class Parsed:
    """A message: what its known fields say, by number, and the bytes of those that it lacks."""

    def __init__(self, schema, name):
        self.schema, self.name = schema, name
        self.members = schema.messages[name]
        self.said = {}
        self.unknown = b""

    def get(self, number):
        """What a field says; a list of it where it is repeated; None when it says nothing."""
        return self.said.get(number)

    def read(self, data, depth=DEEPEST):
        """Adds what the bytes say: of a field that stands again the last counts, lists and
        messages grow."""
        for number, wire_type, value in fields(data, depth):
            member = self.members.get(number)
            if member is None or wire_type != self.wire_type(member):
                self.unknown += field(number, wire_type, value)
                continue
            for other in member.instead_of:
                if other != number:
                    self.said.pop(other, None)
            if member.repeated:
                self.said.setdefault(number, []).append(self.value(member, value, None, depth))
            else:
                self.said[number] = self.value(member, value, self.get(number), depth)
        return self

    def wire_type(self, member):
        is_number = member.type in NUMBERS or member.type in self.schema.enums
        return VARINT if is_number else CHUNK

    def value(self, member, value, before, depth):
        if member.type in self.schema.messages:
            if depth == 0:
                raise Unparsable("too deep")
            inner = before or Parsed(self.schema, member.type)
            return inner.read(value, depth - 1)
        if member.type in self.schema.enums:
            return NUMBERS["int32"](value)
        if member.type in NUMBERS:
            return NUMBERS[member.type](value)
        if member.type == "string":
            try:
                value.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Unparsable("a text that is not UTF-8") from error
        return value

    def written(self):
        """Known fields in ascending order, then the unknown ones as they came."""
        return b"".join(self.written_field(number) for number in sorted(self.said)) + self.unknown

    def written_field(self, number):
        member, value = self.members[number], self.said[number]
        if member.repeated:
            return b"".join(self.written_value(member, each) for each in value)
        if not value and not member.optional:
            return b""
        return self.written_value(member, value)

    def written_value(self, member, value):
        if isinstance(value, Parsed):
            return field(member.number, CHUNK, value.written())
        if isinstance(value, bytes):
            return field(member.number, CHUNK, value)
        if member.type.startswith("sint"):
            value = value << 1 if value >= 0 else (-value << 1) - 1
        return field(member.number, VARINT, value & ALL_64)


def parsed(schema, name, data):
    """Raises Unparsable."""
    return Parsed(schema, name).read(data)
