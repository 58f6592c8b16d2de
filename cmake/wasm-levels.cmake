# Which sources are compiled for speed. The preset compiles for size (-Oz, with LLVM's inliner left
# on: emcc switches it off at -Os and -Oz, which costs bytes and speed alike).
#
# JSON is on the path of every flow; hash rounds, encodings and the state are the hot path of the
# pure module. Measured: -O2 for JSON costs 23 kB more and is no faster.
function(tenon_optimize pattern)
  set(sources ${tenon_core_sources})
  list(FILTER sources INCLUDE REGEX "${pattern}")
  set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${ARGN}")
endfunction()

tenon_optimize("/src/json/" -Os)
tenon_optimize("/src/(crypto|encoding)/" -Os)
tenon_optimize("/src/oauth/(state|pkce|route)[.]cpp" -Os)
