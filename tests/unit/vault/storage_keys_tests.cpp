#include <string>

#include "catch.hpp"
#include "vault/storage_keys.hpp"

using namespace tenon;

TEST_CASE("names with separators stay in their own part of a key [R107]", "[vault]") {
  CHECK(connection_key({"a:b", "c", "p", "x"}) != connection_key({"a", "b:c", "p", "x"}));
  CHECK(connection_key({"a/b", "c", "p", "x"}) == "connection/a%2Fb/c/p/x");
  CHECK(connection_key({"o", "u", "p", "x"}).starts_with(user_prefix("o", "u")));
  CHECK_FALSE(connection_key({"o", "u2", "p", "x"}).starts_with(user_prefix("o", "u")));
}

TEST_CASE("[R95] a destination's key parts organizations, and hosts with odd names", "[vault]") {
  CHECK(destination_key("o", "api.example") == "destination/o/api.example");
  CHECK(destination_key("o", "[::1]:8080") == "destination/o/%5B%3A%3A1%5D%3A8080");
  CHECK(destination_key("a/b", "c") != destination_key("a", "b/c"));
}

TEST_CASE("due keys sort by time and give it back", "[vault]") {
  const std::string early = due_key(999, "revoke", "con_1");
  const std::string late = due_key(1'790'000'000'000, "revoke", "con_1");
  CHECK(early < late);
  CHECK(due_time(early) == 999);
  CHECK(due_time(late) == 1'790'000'000'000);
  CHECK(due_time("due/x") == -1);
  CHECK(due_time("other/0000000000000999") == -1);
}

TEST_CASE("what is due now lies before the end, what is due later does not", "[vault]") {
  CHECK(due_key(1000, "revoke", "z") < due_end(1000));
  CHECK_FALSE(due_key(1001, "revoke", "a") < due_end(1000));
}

TEST_CASE("work that is postponed keeps its kind and id", "[vault]") {
  CHECK(postponed(due_key(1, "revoke", "con_1"), 5) == due_key(5, "revoke", "con_1"));
}

TEST_CASE("entries of the audit log sort by number and give it back", "[vault]") {
  CHECK(audit_key(9) < audit_key(10));
  CHECK(audit_seq(audit_key(1234)) == 1234);
  CHECK(audit_seq(audit_head_key) == -1);
  CHECK(event_key(999, "ff") < event_key(1000, "00"));
}
