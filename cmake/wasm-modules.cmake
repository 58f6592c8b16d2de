# tenon_add_wasm_module(name EXPORTS list.txt SOURCES ...) links a bare .wasm: no JavaScript glue,
# no imports, and exactly the exports of the list plus "memory" and "_initialize".
find_program(TENON_NODE node REQUIRED)

set(tenon_wasm_link_options
  --no-entry
  -sSTANDALONE_WASM
  -sMALLOC=emmalloc
  -sINITIAL_MEMORY=1048576
  # STACK_SIZE in newer releases, which still accept this name; 3.1.6 knows only this one.
  -sTOTAL_STACK=262144
  -sALLOW_MEMORY_GROWTH
  -sMAXIMUM_MEMORY=268435456
  # What the compiler did not inline within a file is not inlined across files either, and the most
  # called functions get the shortest numbers: 6.6 kB of the service module, measured.
  -Wl,-mllvm,-inline-threshold=-60
  -sBINARYEN_EXTRA_PASSES=--reorder-functions
  -Os -flto)

function(tenon_add_wasm_module name)
  cmake_parse_arguments(PARSE_ARGV 1 module "" "EXPORTS" "SOURCES")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${module_EXPORTS}")
  file(STRINGS "${module_EXPORTS}" exports REGEX "^[a-z_]")
  list(TRANSFORM exports PREPEND "_")
  list(JOIN exports "," exports)

  add_executable(${name} ${module_SOURCES})
  set_target_properties(${name} PROPERTIES SUFFIX ".wasm")
  target_link_libraries(${name} PRIVATE tenon_core)
  target_compile_options(${name} PRIVATE ${tenon_core_options})
  target_link_options(${name} PRIVATE ${tenon_wasm_link_options} "-sEXPORTED_FUNCTIONS=${exports}")
  set(trimmer "${CMAKE_SOURCE_DIR}/scripts/trim-exports.mjs")
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${module_EXPORTS}" "${trimmer}")
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND "${TENON_NODE}" "${trimmer}" "$<TARGET_FILE:${name}>" "${module_EXPORTS}" VERBATIM)
  add_dependencies(tenon_modules ${name})
endfunction()

set(tenon_wasm_dir "${CMAKE_SOURCE_DIR}/bindings/wasm")
set(tenon_runtime_sources "${tenon_wasm_dir}/runtime.cpp" "${tenon_wasm_dir}/heap.cpp"
  "${tenon_wasm_dir}/text.cpp")
set_source_files_properties("${tenon_wasm_dir}/text.cpp" PROPERTIES
  COMPILE_OPTIONS "-Os;-D_LIBCPP_DISABLE_EXTERN_TEMPLATE")
file(GLOB tenon_pure_sources CONFIGURE_DEPENDS "${tenon_wasm_dir}/pure*.cpp")
file(GLOB tenon_service_sources CONFIGURE_DEPENDS "${tenon_wasm_dir}/service*.cpp")

add_custom_target(tenon_modules)
if(tenon_pure_sources AND EXISTS "${tenon_wasm_dir}/exports-pure.txt")
  tenon_add_wasm_module(tenon
    EXPORTS "${tenon_wasm_dir}/exports-pure.txt"
    SOURCES ${tenon_runtime_sources} ${tenon_pure_sources})
endif()
if(tenon_service_sources AND EXISTS "${tenon_wasm_dir}/exports-service.txt")
  tenon_add_wasm_module(tenon-service
    EXPORTS "${tenon_wasm_dir}/exports-service.txt"
    SOURCES ${tenon_runtime_sources} ${tenon_pure_sources} ${tenon_service_sources})
endif()
