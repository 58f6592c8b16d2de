#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/secret_buffer.hpp"

namespace tenon {

// length_prefixed_builder joins fields so that no two lists give the same bytes: each field is its
// length in four big-endian bytes, then itself. MAC inputs and AAD are built with it. A field has
// less than 4 GiB. The bytes are wiped when the builder ends.
class length_prefixed_builder {
 public:
  length_prefixed_builder() { bytes_.reserve(usual_bytes); }

  void append(byte_view field) {
    const auto size = static_cast<std::uint32_t>(field.size());
    const std::uint8_t prefix[4] = {
        static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
        static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    bytes_.append(prefix);
    bytes_.append(field);
  }
  void append(std::string_view field) { append(as_bytes(field)); }

  byte_view view() const noexcept { return bytes_.view(); }
  // take copies the bytes out; the copy is not wiped.
  byte_string take() && { return byte_string(view().begin(), view().end()); }

 private:
  // A state's or a sealed field's list fits, so that it is one allocation.
  static constexpr std::size_t usual_bytes = 512;

  secret_buffer bytes_;
};

}  // namespace tenon
