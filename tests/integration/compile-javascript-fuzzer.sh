#!/bin/bash -eu
# Stands in for the tool of the same name in OSS-Fuzz's image for JavaScript, so that the build can be tested without
# docker. What it does is what the real one promises (Jazzer.js integration of OSS-Fuzz, 2023):
#
#   compile_javascript_fuzzer PROJECT TARGET.js [OPTIONS OF JAZZER.JS...]
#
# copies $SRC/PROJECT to $OUT unless that folder is there already, and writes beside it a wrapper, named after the target,
# that starts the engine's own command line from wherever $OUT lies by then. Options are pasted into the wrapper unquoted
# and what the wrapper is called with is passed on unquoted: neither may hold blanks.
# This file keeps its extension: without it ClusterFuzz would take a name that ends in _fuzzer for a target.

project=$1
target=$2
options=${*:3}

if [ ! -d "$OUT/$project" ]; then
  cp -r "$SRC/$project" "$OUT/$project"
fi

wrapper=$OUT/$(basename -s .js "$target")
{
  echo '#!/bin/bash'
  echo '# Holds the word LLVMFuzzerTestOneInput, by which fuzz targets are recognised.'
  echo "here=\$(dirname \"\$0\")/$project"
  echo "\$here/node_modules/@jazzer.js/core/dist/cli.js \$here/$target $options \$JAZZERJS_EXTRA_ARGS -- \$@"
} > "$wrapper"
chmod +x "$wrapper"
