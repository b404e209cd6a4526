// SPDX-License-Identifier: Apache-2.0
// Empty: a set of precompiled headers needs a target, and a target a source.
