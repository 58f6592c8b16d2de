# tenon_third_party: nlohmann/json and Catch2, found on this machine.
#
# em++ brings its own libc headers, and /usr/include on its command line would shadow them. So the
# two header folders are reached through symbolic links in a folder of the build tree, natively too.
set(tenon_third_party_dir "${CMAKE_BINARY_DIR}/third-party")
set(tenon_header_roots /usr/include /usr/local/include /opt/homebrew/include)

find_path(TENON_JSON_ROOT nlohmann/json.hpp PATHS ${tenon_header_roots}
  NO_CMAKE_FIND_ROOT_PATH REQUIRED)
find_path(TENON_CATCH2_SINGLE_ROOT catch2/catch.hpp PATHS ${tenon_header_roots}
  NO_CMAKE_FIND_ROOT_PATH)

file(MAKE_DIRECTORY "${tenon_third_party_dir}")
file(CREATE_LINK "${TENON_JSON_ROOT}/nlohmann" "${tenon_third_party_dir}/nlohmann" SYMBOLIC)

# JSON_NOEXCEPTION is set for every user of the header: two settings in one program would be two
# different definitions of the same inline functions.
add_library(tenon_json INTERFACE)
target_include_directories(tenon_json SYSTEM INTERFACE "${tenon_third_party_dir}")
target_compile_definitions(tenon_json INTERFACE JSON_NOEXCEPTION)

add_library(tenon_catch INTERFACE)
target_link_libraries(tenon_catch INTERFACE tenon_json)
if(TENON_CATCH2_SINGLE_ROOT)
  file(CREATE_LINK "${TENON_CATCH2_SINGLE_ROOT}/catch2" "${tenon_third_party_dir}/catch2" SYMBOLIC)
elseif(NOT EMSCRIPTEN)
  find_package(Catch2 3 REQUIRED)
  target_link_libraries(tenon_catch INTERFACE Catch2::Catch2)
else()
  # Catch2 3 is a compiled library, and no distribution ships it for wasm. With the hash, nothing
  # but the release of this name is compiled.
  include(FetchContent)
  FetchContent_Declare(Catch2
    URL https://github.com/catchorg/Catch2/archive/refs/tags/v3.7.1.tar.gz
    URL_HASH SHA256=c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c)
  FetchContent_MakeAvailable(Catch2)
  target_compile_options(Catch2 PRIVATE -fwasm-exceptions)
  target_link_libraries(tenon_catch INTERFACE Catch2::Catch2)
endif()
