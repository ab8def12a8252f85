#!/bin/bash -eu
# Builds every fuzz target into $OUT, for OSS-Fuzz and ClusterFuzzLite. Their images set SRC and OUT and bring node, zip
# and compile_javascript_fuzzer, which writes for each target a wrapper that runs the engine.
#
#   VRINGFUZZ_BUILT=1         node_modules and dist are there already
#   VRINGFUZZ_WITH_CANARY=1   also the target that fails on purpose, to follow one crash the whole way

cd "$SRC/vringfuzz"

if [ "${VRINGFUZZ_BUILT:-0}" != 1 ]; then
  npm ci
  npm run build
fi

integration=dist/src/campaign/integration/oss-fuzz.js
node "$integration" stage "$OUT"
options=$(node "$integration" options)
targets=$(node "$integration" targets)

for target in $targets; do
  # Split on purpose: no option holds a blank, because the wrapper could not pass it on.
  # shellcheck disable=SC2086
  compile_javascript_fuzzer vringfuzz "dist/fuzz/$target.js" $options

  # The canary has no corpus of its own.
  if [ -d "corpus/$target/seed" ]; then
    folders=(seed)
    if [ -d "corpus/$target/regression" ]; then
      folders+=(regression)
    fi
    (cd "corpus/$target" && zip -q -r -X "$OUT/${target}_seed_corpus.zip" "${folders[@]}")
  fi
done
