#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_COLOUR_NONE
#endif
#include "catch.hpp"

int main(int count, char** arguments) { return Catch::Session().run(count, arguments); }
