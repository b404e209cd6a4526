#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page and the plot that tests/benchmark/page.py makes of the figures."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "benchmark" / "page.py"


def figure(name, cpu, **more):
    figures = {"wall_us": cpu * 2, "cpu_us": cpu, "flushes": 1, "written_bytes": 4096,
               "wire_bytes": 0}
    return dict({"name": name, "what": f"what {name} is", "turns": 3, "figures": figures}, **more)


DATA = {
    "format": "kari benchmarks 1", "commit": "0123abc", "quick": False,
    "machine": {"processor": "some processor", "cores": 2},
    "figures": [
        figure("write/durable/200", 400.0, against="write/bare/200", ratio={"cpu_us": 2.5},
               limits={"cpu_us": 2}),
        figure("write/bare/200", 160.0),
        figure("chart/cold/200", 4000.0),
        figure("chart/cold/2000", 4400.0, against="chart/cold/200",
               ratio={"cpu_us": 1.1, "flushes": 1}, limits={"cpu_us": 1.5}),
    ],
}


class PageTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kari-page-"))

    def make(self, data):
        source = self.folder / "figures.json"
        source.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
        return subprocess.run([sys.executable, str(SCRIPT), str(source), str(self.folder)],
                              capture_output=True, text=True, check=False)

    def test_a_page_says_every_figure_where_it_was_measured_and_what_is_beyond_its_limit(self):
        self.assertEqual(self.make(DATA).returncode, 0)
        page = (self.folder / "benchmarks.md").read_text("utf-8")
        for each in DATA["figures"]:
            self.assertIn(f"`{each['name']}`", page)
        self.assertIn("0123abc", page)
        self.assertIn("some processor", page)
        self.assertIn("**CPU 2.50 (at most 2)** of `write/bare/200`", page)
        self.assertIn("CPU 1.10 (at most 1.5) of `chart/cold/200`", page)
        self.assertNotIn("**CPU 1.10", page)
        self.assertIn("4.40 ms", page)
        self.assertIn("160 µs", page)
        self.assertEqual(page, self.again(DATA))

    def again(self, data):
        self.make(data)
        return (self.folder / "benchmarks.md").read_text("utf-8")

    def test_the_page_in_docs_is_made_of_the_figures_beside_it(self):
        docs = SCRIPT.parents[2] / "docs"
        self.assertEqual(self.make((docs / "benchmarks.json").read_text("utf-8")).returncode, 0)
        for name in ("benchmarks.md", "benchmarks.svg"):
            self.assertEqual((self.folder / name).read_text("utf-8"),
                             (docs / name).read_text("utf-8"), "run ./dev bench --page")

    def test_the_plot_has_a_point_for_each_length_of_a_journal(self):
        self.make(DATA)
        tree = ElementTree.parse(self.folder / "benchmarks.svg").getroot()
        circles = [each for each in tree if each.tag.endswith("circle")]
        self.assertEqual(len(circles), 3)
        heights = [float(each.get("cy")) for each in circles]
        self.assertGreater(heights[0], heights[1])  # the write is cheapest and stands lowest

    def test_what_kari_bench_did_not_write_is_refused(self):
        missing = copy.deepcopy(DATA)
        del missing["figures"][0]["figures"]["cpu_us"]
        for bad in ("no JSON", "[]", dict(DATA, format="other"), missing,
                    dict(DATA, figures=[])):
            done = self.make(bad)
            self.assertEqual(done.returncode, 1, bad)
            self.assertIn("figures.json", done.stderr)
        self.assertFalse((self.folder / "benchmarks.md").exists())


if __name__ == "__main__":
    unittest.main()
