#!/bin/sh
# Stands in for wasm-opt where there is no Node.js: it copies its input.
for argument in "$@"; do
    case "$argument" in
        --version) echo "wasm-opt version 0 (copies)"; exit ;;
        --output=*) output="${argument#--output=}" ;;
        -*) ;;
        *) input="$argument" ;;
    esac
done
exec cp "$input" "$output"
