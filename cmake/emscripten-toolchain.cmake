# Finds Emscripten wherever em++ lives (a distribution's package, emsdk, Homebrew) and hands over
# to the toolchain file it ships.
if(NOT TENON_EMSCRIPTEN_ROOT)
  find_program(TENON_EM_CONFIG em-config HINTS "$ENV{EMSDK}/upstream/emscripten" REQUIRED)
  execute_process(
    COMMAND "${TENON_EM_CONFIG}" EMSCRIPTEN_ROOT
    OUTPUT_VARIABLE tenon_emscripten_root
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(TENON_EMSCRIPTEN_ROOT "${tenon_emscripten_root}" CACHE PATH "where Emscripten is installed")
endif()
include("${TENON_EMSCRIPTEN_ROOT}/cmake/Modules/Platform/Emscripten.cmake")
