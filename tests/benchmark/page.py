#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/benchmarks.md and docs/benchmarks.svg from the JSON that `./dev bench --json` wrote:
page.py FIGURES.json FOLDER"""

import html
import json
import math
import pathlib
import sys

FORMAT = "kari benchmarks 1"
COLUMNS = [("wall_us", "time"), ("cpu_us", "CPU"), ("flushes", "flushes"),
           ("written_bytes", "written"), ("wire_bytes", "on the wire")]
PARTS = [("write", "One durable write"), ("chart", "Opening a chart"),
         ("round", "A medication round"), ("slots", "The doses of a day"),
         ("sync", "Sync over TLS"), ("ingest", "The server takes pushes"),
         ("check", "Checking a drug")]
LINES = ["write/durable", "chart/cold", "chart/warm", "sync/delta", "ingest/push-1"]
COLOURS = ["#1b6ca8", "#b03a2e", "#d68910", "#1e8449", "#6c3483"]

INTRODUCTION = """# Benchmarks

Made by `./dev bench --page` of `benchmarks.json`, the figures of one run. Numbers of one machine
say little of another, so each stands beside something of the same run: what it cannot be cheaper
than (the same rows written by a bare SQLCipher transaction), or itself over a shorter journal. A
ratio is of medians of turns that were measured one after the other; a limit is the most that a
ratio may be.

Journals are made by an import or by the public API, never by SQL. Whatever their length, what is
active in them is the same (three allergies, eight orders, the facts of the last seven days): only
history grows. A `/200` behind a name is the length of the journal in changes.

*time* passes by the clock; *CPU* is of the whole process, tablet and server together where both
take part; *flushes* are calls of fsync and fdatasync; *written* are bytes handed to `pwrite`, which
is what SQLite writes to its files; *on the wire* are HTTP bodies both ways. The program counts
these calls itself, by functions of the same names that the linker finds first.
"""

JSON_WORDS = """## The JSON

