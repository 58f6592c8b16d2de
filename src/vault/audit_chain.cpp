#include "vault/audit_chain.hpp"

#include "crypto/sha256.hpp"
#include "encoding/hex.hpp"
#include "json/json.hpp"

namespace tenon {
namespace {

constexpr int stored_version = 1;

}  // namespace

std::string encode_audit_head(const audit_head& head) {
  json_writer json;
  json.begin_object();
  json.member("v", stored_version);
  json.member("seq", head.seq);
  json.member("hash", head.hash);
  json.end_object();
  return json.take();
}

result<audit_head> decode_audit_head(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || parsed.value().integer("v", 0) != stored_version) {
    return {error_code::database_error, error_reason::record_unreadable};
  }
  return audit_head{parsed.value().integer("seq", 0), std::string(parsed.value().text("hash"))};
}

std::string append_entry(audit_head& head, std::string_view event_json) {
  json_writer json;
  json.begin_object();
  json.member("v", stored_version);
  json.member("seq", ++head.seq);
  json.member("previous", head.hash);
  json.key("event");
  json.raw(event_json);
  json.end_object();
  std::string entry = json.take();
  const sha256_digest digest = sha256::of(as_bytes(entry));
  head.hash = encode_hex(digest);
  return entry;
}

}  // namespace tenon
