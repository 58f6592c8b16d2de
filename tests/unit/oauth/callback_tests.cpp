#include <string>

#include "catch.hpp"
#include "oauth/callback.hpp"

using namespace tenon;

namespace {

error_reason fault(std::string_view query) {
  const auto parsed = parse_callback(query);
  if (parsed.ok()) return error_reason::none;
  CHECK(parsed.error().code == error_code::validation_error);
  return parsed.error().reason;
}

error_reason issuer_fault(const char* query, std::string_view expected, const provider& row) {
  const auto callback = parse_callback(query);
  REQUIRE(callback.ok());
  const auto checked = check_issuer(callback.value(), expected, row);
  if (checked.ok()) return error_reason::none;
  CHECK(checked.error().code == error_code::invalid_state);
  return checked.error().reason;
}

}  // namespace

TEST_CASE("a callback with a code is read and its values are decoded", "[oauth]") {
  const auto parsed = parse_callback("code=a%2Bb+c&state=s%3A1&iss=https%3A%2F%2Fas.example&x=1");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().code == "a+b c");
  CHECK(parsed.value().state == "s:1");
  CHECK(parsed.value().iss == "https://as.example");
  CHECK(parsed.value().has_iss);
  CHECK(parsed.value().error.empty());
}

TEST_CASE("[R9] a callback with an error keeps its code and drops its description", "[oauth]") {
  const auto parsed =
      parse_callback("error=access_denied&error_description=%3Cscript%3E&error_uri=x&state=s");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().error == "access_denied");
  CHECK(parsed.value().code.empty());
  CHECK_FALSE(parsed.value().has_iss);
}

TEST_CASE("[R10] a repeated parameter is refused, in every pair and by any spelling", "[oauth]") {
  const std::string names[] = {"code", "state", "iss", "error"};
  for (const std::string& first : names) {
    for (const std::string& second : names) {
      const std::string query = first + "=1&" + second + "=2&" + first + "=1&" + second + "=2";
      INFO(query);
      CHECK(fault(query) == error_reason::parameter_repeated);
      CHECK(fault("code=c&state=s&" + first + "=1&" + second + "=2") != error_reason::none);
    }
    CHECK(fault(first + "=1&" + first + "=1&state=s") == error_reason::parameter_repeated);
  }
  CHECK(fault("code=1&state=s&c%6fde=2") == error_reason::parameter_repeated);
  CHECK(fault("code=1&state=s&x=1&x=2") == error_reason::none);
}

TEST_CASE("[R10] a code and an error together are refused", "[oauth]") {
  CHECK(fault("code=c&state=s&error=access_denied") == error_reason::parameter_conflict);
}

TEST_CASE("[R10] missing and empty parameters are refused", "[oauth]") {
  for (const char* query :
       {"", "code=c", "state=s", "code=&state=s", "code=c&state=", "code&state=s", "error=&state=s",
        "error=e", "code=c&state=s&iss=", "CODE=c&STATE=s"}) {
    INFO(query);
    CHECK(fault(query) == error_reason::parameter_missing);
  }
}

TEST_CASE("[R10] a value of 4 KiB is read, a longer one is refused", "[oauth]") {
  const std::string longest(callback_value_bytes_max, 'c');
  CHECK(fault("state=s&code=" + longest.substr(1)) == error_reason::none);
  CHECK(fault("state=s&code=" + longest) == error_reason::none);
  CHECK(fault("state=s&code=c" + longest) == error_reason::parameter_too_long);
  CHECK(fault("state=s&code=c&x=" + std::string(callback_query_bytes_max, 'x')) ==
        error_reason::parameter_too_long);
}

TEST_CASE("a callback with broken escapes is refused", "[oauth]") {
  for (const char* query :
       {"code=%&state=s", "code=%1&state=s", "code=%zz&state=s", "%=c&state=s"}) {
    CHECK(fault(query) != error_reason::none);
  }
}

TEST_CASE("[R8] an advertised iss must come and match byte for byte", "[oauth]") {
  provider row;
  row.issuer_advertised = true;
  const std::string_view issuer = "https://as.example";
  CHECK(issuer_fault("code=c&state=s&iss=https%3A%2F%2Fas.example", issuer, row) ==
        error_reason::none);
  CHECK(issuer_fault("code=c&state=s", issuer, row) == error_reason::issuer_missing);
  for (const char* iss : {"https://as.example/", "https://AS.example", "https://as.example:443",
                          "http://as.example", "https://as.exampl", "https://evil.test"}) {
    INFO(iss);
    CHECK(issuer_fault((std::string("code=c&state=s&iss=") + iss).c_str(), issuer, row) ==
          error_reason::issuer_mismatch);
  }
}

TEST_CASE("[R8] an iss that is not advertised is refused unless the row tolerates it", "[oauth]") {
  provider row;
  const char* query = "error=access_denied&state=s&iss=https://as.example";
  CHECK(issuer_fault("code=c&state=s", "", row) == error_reason::none);
  CHECK(issuer_fault(query, "https://as.example", row) == error_reason::issuer_unexpected);
  row.issuer_tolerated = true;
  CHECK(issuer_fault(query, "https://as.example", row) == error_reason::none);
  CHECK(issuer_fault("code=c&state=s", "https://as.example", row) == error_reason::none);
  CHECK(issuer_fault(query, "https://other.example", row) == error_reason::issuer_mismatch);
}

TEST_CASE("[R9] only known error codes are shown", "[oauth]") {
  CHECK(public_callback_error("access_denied") == "access_denied");
  CHECK(public_callback_error("login_required") == "login_required");
  for (const char* other : {"", "ACCESS_DENIED", "access_denied ", "<script>", "invalid_grant"}) {
    CHECK(public_callback_error(other) == "provider_error");
  }
}
