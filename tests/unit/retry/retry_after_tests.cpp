#include "catch.hpp"
#include "retry/http_date.hpp"
#include "retry/retry_after.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

TEST_CASE("[R89] parse_retry_after reads all 40 published forms", "[retry][vectors]") {
  const json_value file = read_vectors("http/retry_after.json");
  const time_ms now = file.integer("now", 0) * second_ms;
  int read = 0;
  for (const json_value& test : file.find("cases")->items()) {
    INFO(test.text("value"));
    const auto wait = parse_retry_after(test.text("value"), now);
    const json_value& expected = *test.find("expect");
    ++read;
    if (expected.is_null()) {
      CHECK_FALSE(wait.has_value());
    } else if (expected.is_string()) {
      CHECK(wait == retry_after_ms_max);
    } else {
      CHECK(wait == *expected.integer() * second_ms);
    }
  }
  CHECK(read == 40);
}

TEST_CASE("the three date forms name the same moment, to the second", "[retry]") {
  const time_ms expected = 784'111'777 * second_ms;
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", 0) == expected);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", 0) == expected);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994", 0) == expected);
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT", 0) == 0);
  CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT", 0) == 1'709'251'199 * second_ms);
  CHECK(parse_http_date("Sat, 01 Mar 1800 00:00:00 GMT", 0) == -5'359'564'800 * second_ms);
  CHECK(parse_http_date("Wed, 29 Feb 1900 00:00:00 GMT", 0) == std::nullopt);
  CHECK(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT", 0) == 951'782'400 * second_ms);
}

TEST_CASE("a two-digit year lies at most 50 years ahead", "[retry]") {
  const time_ms in_2026 = 1'790'000'000 * second_ms;
  CHECK(parse_http_date("Saturday, 21-Nov-26 00:00:00 GMT", in_2026) ==
        parse_http_date("Sat, 21 Nov 2026 00:00:00 GMT", in_2026));
  CHECK(parse_http_date("Saturday, 01-Jan-76 00:00:00 GMT", in_2026) ==
        parse_http_date("Wed, 01 Jan 2076 00:00:00 GMT", in_2026));
  CHECK(parse_http_date("Saturday, 01-Jan-77 00:00:00 GMT", in_2026) ==
        parse_http_date("Sat, 01 Jan 1977 00:00:00 GMT", in_2026));
}

TEST_CASE("retry_after_of finds the field by any case and refuses a repeated one", "[retry]") {
  http_reply reply;
  CHECK(retry_after_of(reply, 0) == std::nullopt);
  reply.headers = {{"Retry-AFTER", "3"}};
  CHECK(retry_after_of(reply, 0) == 3000);
  reply.headers.push_back({"retry-after", "3"});
  CHECK(retry_after_of(reply, 0) == std::nullopt);
}
