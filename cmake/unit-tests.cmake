# tenon_unit: every Catch2 test of the core in one executable. The core is compiled without
# exceptions and RTTI, the tests with both, because Catch2 reports a failed check by throwing.
file(GLOB_RECURSE tenon_test_sources CONFIGURE_DEPENDS
  "${CMAKE_SOURCE_DIR}/tests/unit/*.cpp"
  "${CMAKE_SOURCE_DIR}/tests/flows/*.cpp")

add_executable(tenon_unit "${CMAKE_SOURCE_DIR}/tests/main.cpp" ${tenon_test_sources})
target_link_libraries(tenon_unit PRIVATE tenon_core tenon_catch)
target_include_directories(tenon_unit PRIVATE "${CMAKE_SOURCE_DIR}/tests")
target_compile_definitions(tenon_unit PRIVATE TENON_VECTORS_DIR="${CMAKE_SOURCE_DIR}/tests/vectors")
target_compile_options(tenon_unit PRIVATE -Wall -Wextra -Werror)

# Not optimised: a test file then compiles in a third of the time, and the core is the work.
target_compile_options(tenon_unit PRIVATE -O0)

# Catch2 2.13 is one header of 18,000 lines, so it is precompiled. main.cpp needs it with its
# implementation, which takes 35 s to compile with the sanitizers and 8 s without.
target_precompile_headers(tenon_unit PRIVATE "${CMAKE_SOURCE_DIR}/tests/catch.hpp")
set_source_files_properties("${CMAKE_SOURCE_DIR}/tests/main.cpp" PROPERTIES
  SKIP_PRECOMPILE_HEADERS ON
  COMPILE_OPTIONS "-fno-sanitize=all")

if(EMSCRIPTEN)
  # The repository's package.json says "type": "module", and the glue is CommonJS.
  file(WRITE "${CMAKE_BINARY_DIR}/package.json" "{ \"type\": \"commonjs\" }\n")
  target_compile_options(tenon_unit PRIVATE -fwasm-exceptions)
  # Compiled synchronously, because the glue of 3.1.6 takes Node's fetch for a browser's and asks
  # it for a path.
  target_link_options(tenon_unit PRIVATE
    -O1 -fwasm-exceptions
    -sENVIRONMENT=node -sNODERAWFS -sEXIT_RUNTIME -sWASM_ASYNC_COMPILATION=0
    -sINITIAL_MEMORY=67108864 -sTOTAL_STACK=4194304 -sALLOW_MEMORY_GROWTH)
endif()
