# Which sources are compiled for speed. The preset compiles for size (-Oz, with LLVM's inliner left
# on: emcc switches it off at -Os and -Oz, which costs bytes and speed alike).
#
# nlohmann's lexer and the writer are on the path of every flow; hash rounds, encodings and the state
# are the hot path of the pure module. Measured: -O2 for the lexer costs 23 kB more and is no faster,
# -Os in place of -Oz for the tree and the record tables costs 1.7 kB and is not measurably faster.
function(tenon_optimize pattern)
  set(sources ${tenon_core_sources})
  list(FILTER sources INCLUDE REGEX "${pattern}")
  set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${ARGN}")
endfunction()

tenon_optimize("/src/json/(events|writer)[.]cpp" -Os)
tenon_optimize("/src/(crypto|encoding)/" -Os)
tenon_optimize("/src/oauth/(state|pkce|route)[.]cpp" -Os)
