"""The figures that the project promises, measured by ``./bench/relay`` and ``./bench/join``."""
