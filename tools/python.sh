# Sets $python to a Python new enough; read by ./run and ./test.
python=
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Compagnon needs Python 3.11 or newer: install it, or set PYTHON to where it is." >&2
    exit 1
fi
