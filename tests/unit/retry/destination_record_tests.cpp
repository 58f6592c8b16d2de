#include <string>

#include "catch.hpp"
#include "retry/destination_record.hpp"

using namespace tenon;

namespace {

destination_state full_state() {
  destination_state state;
  state.phase = circuit_phase::open;
  state.consecutive = 5;
  state.openings = 2;
  state.until = 1000;
  state.probe_owner = "flow-1";
  state.probe_deadline = 2000;
  state.not_before = 3000;
  state.counted_from = 4000;
  state.current = {7, 6, 1};
  state.previous = {9, 3, 2};
  return state;
}

}  // namespace

TEST_CASE("[R95] a destination's state survives being stored, member for member", "[retry]") {
  const std::string text = encode_destination(full_state());
  CHECK(text == R"({"v":1,"phase":"open","consecutive":5,"openings":2,"until":1000,)"
                R"("probeOwner":"flow-1","probeDeadline":2000,"notBefore":3000,"countedFrom":4000,)"
                R"("calls":7,"failures":6,"retries":1,)"
                R"("callsBefore":9,"failuresBefore":3,"retriesBefore":2})");
  const auto read = decode_destination(text);
  REQUIRE(read.ok());
  CHECK(encode_destination(read.value()) == text);
}

TEST_CASE("a destination's row that is not understood is said to be unreadable", "[retry]") {
  const std::string good = encode_destination(full_state());
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    return text.replace(text.find(what), what.size(), by);
  };
  const error unreadable{error_code::database_error, error_reason::record_unreadable};
  for (const std::string& bad :
       {std::string("{"), std::string("{}"), std::string("null"), with("\"v\":1", "\"v\":2"),
        with("\"open\"", "\"ajar\""), with("\"until\":1000", "\"until\":-1"),
        with("\"until\":1000", "\"until\":\"x\""), with("\"calls\":7", "\"calls\":1e3"),
        with("\"calls\":7", "\"calls\":9999999999"), with("\"calls\":7,", "")}) {
    INFO(bad);
    const auto read = decode_destination(bad);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error() == unreadable);
  }
}
