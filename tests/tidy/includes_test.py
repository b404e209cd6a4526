# SPDX-License-Identifier: Apache-2.0
"""Every include goes along an edge of edges.txt, and the pure part asks nothing of the machine."""

import includes
import tree

source = tree.Tree(tree.source_root())
tree.conclude(includes.forbidden_includes(source) + includes.impure_words(source))
