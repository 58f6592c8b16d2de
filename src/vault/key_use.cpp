#include "vault/key_use.hpp"

#include "json/json.hpp"

namespace tenon {
namespace {

constexpr std::int64_t stored_version = 1;

}  // namespace

std::string encode_key_use(const key_use& use) {
  json_writer json;
  json.begin_object();
  json.member("v", stored_version);
  json.member("sealed", use.sealed);
  json.member("retired", use.retired);
  json.member("reservedUntil", use.reserved_until);
  json.end_object();
  return json.take();
}

result<key_use> decode_key_use(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || parsed.value().integer("v", 0) != stored_version) {
    return {error_code::database_error, error_reason::record_unreadable};
  }
  const json_value& from = parsed.value();
  return key_use{from.integer("sealed", 0), from.flag("retired"), from.integer("reservedUntil", 0)};
}

}  // namespace tenon
