# SPDX-License-Identifier: Apache-2.0
"""What nurses read comes from the lists of words, and every word of them is used."""

import tree
import words

source = tree.Tree(tree.source_root())
tree.conclude([problem for rule in words.RULES for problem in rule(source)])
