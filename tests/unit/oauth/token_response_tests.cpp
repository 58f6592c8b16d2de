#include <optional>
#include <string>

#include "catch.hpp"
#include "oauth/lifetime.hpp"
#include "oauth/token_response.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

token_response_rules rules_of(std::string_view provider) {
  token_response_rules rules;
  if (provider == "github") {
    rules.error_with_200 = true;
    rules.reauth_errors = {"bad_refresh_token"};
  } else if (provider == "slack") {
    rules.error_with_200 = true;
    rules.reauth_errors = {"invalid_refresh_token"};
  } else if (provider == "facebook") {
    rules.error_path = "error.code";
    rules.reauth_errors = {"190"};
  }
  return rules;
}

// What a row may relax where a vector says that a provider's entry can override the class.
token_response_rules relaxed_rules() {
  token_response_rules rules;
  rules.token_type_optional = true;
  rules.any_content_type = true;
  rules.form_encoded = true;
  return rules;
}

struct transport_row {
  std::string_view name;
  network_kind network;
  bool maybe_sent;
};

constexpr transport_row transports[] = {
    {"dns_failure", network_kind::dns, false},
    {"connect_refused", network_kind::refused, false},
    {"tls_failure", network_kind::tls, false},
    {"timeout_before_request_sent", network_kind::timeout, false},
    {"timeout_after_request_sent", network_kind::timeout, true},
    {"reset_after_request_sent", network_kind::reset, true},
    {"body_cut_short", network_kind::reset, true},
    {"body_over_limit", network_kind::too_large, true},
};

http_reply reply_of(const json_value& test) {
  http_reply reply;
  for (const transport_row& row : transports) {
    if (test.text("transport") != row.name) continue;
    reply.network = row.network;
    reply.maybe_sent = row.maybe_sent;
    return reply;
  }
  REQUIRE(test.find("transport") == nullptr);
  reply.maybe_sent = true;
  reply.status = static_cast<std::uint16_t>(test.integer("status", 0));
  reply.headers.push_back({"Content-Type", std::string(test.text("content_type"))});
  if (const json_value* headers = test.find("headers")) {
    for (const json_member& header : headers->members()) {
      reply.headers.push_back({header.name, *header.value.string()});
    }
  }
  reply.body = test.text("body");
  return reply;
}

std::string joined(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

// What a connection holds after an answer of the class ok, given what it held before.
void check_stored(const json_value& before, const json_value& expected, const token_set& tokens) {
  const std::string refresh_token = tokens.refresh_token.empty()
                                        ? std::string(before.text("refresh_token"))
                                        : tokens.refresh_token;
  for (const json_member& field : expected.members()) {
    INFO(field.name);
    if (field.name == "access_token") {
      CHECK(tokens.access_token == *field.value.string());
    } else if (field.name == "refresh_token") {
      CHECK(refresh_token == *field.value.string());
    } else if (field.name == "scope") {
      REQUIRE(tokens.scopes.has_value());
      CHECK(joined(*tokens.scopes) == *field.value.string());
    } else {
      REQUIRE(field.name == "expires_in");
      const bool capped = field.value.string() != nullptr;
      CHECK(tokens.expires_in_s ==
            (capped ? std::optional(token_lifetime_s_max) : field.value.integer()));
    }
  }
}

http_reply json_reply(std::uint16_t status, std::string body) {
  http_reply reply;
  reply.status = status;
  reply.headers = {{"content-type", "application/json"}};
  reply.body = std::move(body);
  return reply;
}

token_outcome good_answer(const std::string& members, const token_response_rules& rules = {}) {
  return read_token_response(
      rules, json_reply(200, R"({"access_token":"at","token_type":"Bearer")" + members + "}"));
}

}  // namespace

TEST_CASE("[R22][R29][R30][R35] all 85 published token answers fall into their class",
          "[oauth][vectors]") {
  const json_value file = read_vectors("oauth/token_endpoint_responses.json");
  int decided = 0;
  for (const json_value& test : file.find("cases")->items()) {
    INFO(test.text("name"));
    const token_response_rules rules = rules_of(test.text("provider"));
    const token_outcome outcome = read_token_response(rules, reply_of(test));
    CHECK(name_of(outcome.kind) == test.text("class"));
    if (outcome.kind == token_class::ok) {
      CHECK_FALSE(outcome.tokens.access_token.empty());
      CHECK(outcome.tokens.token_type == "Bearer");
    } else {
      CHECK(outcome.tokens.access_token.empty());
      CHECK(outcome.tokens.refresh_token.empty());
    }
    if (const json_value* stored = test.find("stored")) {
      check_stored(*file.find("before"), *stored, outcome.tokens);
    }
    if (test.flag("provider_override")) {
      CHECK(read_token_response(relaxed_rules(), reply_of(test)).kind == token_class::ok);
    }
    ++decided;
  }
  CHECK(decided == 85);
}

