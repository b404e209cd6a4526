# SPDX-License-Identifier: Apache-2.0
"""Lines, files and functions keep their measures; every file has a licence and a real name."""

import layout
import tree

source = tree.Tree(tree.source_root())
tree.conclude([problem for rule in layout.RULES for problem in rule(source)])