`format` is "kari benchmarks 1". Each of `figures` has a `name`, `what` it is, how many `turns` were
measured, its `figures` (`wall_us` and `cpu_us` in microseconds, `flushes`, `written_bytes`,
`wire_bytes`; all of one operation), and, where it is set `against` another, their `ratio` by the
same names and the `limits` of those ratios. `quick` runs leave the longest journal out.
"""


class Unusable(Exception):
    """The JSON is not what kari-bench writes."""


def checked(data):
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unusable(f"not of the format \"{FORMAT}\"")
    try:
        names = {figure["name"] for figure in data["figures"]}
        for figure in data["figures"]:
            if set(figure["figures"]) != {column for column, _ in COLUMNS}:
                raise Unusable(f"{figure['name']}: not the five figures")
            if "against" in figure and figure["against"] in names and "ratio" not in figure:
                raise Unusable(f"{figure['name']}: no ratio")
    except (KeyError, TypeError) as error:
        raise Unusable(f"something is missing: {error}") from error
    return data


def amount(column, value):
    if column in ("wall_us", "cpu_us"):
        return f"{value / 1000:,.2f} ms" if value >= 1000 else f"{value:,.0f} µs"
    if column == "flushes":
        return f"{value:.2f}"
    if value == 0:
        return ""
    return f"{value / 1024:,.1f} KiB"


def beyond(figure):
    """The ratios that are above their limit."""
    return [column for column, limit in figure.get("limits", {}).items()
            if figure["ratio"].get(column, 0) > limit]


def row(figure):
    cells = [f"`{figure['name']}`"]
    cells += [amount(column, figure["figures"][column]) for column, _ in COLUMNS]
    ratios = []
    words = dict(COLUMNS)
    for column in figure.get("ratio", {}):
        limit = figure.get("limits", {}).get(column)
        if limit is None and column != "cpu_us":
            continue
        text = f"{words[column]} {figure['ratio'][column]:.2f}"
        if limit is not None:
            text += f" (at most {limit:g})"
        ratios.append(f"**{text}**" if column in beyond(figure) else text)
    against = f" of `{figure['against']}`" if ratios else ""
    cells.append(", ".join(ratios) + against)
    return "| " + " | ".join(cells) + " |"


def page(data):
    out = [INTRODUCTION]
    machine = data["machine"]
    quick = " A quick run." if data["quick"] else ""
    out.append(f"Measured at commit {data['commit']} on {machine['cores']} cores of "
               f"\"{machine['processor']}\".{quick} Bold: beyond the limit.\n")
    out.append("![CPU time by length of the journal](benchmarks.svg)\n")
    for part, title in PARTS:
        figures = [figure for figure in data["figures"] if figure["name"].split("/")[0] == part]
        if not figures:
            continue
        out.append(f"## {title}\n")
        out.append("| | " + " | ".join(name for _, name in COLUMNS) + " | beside |")
        out.append("|---|" + "---:|" * len(COLUMNS) + "---|")
        out += [row(figure) for figure in figures]
        out.append("")
        seen = set()
        for figure in figures:
            what = figure["name"].rsplit("/", 1)
            stem = what[0] if what[-1].isdigit() else figure["name"]
            if stem not in seen:
                seen.add(stem)
                out.append(f"* `{stem}`: {figure['what']}")
        out.append("")
    out.append(JSON_WORDS)
    return "\n".join(out)


def series(data):
    """Of each line: (changes, CPU in microseconds), ascending."""
    found = {}
    for figure in data["figures"]:
        stem, _, size = figure["name"].rpartition("/")
        if stem in LINES and size.isdigit() and figure["figures"]["cpu_us"] > 0:
            found.setdefault(stem, []).append((int(size), figure["figures"]["cpu_us"]))
    return {stem: sorted(found[stem]) for stem in LINES if stem in found}


def plot(data):
    lines = series(data)
    points = [point for line in lines.values() for point in line]
    if not points:
        raise Unusable("nothing to plot")
    left, top, width, height = 70, 20, 430, 300
    sizes = sorted({size for size, _ in points})
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])
    floor = math.floor(math.log10(min(cost for _, cost in points)))
    ceiling = math.ceil(math.log10(max(cost for _, cost in points)))

    def x(size):
        return left + width * ((math.log10(size) - low) / (high - low) if high > low else 0.5)

    def y(cost):
        return top + height * (1 - (math.log10(cost) - floor) / max(ceiling - floor, 1))

    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 370" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="680" height="370" fill="#ffffff"/>']
    for power in range(floor, ceiling + 1):
        at = y(10 ** power)
        label = f"{10 ** power:g} µs" if power < 3 else f"{10 ** (power - 3):g} ms"
        out.append(f'<line x1="{left}" y1="{at:.1f}" x2="{left + width}" y2="{at:.1f}" '
                   'stroke="#dddddd"/>')
        out.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
    for size in sizes:
        out.append(f'<text x="{x(size):.1f}" y="{top + height + 20}" '
                   f'text-anchor="middle">{size:,}</text>')
    out.append(f'<text x="{left + width / 2}" y="{top + height + 42}" text-anchor="middle">'
               'changes in the journal</text>')
    for index, (stem, line) in enumerate(lines.items()):
        colour = COLOURS[index]
        path = " ".join(f"{x(size):.1f},{y(cost):.1f}" for size, cost in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for size, cost in line:
            out.append(f'<circle cx="{x(size):.1f}" cy="{y(cost):.1f}" r="3" fill="{colour}"/>')
        at = top + 20 + 20 * index
        out.append(f'<line x1="520" y1="{at - 4}" x2="545" y2="{at - 4}" stroke="{colour}" '
                   'stroke-width="2"/>')
        out.append(f'<text x="552" y="{at}">{html.escape(stem)}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, folder = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    try:
        data = checked(json.loads(source.read_text("utf-8")))
        text, picture = page(data), plot(data)
    except (OSError, ValueError, Unusable) as error:
        print(f"{source}: {error}", file=sys.stderr)
        return 1
    (folder / "benchmarks.md").write_text(text, "utf-8")
    (folder / "benchmarks.svg").write_text(picture, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