TEST_CASE("[R23] no status of 500 or more, nor 429, ends a connection whatever it says",
          "[oauth]") {
  token_response_rules rules = rules_of("github");
  rules.any_content_type = true;
  for (const char* body : {R"({"error":"invalid_grant"})", R"({"error":"bad_refresh_token"})"}) {
    for (std::uint16_t status = 500; status < 600; ++status) {
      CHECK(read_token_response(rules, json_reply(status, body)).kind !=
            token_class::reauth_required);
    }
    for (const std::uint16_t status : {301, 302, 307, 308, 408, 421, 425, 429}) {
      CHECK(read_token_response(rules, json_reply(status, body)).kind !=
            token_class::reauth_required);
    }
  }
}

TEST_CASE("[R23] an invalid_grant inside a 200 counts only where the row expects errors there",
          "[oauth]") {
  const http_reply reply = json_reply(200, R"({"error":"invalid_grant"})");
  CHECK(read_token_response({}, reply).kind == token_class::rejected);
  CHECK(read_token_response(rules_of("slack"), reply).kind == token_class::reauth_required);
}

TEST_CASE("[R23] an error in a body of another media type ends nothing", "[oauth]") {
  http_reply reply = json_reply(400, R"({"error":"invalid_grant"})");
  reply.headers = {{"content-type", "text/html"}};
  CHECK(read_token_response({}, reply).kind == token_class::rejected);
  reply.headers.clear();
  CHECK(read_token_response({}, reply).kind == token_class::rejected);
}

TEST_CASE("[R57] the error of a provider is shown in plain characters and cut at 64", "[oauth]") {
  const auto error_of = [](const std::string& error) {
    return read_token_response({}, json_reply(400, "{\"error\":\"" + error + "\"}")).error;
  };
  CHECK(error_of("invalid_grant") == "invalid_grant");
  CHECK(error_of("a\\n\\u0000b\\u202e\\\"c") == "abc");
  CHECK(error_of(std::string(64, 'x')).size() == 64);
  CHECK(error_of(std::string(65, 'x')).size() == 64);
}

TEST_CASE("a network failure that the operator's own rule caused is the operator's", "[oauth]") {
  http_reply reply;
  reply.network = network_kind::blocked;
  CHECK(read_token_response({}, reply).kind == token_class::config_error);
  reply.network = network_kind::unknown;
  CHECK(read_token_response({}, reply).kind == token_class::retry);
  reply.maybe_sent = true;
  CHECK(read_token_response({}, reply).kind == token_class::ambiguous);
  reply.network = network_kind::tls;
  CHECK(read_token_response({}, reply).kind == token_class::ambiguous);
}

TEST_CASE("a DPoP nonce is asked for only when one came with it", "[oauth]") {
  http_reply reply = json_reply(400, R"({"error":"use_dpop_nonce"})");
  CHECK(read_token_response({}, reply).kind == token_class::protocol_error);
  reply.headers.push_back({"DPoP-Nonce", "n1"});
  CHECK(read_token_response({}, reply).kind == token_class::retry_with_nonce);
}

TEST_CASE("[R80] a repeated key anywhere in a token answer is refused", "[oauth]") {
  CHECK(good_answer(R"(,"x":{"y":1,"y":2})").kind == token_class::protocol_error);
}

TEST_CASE("[R30] any JSON value as expires_in is capped, unknown or refused", "[oauth]") {
  for (const char* value : {"null",
                            "true",
                            "false",
                            "[]",
                            "{}",
                            "\"\"",
                            "\" 5\"",
                            "\"5 \"",
                            "\"0x5\"",
                            "\"+5\"",
                            "-0",
                            "-1e999",
                            "1e-999",
                            "0.0000001",
                            "1e18",
                            "9223372036854775807",
                            "9223372036854775808",
                            "\"99999999999999999999999999\"",
                            "\"-99999999999999999999\"",
                            "1e308",
                            "1E+2",
                            "3600.0",
                            "\"1e400\"",
                            "\"1e9999999999999999999\"",
                            "\"0e9999999999999999999\""}) {
    INFO(value);
    const token_outcome outcome = good_answer(std::string(",\"expires_in\":") + value);
    if (outcome.kind != token_class::ok) {
      CHECK(outcome.kind == token_class::protocol_error);
    } else if (outcome.tokens.expires_in_s) {
      CHECK(*outcome.tokens.expires_in_s >= 0);
      CHECK(*outcome.tokens.expires_in_s <= token_lifetime_s_max);
    }
  }
  CHECK(good_answer(",\"expires_in\":1E+2").tokens.expires_in_s == 100);
  CHECK(good_answer(",\"expires_in\":\"\"").kind == token_class::protocol_error);
}

