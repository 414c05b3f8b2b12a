"""The figures that the project promises, measured: ``./bench/relay`` and ``./bench/join``; docs/benchmarks.md."""
