#include "vault/audit_chain.hpp"

#include <cstddef>
#include <cstdint>

#include "crypto/sha256.hpp"
#include "encoding/hex.hpp"
#include "json/record.hpp"
#include "json/writer.hpp"

namespace tenon {
namespace {

constexpr std::uint8_t stored_version = 1;

constexpr record_field head_fields[] = {
    record_version(stored_version),
    TENON_FIELD("seq", audit_head, seq),
    TENON_FIELD("hash", audit_head, hash),
};

}  // namespace

std::string encode_audit_head(const audit_head& head) { return encode_record(head_fields, head); }

result<audit_head> decode_audit_head(std::string_view text) {
  return decode_record<audit_head>(head_fields, text);
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
