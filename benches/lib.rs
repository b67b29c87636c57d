//! Where the benchmarks find their inputs.