TEST_CASE("[R30] parse_lifetime_s rounds down, caps and never overflows", "[oauth]") {
  CHECK(parse_lifetime_s("0") == 0);
  CHECK(parse_lifetime_s("3599.999") == 3599);
  CHECK(parse_lifetime_s("3.6e3") == 3600);
  CHECK(parse_lifetime_s("36000e-1") == 3600);
  CHECK(parse_lifetime_s("0.36e4") == 3600);
  CHECK(parse_lifetime_s("35.99e2") == 3599);
  CHECK(parse_lifetime_s("9e-1") == 0);
  CHECK(parse_lifetime_s("-5") == 0);
  CHECK(parse_lifetime_s("1e1000000000000") == token_lifetime_s_max);
  CHECK(parse_lifetime_s("0e1000000000000") == 0);
  CHECK(parse_lifetime_s("1e-1000000000000") == 0);
  CHECK(parse_lifetime_s("316224000") == token_lifetime_s_max);
  CHECK(parse_lifetime_s("316223999") == token_lifetime_s_max - 1);
  for (const char* bad :
       {"", "-", ".5", "5.", "5e", "5e+", "+5", " 5", "5 ", "5s", "1e5.5", "--5"}) {
    INFO(bad);
    CHECK_FALSE(parse_lifetime_s(bad).has_value());
  }
}

TEST_CASE("[R31] granted scopes are split by the row's separators, absent means as asked",
          "[oauth]") {
  const auto scopes = [](scope_list_format format, const std::string& value) {
    token_response_rules rules;
    rules.scope_format = format;
    return good_answer(",\"scope\":" + value, rules).tokens.scopes;
  };
  using list = std::vector<std::string>;
  CHECK(scopes(scope_list_format::space, "null") == std::nullopt);
  CHECK(good_answer("").tokens.scopes == std::nullopt);
  CHECK(scopes(scope_list_format::space, "\"\"") == list{});
  CHECK(scopes(scope_list_format::comma, "\"a, b,a\"") == list{"a", "b"});
  CHECK(scopes(scope_list_format::space_or_comma, "\"a b,c\"") == list{"a", "b", "c"});
  CHECK(scopes(scope_list_format::array, "[\"a\",\"b\"]") == list{"a", "b"});
  CHECK(scopes(scope_list_format::space, "[\"a\"]") == list{"a"});
  CHECK(good_answer(",\"scope\":5").kind == token_class::protocol_error);
  CHECK(good_answer(",\"scope\":[5]").kind == token_class::protocol_error);
  CHECK(good_answer(",\"scope\":\"a\\u0001\"").kind == token_class::protocol_error);
}

TEST_CASE("paths of the row find tokens deeper in the answer", "[oauth]") {
  token_response_rules rules;
  rules.access_token_path = "data[0].at";
  rules.refresh_token_path = "data[0].rt";
  rules.expires_in_path = "data[0].ttl";
  rules.token_type_optional = true;
  const token_outcome outcome =
      read_token_response(rules, json_reply(200, R"({"data":[{"at":"a","rt":"r","ttl":5}]})"));
  CHECK(outcome.kind == token_class::ok);
  CHECK(outcome.tokens.access_token == "a");
  CHECK(outcome.tokens.refresh_token == "r");
  CHECK(outcome.tokens.expires_in_s == 5);
}

TEST_CASE("the end of life of a refresh token is kept when it makes sense", "[oauth]") {
  const auto hint = [](const char* value) {
    return good_answer(std::string(",\"refresh_token_expires_in\":") + value)
        .tokens.refresh_expires_in_s;
  };
  CHECK(hint("15811200") == 15811200);
  CHECK(hint("\"60\"") == 60);
  for (const char* value : {"0", "-1", "null", "\"never\"", "[]"})
    CHECK(hint(value) == std::nullopt);
}

TEST_CASE("[R28] a token answer of 64 KiB is read, a longer one is not", "[oauth]") {
  const std::string frame = R"({"access_token":"at","token_type":"Bearer","x":""})";
  const auto kind = [&](std::size_t size) {
    std::string body = frame;
    body.insert(body.size() - 2, std::string(size - frame.size(), 'x'));
    return read_token_response({}, json_reply(200, body)).kind;
  };
  CHECK(kind(64 * 1024 - 1) == token_class::ok);
  CHECK(kind(64 * 1024) == token_class::ok);
  CHECK(kind(64 * 1024 + 1) == token_class::protocol_error);
}

TEST_CASE("[R82] tokens of 16 KiB are stored, longer ones are refused", "[oauth]") {
  const auto kind = [](std::size_t size) {
    const std::string token(size, 't');
    return read_token_response(
               {}, json_reply(200, R"({"token_type":"Bearer","access_token":")" + token + "\"}"))
        .kind;
  };
  CHECK(kind(token_chars_max - 1) == token_class::ok);
  CHECK(kind(token_chars_max) == token_class::ok);
  CHECK(kind(token_chars_max + 1) == token_class::protocol_error);
}

TEST_CASE("a form-encoded answer with a repeated parameter is refused", "[oauth]") {
  http_reply reply = json_reply(200, "access_token=a&token_type=bearer&expires_in=60");
  reply.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  const token_outcome outcome = read_token_response(relaxed_rules(), reply);
  CHECK(outcome.kind == token_class::ok);
  CHECK(outcome.tokens.expires_in_s == 60);
  reply.body += "&access_token=b";
  CHECK(read_token_response(relaxed_rules(), reply).kind == token_class::protocol_error);
}
