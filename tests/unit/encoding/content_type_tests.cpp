#include "catch.hpp"
#include "encoding/content_type.hpp"

using namespace tenon;

TEST_CASE("The media type is given in lower case without parameters", "[encoding]") {
  CHECK(media_type_of("application/json") == "application/json");
  CHECK(media_type_of("Application/JSON; charset=utf-8") == "application/json");
  CHECK(media_type_of(" text/html \t;charset=\"a/b\"") == "text/html");
  CHECK(media_type_of("application/vnd.api+json;v=1") == "application/vnd.api+json");
}

TEST_CASE("A value that is no media type gives nothing", "[encoding]") {
  for (const char* value : {"", " ", "json", "/", "application/", "/json", ";application/json",
                            "a/b/c", "application /json", "application/json text/html",
                            "application/json, text/html", "text/h\xc3\xa9", "a/b\n"}) {
    INFO(value);
    CHECK(media_type_of(value).empty());
  }
}
