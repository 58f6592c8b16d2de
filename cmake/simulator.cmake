# tenon_sim: many isolates over one store under a seed (tests/sim). Built on request only, natively
# and optimised: it is run for as many seeds as there is time for.
find_package(Threads REQUIRED)
file(GLOB tenon_sim_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/sim/*.cpp")
add_executable(tenon_sim EXCLUDE_FROM_ALL ${tenon_sim_sources})
target_link_libraries(tenon_sim PRIVATE tenon_core Threads::Threads)
target_compile_options(tenon_sim PRIVATE -Wall -Wextra -Werror)
