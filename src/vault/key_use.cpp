#include "vault/key_use.hpp"

#include <cstddef>

#include "json/record.hpp"

namespace tenon {
namespace {

constexpr record_field stored_fields[] = {
    record_version(1),
    TENON_FIELD("sealed", key_use, sealed),
    TENON_FIELD("retired", key_use, retired),
    TENON_FIELD("reservedUntil", key_use, reserved_until),
};

}  // namespace

std::string encode_key_use(const key_use& use) { return encode_record(stored_fields, use); }

result<key_use> decode_key_use(std::string_view text) {
  return decode_record<key_use>(stored_fields, text);
}

}  // namespace tenon
