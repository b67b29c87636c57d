//! What the tests of the rooms share: the conformance runner, golden files and planted markers.
